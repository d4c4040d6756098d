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
WITHDRAWAL = "This paper has been withdrawn by the authors: the proof of the second lemma has a gap"
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
    withdrawn: bool
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


def listing_day_after(day: date, count: int = 1) -> date:
    """The listing day that is `count` listing days after `day`."""
    while count:
        day += timedelta(days=1)
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
            withdrawn=False,
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
                    if version <= last_version(paper.id):
                        revisions.append(self.in_version(paper, version))
        return tuple(sorted(revisions, key=lambda paper: paper.id))

    def in_version(self, paper: ReplicaPaper, version: int) -> ReplicaPaper:
        """The paper in a later version. Each version adds a sentence to the abstract, or is a withdrawal."""
        english, chinese = paper.abstract
        topic = next(topic for topic in TOPICS if topic.primary == paper.categories[0])
        for number in range(2, version + 1):
            if not is_withdrawal(paper.id, number):
                random = Random(f"{self.seed}/{paper.id}v{number}")
                addition = grammar.revision(random, *grammar.words(topic, random, ""))
                english, chinese = english + addition[0], chinese + addition[1]
        withdrawn = is_withdrawal(paper.id, version)
        comments = WITHDRAWAL if withdrawn else paper.comments
        return replace(paper, version=version, abstract=(english, chinese), comments=comments, withdrawn=withdrawn)

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
                    return self.latest(paper, day)
        return None

    def named(self, name: str, day: date) -> tuple[ReplicaPaper, int] | None:
        """The paper that `2611.00001` or `2611.00001v2` names, in its latest version on `day`, and the number of the
        version that is named; None where there is no such paper or version by then."""
        id, _, number = name.partition("v")
        latest = self.as_of(id, day)
        if latest is None or (number and not (number.isdigit() and 1 <= int(number) <= latest.version)):
            return None
        return latest, int(number or latest.version)

    def latest(self, paper: ReplicaPaper, day: date) -> ReplicaPaper:
        """A paper, given in its first version, in its latest one on `day`."""
        version = sum(listed <= day for listed in version_days(paper))
        return paper if version <= 1 else self.in_version(paper, version)

    def changed(self, day: date, today: date) -> tuple[ReplicaPaper, ...]:
        """The papers whose latest version on `today` is of `day`, ordered by id."""
        papers = [*self.announced(day), *self.replaced(day)]
        return tuple(sorted((paper for paper in papers if not _is_newer(paper, today)), key=lambda paper: paper.id))

    def featured(self, day: date) -> tuple[ReplicaPaper, ...]:
        """Hugging Face's daily papers of `day`."""
        return tuple(paper for paper in self.announced(day) if paper.upvotes is not None)

    def trending(self, today: date) -> tuple[ReplicaPaper, ...]:
        """Hugging Face's papers of the last five listing days, those with the most upvotes first."""
        days = [latest_listing_day(today), *(listing_day_before(latest_listing_day(today), ago) for ago in range(1, 5))]
        papers = [paper for day in days for paper in self.featured(day)]
        return tuple(sorted(papers, key=lambda paper: (-(paper.upvotes or 0), paper.id)))


def last_version(id: str) -> int:
    """The number of the version that a paper has in the end."""
    number = int(id[-5:])
    return next(
        (v - 1 for v in range(2, len(REPLACED_AFTER) + 2) if number % (5 * 2 ** (v - 2))), len(REPLACED_AFTER) + 1
    )


def is_withdrawal(id: str, version: int) -> bool:
    """Whether this version of a paper is a withdrawal. Some papers come back in the version after it."""
    return version == 3 and int(id[-5:]) % 30 == 0


def version_days(paper: ReplicaPaper) -> list[date]:
    """The listing day of each version of a paper, the first one first."""
    return [paper.day, *(listing_day_after(paper.day, after) for after in REPLACED_AFTER[: last_version(paper.id) - 1])]


def version_dates(paper: ReplicaPaper) -> list[datetime]:
    """When each version was submitted, up to the paper's own: in the evening before its listing."""
    minutes = paper.submitted.minute, paper.submitted.second
    days = [listing_day_before(day) for day in version_days(paper)[: paper.version]]
    return [datetime(day.year, day.month, day.day, 12, *minutes, tzinfo=UTC) for day in days]


def _is_newer(paper: ReplicaPaper, today: date) -> bool:
    """Whether there is a later version than this one on `today`."""
    return sum(day <= today for day in version_days(paper)) > paper.version
