"""Reads and writes files of sentences and terms that people translated: TSV, or TMX of translation tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from papers.corrections import Correction, Kind
from papers.errors import UsageError
from translation.packages import code

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
MOST_BYTES = 200 << 20


class BadMemory(UsageError):
    """Raised by `read`: a file cannot be read, or a line is not a pair."""


def read(path: Path, language: str, source: str = "en") -> list[Correction]:
    """The sentences and terms of a file; raises BadMemory.

    A file whose name ends in `.tmx` is read as TMX, any other as TSV with the columns text, translation and, for a
    term, the word `term`.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadMemory(f"{path} is larger than {MOST_BYTES >> 20} MB: split it.")
        content = path.read_bytes()
    except OSError as error:
        raise BadMemory(f"{path} cannot be read: {error.strerror}.") from error
    if path.suffix.lower() == ".tmx":
        return list(_of_tmx(content, path, language, source))
    return list(_of_tsv(content, path, language))


# In TSV a line that begins with "#" is a comment; a text that does has a backslash before it.
_TO_ESCAPE = re.compile(r"^\\*#")
_ESCAPED = re.compile(r"^(\\*)\\#")


def _of_tsv(content: bytes, path: Path, language: str) -> Iterator[Correction]:
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadMemory(f"{path} is not in UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        line = _ESCAPED.sub(r"\1#", line)
        text, _, other_columns = line.partition("\t")
        translation, _, kind = other_columns.partition("\t")
        if not text.strip() or not translation.strip() or kind.strip() not in ("", *Kind):
            raise BadMemory(f"{path}, line {number}: expected a text, a tab and its translation.")
        yield _correction(kind.strip() or Kind.SENTENCE, language, text, translation)


def _of_tmx(content: bytes, path: Path, language: str, source: str) -> Iterator[Correction]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        units = etree.fromstring(content, parser).iter("tu")
    except etree.XMLSyntaxError as error:
        raise BadMemory(f"{path} is no TMX: {error}.") from error
    for unit in units:
        texts = {}
        for variant in unit.iter("tuv"):
            segment = variant.find("seg")
            name = code(str(variant.get(_LANGUAGE) or variant.get("lang") or ""))
            if segment is not None:
                texts[name] = " ".join("".join(map(str, segment.itertext())).split())
        if texts.get(source) and texts.get(language):
            kind = Kind.TERM if unit.findtext("prop[@type='kind']") == Kind.TERM else Kind.SENTENCE
            yield _correction(kind, language, texts[source], texts[language])


def _correction(kind: str, language: str, text: str, translation: str) -> Correction:
    return Correction(Kind(kind), language, " ".join(text.split()), translation.strip())


def _row(correction: Correction) -> str:
    text = _TO_ESCAPE.sub(r"\\\g<0>", correction.source)
    return f"{text}\t{correction.target}" + ("\tterm" if correction.kind is Kind.TERM else "")


def written(corrections: Sequence[Correction], *, as_tmx: bool, source: str = "en") -> bytes:
    """The content of a file with these corrections, in UTF-8, for `read`."""
    if not as_tmx:
        rows = (_row(correction) for correction in corrections)
        return "".join(f"{row}\n" for row in rows).encode()
    root = etree.Element("tmx", version="1.4")
    etree.SubElement(
        root, "header", creationtool="Paperglot", creationtoolversion="1", segtype="sentence", adminlang="en",
        srclang=source, datatype="plaintext", attrib={"o-tmf": "Paperglot"},
    )  # fmt: skip
    body = etree.SubElement(root, "body")
    for correction in corrections:
        unit = etree.SubElement(body, "tu")
        if correction.kind is Kind.TERM:
            etree.SubElement(unit, "prop", type="kind").text = Kind.TERM.value
        for language, text in ((source, correction.source), (correction.language, correction.target)):
            variant = etree.SubElement(unit, "tuv", attrib={_LANGUAGE: language})
            etree.SubElement(variant, "seg").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
