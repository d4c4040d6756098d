"""The stand-in's papers: any number of them, always the same for one seed.

A paper is computed from its day and its number in the month, so that each page can be made without the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

from replica import grammar
from replica.vocabulary import COLLABORATIONS, FIRST_NAMES, LAST_NAMES, TOPICS, Pair

# (month, day) without a listing besides weekends; arXiv has some every year, too.
HOLIDAYS = frozenset({(1, 2), (7, 4), (11, 27), (12, 26)})
REPLACED_AFTER = (2, 5, 9)  # listing days until a paper may come back in a further version
_COMMENTS = ("12 pages, 4 figures", "Accepted at a workshop; 9 pages", "Preprint. Comments welcome", None, None)


@dataclass(frozen=True, slots=True)
class ReplicaPaper:
    id: str
    day: date  # of its first listing
    title: Pair  # English, Chinese
    abstract: Pair
    authors: tuple[tuple[str, str], ...]  # (first, last); a collaboration has no first
    categories: tuple[str, ...]
    submitted: datetime
    version: int
    comments: str | None
    code: str | None
    upvotes: int | None  # None: not among Hugging Face's daily papers

    @property
    def author_names(self) -> list[str]:
        return [f"{first} {last}".strip() for first, last in self.authors]


def is_listing_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def listing_day_before(day: date, count: int = 1) -> date:
    """The listing day that is `count` listing days before `day`."""
    while count:
        day -= timedelta(days=1)
        count -= is_listing_day(day)
    return day


def latest_listing_day(today: date) -> date:
    return today if is_listing_day(today) else listing_day_before(today)


class World:
    """All papers of one seed, with `papers_a_day` new ones each listing day."""

    def __init__(self, seed: int = 1, papers_a_day: int = 60) -> None:
        self.seed = seed
        self.papers_a_day = papers_a_day
        self.announced = lru_cache(maxsize=64)(self._announced)

    def _announced(self, day: date) -> tuple[ReplicaPaper, ...]:
        """The papers that are new on `day`, in the order of their ids."""
        if not is_listing_day(day):
            return ()
        days_before = sum(is_listing_day(day.replace(day=number)) for number in range(1, day.day))
        first_number = days_before * self.papers_a_day + 1
        return tuple(self._paper(day, first_number + offset) for offset in range(self.papers_a_day))

    def _paper(self, day: date, number: int) -> ReplicaPaper:
        id = f"{day:%y%m}.{number:05}"
        random = Random(f"{self.seed}/{id}")
        topic = random.choice(TOPICS)
        english, chinese = grammar.words(
            topic, random, f"https://github.com/stand-in/{random.randint(1000, 9999)}-demo"
        )
        has_code = random.random() < 0.35
        title = grammar.title(random, english, chinese)
        abstract = grammar.abstract(random, english, chinese, has_code=has_code)
        authors = [
            (random.choice(FIRST_NAMES), random.choice(LAST_NAMES)) for _ in range(random.choice((1, 2, 3, 3, 4, 5, 9)))
        ]
        if random.random() < 0.03:
            authors.append(("", random.choice(COLLABORATIONS)))
        cross = random.sample(topic.cross, random.randint(0, len(topic.cross)))
        evening = listing_day_before(day)
        submitted = datetime(evening.year, evening.month, evening.day, 12, number % 60, number % 59, tzinfo=UTC)
        featured = topic.primary.startswith(("cs.", "eess.")) and random.random() < 0.5
        return ReplicaPaper(
            id=id,
            day=day,
            title=title,
            abstract=abstract,
            authors=tuple(dict.fromkeys(authors)),
            categories=(topic.primary, *cross),
            submitted=submitted,
            version=1,
            comments=random.choice(_COMMENTS),
            code=english["code"] if has_code else None,
            upvotes=int(random.expovariate(1 / 20)) if featured else None,
        )

    def replaced(self, day: date) -> tuple[ReplicaPaper, ...]:
        """The papers that are listed on `day` again, each in its new version, ordered by id."""
        revisions = []
        if is_listing_day(day):
            for version, after in enumerate(REPLACED_AFTER, start=2):
                for paper in self.announced(listing_day_before(day, after)):
                    if int(paper.id[-5:]) % (5 * (version - 1)) == 0:
                        revisions.append(self.in_version(paper, version))
        return tuple(sorted(revisions, key=lambda paper: paper.id))

    def in_version(self, paper: ReplicaPaper, version: int) -> ReplicaPaper:
        """The paper in a later version. Each version adds a sentence to the abstract."""
        english, chinese = paper.abstract
        topic = next(topic for topic in TOPICS if topic.primary == paper.categories[0])
        for number in range(2, version + 1):
            random = Random(f"{self.seed}/{paper.id}v{number}")
            addition = grammar.revision(random, *grammar.words(topic, random, ""))
            english, chinese = english + addition[0], chinese + addition[1]
        return replace(paper, version=version, abstract=(english, chinese))

    def as_of(self, id: str, day: date) -> ReplicaPaper | None:
        """The paper with this id in its latest version on `day`; None if it had not been listed by then."""
        try:
            month = date(2000 + int(id[:2]), int(id[2:4]), 1)
        except ValueError:
            return None
        for offset in range(31):
            listing_day = month + timedelta(days=offset)
            if listing_day.month != month.month or listing_day > day:
                return None
            for paper in self.announced(listing_day):
                if paper.id == id:
                    return self._latest(paper, day)
        return None

    def _latest(self, paper: ReplicaPaper, day: date) -> ReplicaPaper:
        for version, after in reversed(list(enumerate(REPLACED_AFTER, start=2))):
            if any(newer.id == paper.id and newer.version == version for newer in self._replaced_by(paper, day, after)):
                return self.in_version(paper, version)
        return paper

    def _replaced_by(self, paper: ReplicaPaper, day: date, after: int) -> tuple[ReplicaPaper, ...]:
        replaced_on = paper.day
        for _ in range(after):
            replaced_on += timedelta(days=1)
            while not is_listing_day(replaced_on):
                replaced_on += timedelta(days=1)
        return self.replaced(replaced_on) if replaced_on <= day else ()

    def featured(self, day: date) -> tuple[ReplicaPaper, ...]:
        """Hugging Face's daily papers of `day`."""
        return tuple(paper for paper in self.announced(day) if paper.upvotes is not None)
