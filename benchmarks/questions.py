"""The questions that the search is measured with, kind by kind, as readers ask them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from benchmarks.corpus import LAST_DAY
from indexer.query.request import Filters, Request
from papers.catalogue import Catalogue
from replica.vocabulary import LAST_NAMES, PROBLEMS, SYSTEMS, TOPICS

TODAY = LAST_DAY
TASKS = [task for topic in TOPICS for task in topic.tasks]  # (English, Chinese)
METHODS = [method for topic in TOPICS for method, _ in topic.methods]


class _Chance(random.Random):
    def word(self) -> str:
        return self.choice(" ".join(task for task, _ in TASKS).split())

    def of_method(self) -> str:
        return self.choice(self.choice(METHODS).split())

    def problem(self) -> str:
        return self.choice(PROBLEMS)[0]


_MAKERS: dict[str, Callable[[_Chance], Request]] = {
    "words": lambda c: Request(text=f"{c.of_method()} {c.choice(c.problem().split())} {c.randint(2, 40)}"),
    "a name and a word": lambda c: Request(text=f"{c.word()} {c.choice(LAST_NAMES)}"),
    "fields": lambda c: Request(text=f"ti:{c.word()} au:{c.choice(LAST_NAMES)} -{c.of_method()}"),
    "a phrase": lambda c: Request(text=f'"{c.choice(METHODS)}" {c.word()}'),
    "Chinese": lambda c: Request(text=c.choice(TASKS)[1]),
    "words and filters": lambda c: Request(
        text=f"{c.word()} {c.choice(SYSTEMS)}",
        filters=Filters(values=(("category", c.choice(("cs.CL", "cs.LG", "cs.CV"))), ("year", "2026"))),
    ),
    "everything by date": lambda c: Request(
        filters=Filters(first=date(2020, 1, c.randint(1, 28))), page=c.randint(1, 9)
    ),
    "page 50": lambda c: Request(text=f"{c.word()} {c.choice(('we', 'the', 'a', 'of'))}", page=50),
}
KINDS = tuple(_MAKERS)


def questions(kind: str, count: int, seed: int) -> list[Request]:
    """`count` different requests of a kind, or as many as its words allow."""
    chance = _Chance(f"{kind} {seed}")
    requests: dict[Request, None] = {}
    for _ in range(count * 20):
        requests.setdefault(_MAKERS[kind](chance))
        if len(requests) == count:
            break
    return list(requests)


def mixed(count: int, seed: int) -> list[str]:
    """Texts of words, names and phrases, in turn."""
    kinds = [questions(kind, count, seed) for kind in ("words", "a name and a word", "a phrase")]
    texts = [request.text for requests in zip(*kinds, strict=False) for request in requests]
    return texts[:count]


def misspelt(count: int, seed: int) -> list[Request]:
    """Three words, one of which is in no paper: what finds nothing at once."""
    chance = _Chance(seed)
    return [Request(text=f"{chance.word()} {chance.of_method()} {chance.word()}qx") for _ in range(count)]


def unfinished(count: int, seed: int) -> list[str]:
    """What somebody has typed half-way."""
    chance = _Chance(seed)
    return [f"{chance.of_method()} {chance.word()[: chance.randint(1, 4)]}" for _ in range(count)]


def identifiers(folder: Path, count: int) -> Iterator[str]:
    """The ids of some papers."""
    with Catalogue(folder) as catalogue:
        for change in catalogue.changes(0, count):
            yield change.id
