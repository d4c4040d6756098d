"""The shapes of digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from delivery.digest import as_json, bilingual, email, html, post, topics
from delivery.digest.gather import Grouped
from papers.errors import UsageError


class UnknownShape(UsageError):
    """Raised by `shape_named`: there is no such shape."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A form of a digest. `write` is None for the vault, which is many files: `delivery.digest.vault`. With
    `in_folders`, a folder of them has an index page and feeds, to which the files link with `links_feeds`; a blog and a
    vault make their own."""

    about: str
    suffix: str
    grouped: Grouped
    write: Callable[..., str] | None
    in_folders: bool = True
    links_feeds: bool = False


_TOGETHER, _BEST = Grouped.TOGETHER, Grouped.BEST_FIRST
SHAPES = {
    "bilingual": Shape("a table of all papers, then both abstracts of each", "md", _TOGETHER, bilingual.write),
    "topics": Shape("each paper under one topic", "md", Grouped.BY_TOPIC, topics.write),
    "post": Shape("a blog post for Hexo, Hugo or Jekyll", "md", Grouped.BY_DAY, post.write, in_folders=False),
    "page": Shape("whole abstracts, the best first", "html", _BEST, html.write_page, links_feeds=True),
    "html": Shape("summaries with folded abstracts", "html", _TOGETHER, html.write, links_feeds=True),
    "email": Shape("a mail with HTML and plain text", "eml", _TOGETHER, email.write),
    "json": Shape("one object for programs", "json", _TOGETHER, as_json.write),
    "vault": Shape("a note for each paper and day, for Obsidian", "md", _TOGETHER, None, in_folders=False),
}


def shape_named(name: str) -> Shape:
    """The shape of this name; raises UnknownShape."""
    if name not in SHAPES:
        raise UnknownShape(f"There is no shape '{name[:40]}': there are {', '.join(SHAPES)}.")
    return SHAPES[name]
