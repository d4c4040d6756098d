"""Functions that the HTML parsers share: bytes → tree, and the text of an element as a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, cast

from lxml import etree

from crawler.parsers.errors import UnexpectedPage
from papers.paper import Page, PageState, Section, Sighting

if TYPE_CHECKING:
    import tldextract

Element: TypeAlias = etree._Element

_CHALLENGE = re.compile(rb"captcha|challenge-platform|cf-chl|awswaf|Just a moment|verify you are (?:a )?human", re.I)
_DENIAL = re.compile(rb"access denied|403 forbidden|has been blocked|rate exceeded|too many requests", re.I)
_SPACE = re.compile(r"\s+")
_CODE = re.compile(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]+)?)\)")
_HIDDEN = re.compile(r"this \w+ URL")
_BARE_HOST = re.compile(r"http://((?!www\.)[\w-]+(?:\.[\w-]+)+)/?")
_FILE_ENDINGS = frozenset({"py", "sh", "md", "rs", "ps", "pl", "cc", "st"})


def tree(body: bytes, expected: str) -> Element:
    """The root element of `body`. Raises UnexpectedPage if it is empty, not UTF-8 or not HTML."""
    if not body.strip():
        raise UnexpectedPage(expected, "nothing: the body is empty")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnexpectedPage(expected, f"a page that is not UTF-8 (byte {error.start})") from error
    if b"\x00" in body:
        raise UnexpectedPage(expected, "a page with NUL bytes, which is not UTF-8 text")
    try:
        # lxml.html would be slower: it chooses the class of every element in Python.
        root = etree.fromstring(body, etree.HTMLParser(encoding="utf-8", huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise UnexpectedPage(expected, f"something that is no HTML: {_snippet(body)}") from error
    if root is None:
        raise UnexpectedPage(expected, f"something that is no HTML: {_snippet(body)}")
    return root


def unexpected(body: bytes, root: Element, expected: str) -> UnexpectedPage:
    """The error to raise for another page than the expected one. Its text says which kind of page came."""
    title = " ".join((root.findtext(".//title") or "").split())
    heading = next((text for h1 in root.iter("h1") if (text := " ".join(all_text(h1).split()))), "")
    caption = " / ".join(dict.fromkeys(part for part in (title, heading) if part))[:160]
    if _CHALLENGE.search(body):
        kind = "a script challenge"
    elif _DENIAL.search(body):
        kind = "a denial page"
    elif b"</html" not in body.lower() and b"</body" not in body.lower():
        kind = "a page that was cut off" if root.find(".//head") is not None else "no such page"
    else:
        kind = "another page"
    return UnexpectedPage(expected, f"{kind}: {caption or _snippet(body)}")


def _snippet(body: bytes) -> str:
    return repr(_SPACE.sub(" ", body[:80].decode("utf-8", "replace")).strip())


def page_of(sighting: Sighting, notes: Sequence[str], url: str) -> Page:
    """The page of one paper: complete, as it has the paper. Each note is a warning."""
    return Page(
        source=sighting.source,
        sightings=(sighting,),
        sections=(Section("", None, "", None, 1),),
        total=1,
        state=PageState.COMPLETE,
        warnings=tuple(f"{sighting.id}: {note}." for note in notes),
        url=url,
    )


def all_text(element: Element) -> str:
    """All text in an element, unchanged."""
    return "".join(cast("Iterator[str]", element.itertext()))


def text_of(element: Element) -> str:
    """The text of an element without its descriptor ("Title:"). A link such as "this http URL" gives its address."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in cast(Iterator[Element], element):
        if child.tag == "a" and child.get("href") and (child.get("data-doi") or _HIDDEN.match(child.text or "")):
            parts.append(_as_written(child))
        elif child.get("class") != "descriptor" and isinstance(child.tag, str):
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)


def subjects(text: str) -> list[str]:
    """The codes in `Machine Learning (cs.LG); Optimization and Control (math.OC)`."""
    return _CODE.findall(text)


def _as_written(link: Element) -> str:
    """The text that the author wrote, for a link that arXiv made of it: "this http URL", or an address for a DOI.

    arXiv makes a link of every `word.Word`, also where a blank is missing after a full stop ("conditions.We").
    """
    if doi := link.get("data-doi"):
        return doi
    address = link.get("href") or ""
    bare = _BARE_HOST.fullmatch(address)
    return bare[1] if bare and not _is_domain(bare[1]) else address


def _is_domain(host: str) -> bool:
    """Whether the author may have meant a host: its last label is a top-level domain, in lower case."""
    *labels, top_level = host.split(".")
    if len(labels) == 1 and (len(labels[0]) < 2 or top_level in _FILE_ENDINGS):
        return False
    return top_level.islower() and bool(_extract()(f"x.{top_level}").suffix)


@cache
def _extract() -> Callable[[str], tldextract.ExtractResult]:
    import tldextract

    # Uses the list inside the package; nothing is fetched.
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
