"""One paper at Hugging Face: the API's JSON of `/api/papers/<id>`, and the page `/papers/<id>`.

The page has its record as JSON in an attribute, `[data-target=PaperContent]@data-props`.
"""

from __future__ import annotations

from typing import Any

from crawler.parsers import huggingface
from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import tree, unexpected
from crawler.parsers.huggingface import SOURCE
from papers.paper import Page, PageState, Rejected

EXPECTED = "a paper at Hugging Face: a JSON object with id and title, or a page with data-target PaperContent"


def parse(body: bytes, url: str = "") -> Page:
    """Parse a paper. Raises UnexpectedPage if the body is neither the API's JSON nor a page, or names no paper."""
    is_json = body.lstrip()[:1] in (b"[", b"{")
    record = huggingface.json_of(body, EXPECTED) if is_json else _record_of_page(body)
    if not isinstance(record, dict):
        raise UnexpectedPage(EXPECTED, "JSON of another kind: a list, or a value alone")
    sighting, notes = huggingface.read(1, record, None)
    if isinstance(sighting, Rejected):
        raise UnexpectedPage(EXPECTED, sighting.reason)
    return Page(
        source=SOURCE,
        sightings=(sighting,),
        total=1,
        state=PageState.COMPLETE,
        warnings=tuple(f"{sighting.id}: {note}." for note in notes),
        url=url,
    )


def _record_of_page(body: bytes) -> Any:
    root = tree(body, EXPECTED)
    for content in huggingface.properties(root, "PaperContent", EXPECTED):
        if "paper" in content:
            return content["paper"]
    raise unexpected(body, root, EXPECTED)
