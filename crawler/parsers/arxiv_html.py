"""arXiv's HTML version of a paper, `/html/2611.00001` or `/html/2611.00001v2`: its first figures with their captions.

Until March 2026 the pages had a `<base>`, and images were named by the number of the submission; since then each
address begins with the paper's id. Pages of both kinds are in caches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from crawler.parsers.html import Element, all_text, page_of, tree, unexpected
from papers import identifiers, sources
from papers.identifiers import Identifier
from papers.normalise import bounds
from papers.normalise.bounds import Notes
from papers.normalise.text import clean
from papers.paper import MOST_HTML_FIGURES, Figure, Page, PageState

SOURCE = sources.ARXIV_HTML
EXPECTED = "arXiv's HTML version of a paper, with an article of LaTeXML's"
_SITE = "https://arxiv.org"
_LONGEST_CAPTION, _LONGEST_LABEL, _LONGEST_ADDRESS = 1_000, 50, 500  # characters
_NO_HTML = "No HTML for '"
# Parts of a caption that are no part of its text. LaTeXML puts footnotes and descriptions for the blind inside of it.
_LEFT_OUT = frozenset({"ltx_note", "ltx_nodisplay", "ltx_tag", "ltx_ERROR"})
_NO_TEXT = ("script", "style")
# A blank so near to the longest caption's end is where it is cut. Chinese and Japanese have none.
_LAST_WORD = 80
_ANCHOR = re.compile(r"[\w.:-]{1,100}", re.ASCII)
# What a path below /html/ may be: nothing that a browser would take for a step upwards.
_PATH = re.compile(r"/html/(?!.*(?:\.\.|%2e|\\|//))[!-~]+", re.IGNORECASE)
# Tables and algorithms can be in the frame of a figure, and panels have captions of their own: "(a)".
_NO_FIGURE = re.compile(r"\(|Table|Algorithm|Listing", re.IGNORECASE)


def parse(body: bytes, url: str = "") -> Page:
    """Parse a page. Raises UnexpectedPage where it is none of LaTeXML's, or does not say of which paper it is.

    The page by which arXiv says that there is no HTML version is EMPTY.
    """
    root = tree(body, EXPECTED)
    heading = " ".join(next(map(all_text, root.iter("h1")), "").split())
    if heading.startswith(_NO_HTML):
        name = heading.removeprefix(_NO_HTML).rstrip("'")
        return Page(
            source=SOURCE, sightings=(), total=0, state=PageState.EMPTY, url=url,
            warnings=(f"arXiv has no HTML version of {name}.",),
        )  # fmt: skip
    article = next((each for each in root.iter("article") if "ltx_document" in _classes(each)), None)
    identifier = _identifier(root, url)
    if article is None or identifier is None:
        raise unexpected(body, root, EXPECTED)
    notes = Notes()
    title = next((each for each in article.iter("h1") if "ltx_title_document" in _classes(each)), None)
    sighting = bounds.sighting(
        notes,
        id=identifier.key,
        source=SOURCE,
        title=clean(_text(title)) if title is not None else None,
        version=identifier.version,
        html_figures=tuple(_figures(article, identifier, _base(root))),
    )
    return page_of(sighting, notes, url)


def _identifier(root: Element, url: str) -> Identifier | None:
    """The paper and its version, by the mark in its margin (`arXiv:2611.00001v2 [cs.CL]`) or by its address."""
    mark = next((all_text(each) for each in root.iter("div", "span", "a") if each.get("id") == "watermark-tr"), "")
    texts = (*mark.split()[:1], urlsplit(url).path.partition("/html/")[2])
    return next(filter(None, map(identifiers.parse, texts)), None)


def _base(root: Element) -> str:
    """The address of `<base>`; "" where there is none, or none that is one."""
    try:
        return next((urljoin(_SITE, each.get("href") or "") for each in root.iter("base")), "")
    except ValueError:
        return ""


def _figures(article: Element, identifier: Identifier, base: str) -> Iterator[Figure]:
    page = f"{_SITE}/html/{_name(identifier)}"
    count = 0
    for caption in article.iter("figcaption"):
        tag = next((each for each in caption if "ltx_tag_figure" in _classes(each)), None)
        label = (clean(all_text(tag)) or "").rstrip(" :.") if tag is not None else ""
        if not label or _NO_FIGURE.match(label):
            continue
        frame = next((each for each in caption.iterancestors() if "ltx_figure" in _classes(each)), None)
        if frame is None:
            continue
        anchor = frame.get("id") or ""
        address = f"{page}#{anchor}" if _ANCHOR.fullmatch(anchor) else page
        text = _cut(clean(_text(caption)) or "")
        yield Figure(label[:_LONGEST_LABEL], text, address, _image(frame, identifier, base))
        count += 1
        if count == MOST_HTML_FIGURES:
            return


def _image(frame: Element, identifier: Identifier, base: str) -> str:
    """The address of the first image; "" where there is none, as of drawings that are in the page itself."""
    for element in frame.iter("img", "object"):
        classes, source = _classes(element), element.get("src") or element.get("data") or ""
        if "ltx_graphics" in classes and "ltx_missing" not in classes:
            address = _address(source.strip(), identifier, base)
            if address:
                return address
    return ""


def _address(source: str, identifier: Identifier, base: str) -> str:
    """The whole address of an image; "" for one that is not of arXiv's HTML versions."""
    archive, _, number = identifier.key.rpartition("/")
    of_paper = re.compile(rf"(?:{re.escape(archive)}/)?({re.escape(number)}(?:v\d+)?/.+)")
    if not source or ".." in source:
        return ""
    try:
        if source.startswith("/") or urlsplit(source).scheme:
            address = urljoin(_SITE, source)
        elif match := of_paper.fullmatch(source):
            address = f"{_SITE}/html/{archive}/{match[1]}" if archive else f"{_SITE}/html/{match[1]}"
        else:
            address = urljoin(base or f"{_SITE}/html/{_name(identifier)}/", source)
    except ValueError:  # such as http://[bad
        return ""
    path = address.removeprefix(_SITE)
    return address if path != address and len(address) <= _LONGEST_ADDRESS and _PATH.fullmatch(path) else ""


def _name(identifier: Identifier) -> str:
    return f"{identifier.key}v{identifier.version}" if identifier.version else identifier.key


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _text(element: Element) -> str:
    """The text of an element, with formulas in TeX. A page may nest deeper than functions can call themselves."""
    parts = [element.text or ""]
    pending: list[Element | str] = _inside(element)
    while pending:
        match pending.pop():
            case str() as tail:
                parts.append(tail)
            case child if child.tag == "math":
                parts.append(_formula(child))
            case child if isinstance(child.tag, str) and child.tag not in _NO_TEXT and not _LEFT_OUT & _classes(child):
                parts.append(child.text or "")
                pending += _inside(child)
    return "".join(parts)


def _inside(element: Element) -> list[Element | str]:
    """What follows the first text of an element, the last first: its children, each with the text after it."""
    return [part for child in reversed(element) for part in (child.tail or "", child)]


def _formula(element: Element) -> str:
    source = element.get("alttext")
    if not source:
        annotations = (each for each in element.iter("annotation") if each.get("encoding") == "application/x-tex")
        source = next(map(all_text, annotations), "")
    return f"${source}$" if source else ""


def _cut(text: str) -> str:
    """The text, cut before a word and not within a formula where it is too long."""
    if len(text) <= _LONGEST_CAPTION:
        return text
    cut = text[:_LONGEST_CAPTION]
    blank = cut.rfind(" ", _LONGEST_CAPTION - _LAST_WORD)
    cut = cut[:blank] if blank > 0 else cut
    return f"{cut.rpartition('$')[0] if cut.count('$') % 2 else cut} …"
