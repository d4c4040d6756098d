"""arXiv's HTML version of a paper, `/html/2611.00001` or `/html/2611.00001v2`: its first figures with their captions.

Until March 2026 the pages had a `<base>`, and images were named by the number of the submission; since then each
address begins with the paper's id. Pages of both kinds are in caches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from crawler.parsers.html import Element, all_text, tree, unexpected
from papers import identifiers, sources
from papers.identifiers import Identifier
from papers.normalise import bounds
from papers.normalise.bounds import Notes
from papers.normalise.text import clean
from papers.paper import MOST_HTML_FIGURES, Figure, Page, PageState, Section

SOURCE = sources.ARXIV_HTML
EXPECTED = "arXiv's HTML version of a paper, with an article of LaTeXML's"
_SITE = "https://arxiv.org"
_LONGEST_CAPTION = 1_000  # characters
_NO_HTML = "No HTML for '"
# Parts of a caption that are no part of its text. LaTeXML puts footnotes and descriptions for the blind inside of it.
_LEFT_OUT = frozenset({"ltx_note", "ltx_nodisplay", "ltx_tag", "ltx_ERROR"})
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
    return Page(
        source=SOURCE,
        sightings=(sighting,),
        sections=(Section("", None, "", None, 1),),
        total=1,
        state=PageState.COMPLETE,
        warnings=tuple(f"{identifier.key}: {note}." for note in notes),
        url=url,
    )


def _identifier(root: Element, url: str) -> Identifier | None:
    """The paper and its version, by the mark in its margin (`arXiv:2611.00001v2 [cs.CL]`) or by its address."""
    mark = next((all_text(each) for each in root.iter("div", "span", "a") if each.get("id") == "watermark-tr"), "")
    texts = (*mark.split()[:1], urlsplit(url).path.partition("/html/")[2])
    return next(filter(None, map(identifiers.parse, texts)), None)


def _base(root: Element) -> str:
    """The address of `<base>`; "" where there is none."""
    return next((urljoin(_SITE, each.get("href") or "") for each in root.iter("base")), "")


def _figures(article: Element, identifier: Identifier, base: str) -> Iterator[Figure]:
    page = f"{_SITE}/html/{_name(identifier)}"
    count = 0
    for caption in article.iter("figcaption"):
        tag = next((each for each in caption.iter("span") if "ltx_tag_figure" in _classes(each)), None)
        label = " ".join(all_text(tag).split()).rstrip(" :.") if tag is not None else ""
        frame = next((each for each in caption.iterancestors() if "ltx_figure" in _classes(each)), None)
        if frame is None or not label or _NO_FIGURE.match(label):
            continue
        anchor = frame.get("id")
        yield Figure(
            label[:50], _cut(clean(_text(caption)) or ""), f"{page}#{anchor}" if anchor else page,
            _image(frame, identifier, base),
        )  # fmt: skip
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
    if not source:
        return ""
    if source.startswith("/") or urlsplit(source).scheme:
        address = urljoin(_SITE, source)
    elif match := of_paper.fullmatch(source):
        address = f"{_SITE}/html/{archive}/{match[1]}" if archive else f"{_SITE}/html/{match[1]}"
    else:
        address = urljoin(base or f"{_SITE}/html/{_name(identifier)}/", source)
    parts = urlsplit(address)
    is_of_html = parts.scheme == "https" and parts.netloc == "arxiv.org" and parts.path.startswith("/html/")
    return address if is_of_html else ""


def _name(identifier: Identifier) -> str:
    return f"{identifier.key}v{identifier.version}" if identifier.version else identifier.key


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").split())


def _text(element: Element) -> str:
    """The text of an element, with formulas in TeX."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "math":
            parts.append(_formula(child))
        elif isinstance(child.tag, str) and not _LEFT_OUT & _classes(child):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _formula(element: Element) -> str:
    source = element.get("alttext")
    if not source:
        annotations = (each for each in element.iter("annotation") if each.get("encoding") == "application/x-tex")
        source = next(map(all_text, annotations), "")
    return f"${source}$" if source else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_CAPTION else f"{text[:_LONGEST_CAPTION].rpartition(' ')[0]} …"
