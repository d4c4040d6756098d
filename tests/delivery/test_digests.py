"""Digests: golden files of every shape in every language, and what is mended of the documents that they follow."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_string
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from delivery.digest import vault
from delivery.digest.content import Digest, DigestPaper, for_reader
from delivery.digest.folder import write_folder
from delivery.digest.gather import DigestSpec, Grouped, Source, gather
from delivery.digest.settings import ShapeName
from delivery.digest.shapes import SHAPES, UnknownShape, shape_named
from delivery.messages import LANGUAGES
from delivery.summary.extract import extracted
from indexer import topics
from indexer.documents import Document, from_json
from indexer.engines import open_engine
from indexer.lexicon import EMPTY
from indexer.query.request import Filters, InvalidRequest, Request
from tests.indexer.contract import fill
from tests.making import document
from tests.processes import ROOT

FOLDER = ROOT / "tests" / "golden" / "digests"
ACCEPT = bool(os.environ.get("PAPERGLOT_TEST_ACCEPT"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
VOID = ("br", "img", "meta", "link", "input", "hr")
FRONT = re.compile(r"^---\n(.*?)\n---\n", re.DOTALL)


def paper(number: int, fields: dict[str, Any]) -> Document:
    """A document of `papers.json`. `sentences` are those of its abstract, each with its translation or null."""
    fields = {"number": number, "seq": number, **fields}
    sentences = fields.pop("sentences", [])
    if sentences:
        targets = [target for _, target in sentences if target]
        fields["abstract"] = {"en": " ".join(source for source, _ in sentences)}
        if targets:
            fields["abstract"]["zh"] = "".join(targets)
            rows = [[len(source), len(target) if target else None, "model", None] for source, target in sentences]
            fields["aligned"] = {"zh": {"abstract": rows}}
    return from_json(json.dumps(fields).encode())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    engine = open_engine(tmp_path_factory.mktemp("index"))
    records = json.loads((FOLDER / "papers.json").read_text("utf-8"))
    fill(engine, [paper(number, fields) for number, fields in enumerate(records, 1)])
    yield Source(engine, topics.load(None, NOW.date()), EMPTY, None, NOW, extracted)
    engine.close()


def digest(source: Source, shape: str, language: str = "zh", **options: Any) -> Digest:
    request = options.pop("request", Request())
    return gather(source, DigestSpec(request=request, language=language, grouped=SHAPES[shape].grouped, **options))


def written(source: Source, shape: str, language: str = "zh", **options: Any) -> str:
    write = SHAPES[shape].write
    assert write
    return write(digest(source, shape, language, **options))


def files(source: Source, shape: str, language: str) -> dict[str, str]:
    """The golden files of a shape: their names, and what is in them."""
    if SHAPES[shape].write:
        return {f"{shape}.{language}.{SHAPES[shape].suffix}": written(source, shape, language)}
    notes = vault.notes(digest(source, shape, language), {}, lambda path: None)
    return {f"{shape}.{language}/{name}": text or "" for name, text in notes}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_golden(source: Source, shape: str, language: str) -> None:
    """PAPERGLOT_TEST_ACCEPT=1 writes the files anew. A paper is an entry of `papers.json`."""
    contents = files(source, shape, language)
    if ACCEPT:
        shutil.rmtree(FOLDER / f"{shape}.{language}", ignore_errors=True)
    for name, text in contents.items():
        path = FOLDER / name
        if ACCEPT:
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes()
    assert files(source, shape, language) == contents  # the same bytes each time


def render(markdown: str) -> str:
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).use(footnote_plugin).render(FRONT.sub("", markdown))


class _Text(HTMLParser):
    """The text of HTML, and the elements that are open at its end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("shape", [name for name, shape in SHAPES.items() if shape.suffix == "md" and shape.write])
def test_whatever_a_title_holds_is_shown_as_it_is(source: Source, shape: str) -> None:
    """Pipes, stars, `<`, dollars and braces of a title come out of a renderer, and nothing else becomes of them."""
    for language in LANGUAGES:
        rendered = _Text(render(written(source, shape, language)))
        assert rendered.open == []
        assert "A|B tests of M$^3$Face with *p*<0.05, {{ x }}, {% y %} and [1] # a_b_ `c` for $5" in rendered.text
        assert "A. _Under_ Score" in rendered.text or shape == "bilingual"
        assert "<b>Nothing</b> is *bold*, and 1. is no list." in rendered.text


def test_bilingual(source: Source) -> None:
    text = written(source, "bilingual")
    html = render(text)
    rows = re.findall(r"<tr>\n<td>(.*?)</td>\n<td>(.*?)</td>\n<td>(.*?)</td>\n</tr>", html)
    assert len(rows) == 7 and "<h1>摘要</h1>" in html and "<h1>详细</h1>" in html
    # The newest id comes first, with a summary in the reader's language.
    ids = re.findall(r"\| \[\^\d\] \| .*\]\(https://arxiv\.org/abs/([^)]*)\)", text)
    assert ids == ["2611.00031", "2611.00005", "2611.00004", "2611.00003", "2611.00002", "2611.00001", "math/0309001"]
    assert "我们提出一种稀疏时钟，使慢速网络在 $10^{-2}$ 秒内同步。" in rows[5][2]
    # Footnotes: translated title, title, link, summary, translated abstract, abstract, facts.
    note = text.partition("[^6]: ")[2].partition("[^7]: ")[0]
    paragraphs = [line.strip() for line in note.splitlines() if line.strip()]
    assert paragraphs[:3] == [
        "慢速网络的稀疏时钟",
        "Sparse Clocks for Slow Networks",
        "<https://arxiv.org/abs/2611.00001>",
    ]
    assert paragraphs[4].startswith("慢速网络常被归咎于时钟。我们提出") and paragraphs[5].startswith("Slow networks")
    assert paragraphs[6] == "cs.DC cs.NI · 2026-11-20 · 新论文 · 12 pages, 3 figures"
    assert "交叉列表" in text and "N/A" not in text and not re.search(r"[ \t]$", text, re.MULTILINE)
    assert html.count('class="footnote-item"') == 7


def test_the_day_by_topic_adds_up(source: Source) -> None:
    of_day = Request(filters=Filters(first=DAY, last=DAY))
    grouped = digest(source, "topics", request=of_day)
    assert sum(len(section.papers) for section in grouped.sections) == grouped.total == 4
    places = {each.id: (section.key, each) for section in grouped.sections for each in section.papers}
    key, multimodal = places["2611.00003"]
    # Two words in its title are of the first topic that fits, and each paper is under one.
    assert key in ("generative-models", "multimodal", "recognition") and multimodal.reasons and multimodal.also_in
    assert places["2611.00001"][0] == "_other"
    text = written(source, "topics", request=of_day)
    assert text.count("> > **序号：** 1<br />") == len(grouped.sections)
    assert "One A, Two B, Three C, Four D, Five E, Six F, Seven G, Eight H, Nine I, Ten J 等另外 2 人" in text
    assert "<https://arxiv.org/pdf/2611.00003v2>" in text and "<https://github.com/holt/clocks>" in text
    assert "null" not in text and "Code" not in text
    # Two levels of quotes, and nothing of the papers outside of them.
    html = render(text)
    assert html.count("<blockquote>") == html.count("</blockquote>") == len(grouped.sections) + grouped.total
    assert html.count("<details>") == 7


def test_a_post_is_read_by_blogs(source: Source) -> None:
    text = written(source, "post", request=Request(text="diffusion"))
    front = yaml.safe_load(FRONT.match(text)[1])  # type: ignore[index]
    assert front["title"] == "diffusion" and front["cover"] == "https://media.example.org/3.png"
    assert front["date"] == datetime(2026, 11, 20, 1, tzinfo=UTC) and front["tags"] == ["diffusion"]
    assert "{{" not in text and "{%" not in text and "N/A" not in text and "None" not in text
    assert "# 2026-11-20 更新" in text and "[PDF](https://arxiv.org/pdf/2611.00003v2)" in text
    assert "Accepted at ECCV 2026" in text and "- 本文介绍一种多模态扩散模型。" in text
    html = render(text)
    assert '<img src="https://media.example.org/3.png"' in html and html.count("<details>") == 1
    chosen = written(source, "post", request=Request(text="diffusion"), cover="2611.00002")
    assert "cover:" not in chosen  # it has no picture


def test_a_page_has_the_best_of_all_years_first(source: Source) -> None:
    best = digest(source, "page", request=Request(text="clocks for slow networks"))
    assert best.papers[0].id == "2611.00001" and len(best.papers) > 1
    html = written(source, "page", request=Request(text="clocks for slow networks"), search_page="https://example.org")
    assert 'href="https://example.org/feed?q=clocks+for+slow+networks"' in html
    assert 'action="https://example.org/"' in html and "Slow networks are often blamed" in html and "<math" in html


def test_a_mail_has_both_parts(source: Source) -> None:
    mail = message_from_string(written(source, "email"), policy=default)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert mail["Subject"] == "全部论文" and "慢速网络的稀疏时钟" in text and "慢速网络的稀疏时钟" in html
    assert "<style" not in html and "class=" not in html and written(source, "email").isascii()


def test_traditional_readers_get_traditional_texts(source: Source) -> None:
    assert "慢速網路" in written(source, "bilingual", "zh-Hant") or "慢速網絡" in written(
        source, "bilingual", "zh-Hant"
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Sparse Clocks. (arXiv:2401.00001v1 [cs.CV])", "Sparse Clocks"),
        ("Sparse Clocks (arXiv:2401.00001v2 [cs.CV] UPDATED!)", "Sparse Clocks"),
        ("Sparse Clocks.", "Sparse Clocks"),
        ("稀疏时钟。", "稀疏时钟"),
        ("A reply to Holt et al.", "A reply to Holt et al."),
        ("Made in the U.S.", "Made in the U.S."),
        ("And then...", "And then..."),
        ("Clocks (and arXiv:2401.00001)", "Clocks (and arXiv:2401.00001)"),
    ],
)
def test_what_feeds_put_behind_a_title_is_gone(title: str, shown: str) -> None:
    assert for_reader(document(title={"en": title}), "zh").title == {"en": shown}


@pytest.mark.parametrize(
    ("abstract", "shown"),
    [
        ("arXiv:2403.00001v1 Announce Type: new  Abstract: We tick.", "We tick."),
        ("arXiv:2403.00001v1 Announce Type: replace-cross \nAbstract: We tick.", "We tick."),
        ("arXiv:2403.00001v1 公告类型：new 摘要：我们。", "我们。"),
        ("Abstract: We tick.", "Abstract: We tick."),
    ],
)
def test_what_feeds_put_before_an_abstract_is_gone(abstract: str, shown: str) -> None:
    assert for_reader(document(abstract={"en": abstract}), "zh").abstract == {"en": shown}


@pytest.mark.parametrize("comments", ["N/A", "none", "-", "null"])
def test_a_comment_that_says_nothing_is_gone(comments: str) -> None:
    assert for_reader(document(comments=comments), "zh").comments is None


WRONG_TERMS = ("法学硕士", "变压器", "转换器", "变形金刚")


def test_terms_are_those_of_the_field() -> None:
    """Translations of before, or of an import, with the wrong terms that the examples have."""
    fields = {
        "id": "2611.00009", "categories": ["cs.CL"], "day": "2026-11-20",
        "title": {"en": "Transformers and LLMs", "zh": "变压器与法学硕士"},
        "sentences": [
            ["We propose a Transformer for LLMs.", "我们为法学硕士提出一种转换器。"],
            ["It converts text; a converter follows.", "它转换文本，随后是转换器。"],
            ["Large language models win.", "法学硕士获胜。"],
        ],
    }  # fmt: skip
    for language in ("zh", "zh-Hant"):
        shown = for_reader(paper(9, fields), language)
        text = shown.title[language] + shown.abstract[language]
        assert "法学硕士" not in text and "变压器" not in text and "Transformer" in text, text
        summary = extracted(shown, language)
        assert summary.line and summary.line.text.endswith("Transformer。") and summary.line.language == language
    assert "随后是转换器" in for_reader(paper(9, fields), "zh").abstract["zh"]  # that is what it is
    power = {**fields, "categories": ["physics.app-ph"], "title": {"en": "Power transformers", "zh": "电力变压器"}}
    assert for_reader(paper(9, power), "zh").title["zh"] == "电力变压器"


@pytest.mark.parametrize("language", ["zh", "zh-Hant"])
def test_no_shape_has_a_wrong_term(source: Source, language: str) -> None:
    for shape in SHAPES:
        text = "".join(files(source, shape, language).values())
        assert not any(wrong in text for wrong in WRONG_TERMS), shape


def test_what_is_not_in_the_digest_is_said(source: Source) -> None:
    assert digest(source, "html", most=2).notes == ("共 7 篇，这里列出前 2 篇。",)
    saturday = Request(filters=Filters(first=date(2026, 11, 21), last=date(2026, 11, 21)))
    assert digest(source, "html", request=saturday).notes == ("周末不公布论文。",)
    assert digest(source, "html", "en", request=Request(text="nothingness")).notes == ("No paper matches this search.",)
    with pytest.raises(InvalidRequest, match="is not understood"):
        digest(source, "html", request=Request(text="date:tomorrowish"))


def test_shapes_are_the_settings_shapes() -> None:
    assert set(get_args(ShapeName)) == SHAPES.keys()
    with pytest.raises(UnknownShape, match="there are bilingual, topics"):
        shape_named("poster")


def test_a_folder_is_written_again_only_where_something_changed(source: Source, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    spec = DigestSpec(request=Request(), language="en", grouped=Grouped.TOGETHER)
    days = [date(2026, 11, 19), DAY]
    first = write_folder(folder, SHAPES["html"], source, spec, days)
    assert (first.changed, first.unchanged) == (5, 0)
    assert {path.name for path in folder.iterdir()} == {
        "2026-11-19.html", "2026-11-20.html", "index.html", "feed.atom", "feed.json"
    }  # fmt: skip
    again = write_folder(folder, SHAPES["html"], source, spec, days)
    assert (again.changed, again.unchanged) == (0, 5)
    (folder / "2026-11-20.html").write_text("other")
    assert write_folder(folder, SHAPES["html"], source, spec, days).changed == 1
    # An earlier day stays, and the index page leads to it.
    write_folder(folder, SHAPES["html"], source, spec, [date(2026, 11, 23)])
    index = (folder / "index.html").read_text("utf-8")
    assert all(f'href="{day}.html"' in index for day in ("2026-11-19", "2026-11-20", "2026-11-23"))
    assert "feed.atom" in index and "feed.atom" in (folder / "2026-11-20.html").read_text("utf-8")


def test_posts_and_pages_have_a_file_for_each_topic(source: Source, tmp_path: Path) -> None:
    filters = Filters(values=(("topic", "generative-models"), ("topic", "multimodal")))
    for shape, names in (
        ("post", {"2026-11-20-generative-models.md", "2026-11-20-multimodal.md"}),
        ("page", {"generative-models.html", "multimodal.html", "index.html", "feed.atom", "feed.json"}),
    ):
        spec = DigestSpec(request=Request(filters=filters), language="en", grouped=SHAPES[shape].grouped)
        write_folder(tmp_path / shape, SHAPES[shape], source, spec, [date(2026, 11, 19), DAY])
        assert {path.name for path in (tmp_path / shape).iterdir()} == names


def test_a_vault_keeps_what_a_person_writes(source: Source, tmp_path: Path) -> None:
    spec = DigestSpec(request=Request(), language="zh", grouped=Grouped.TOGETHER)

    def write() -> Any:
        return write_folder(tmp_path, SHAPES["vault"], source, spec, [date(2026, 11, 19), DAY])

    write()
    note = tmp_path / "papers" / "2611.00001 Sparse Clocks for Slow Networks.md"
    text = note.read_text("utf-8")
    assert yaml.safe_load(FRONT.match(text)[1])["tags"] == ["cs/DC", "cs/NI"]  # type: ignore[index]
    named = (tmp_path / "papers").glob("2611.00003*")
    assert "[[2611.00001 Sparse Clocks for Slow Networks]]" in next(named).read_text("utf-8")
    changed = (
        text.replace("\n---\n", '\nstatus: "read"\nrating:\n  - 5\n---\n', 1).replace("稀疏时钟", "旧") + "Mine.\n"
    )
    renamed = note.rename(note.with_name("2611.00001 My own name.md"))
    renamed.write_text(changed, "utf-8")
    write()
    text = renamed.read_text("utf-8")
    assert text.endswith("Mine.\n") and "慢速网络的稀疏时钟" in text and not note.exists()
    properties = yaml.safe_load(FRONT.match(text)[1])  # type: ignore[index]
    assert properties["status"] == "read" and properties["rating"] == [5] and properties["arxiv"] == "2611.00001"
    assert "[[2611.00001 My own name]]" in (tmp_path / "days" / "2026-11-20.md").read_text("utf-8")
    assert write().changed == 0
    renamed.write_text("All mine.", "utf-8")
    assert write().untouched == ("papers/2611.00001 My own name.md",)
    assert renamed.read_text("utf-8") == "All mine."


OURS = '---\ntitle: "T"\naliases: ["T"]\ntags: ["cs/CL"]\n---\n\n# T\n'


@pytest.mark.parametrize(
    ("old", "parts"),
    [
        ("---\ntitle: T\ntags:\n  - cs/CL\n  - toread\n---\n# T\n{marker}\n", ['tags: ["cs/CL", "toread"]']),
        (
            '---\ntitle: T\naliases: ["T", "Clock paper"]\n---\n# T\n{marker}\nMine',
            ['aliases: ["T", "Clock paper"]', "Mine"],
        ),
        ("\ufeff---\nstatus: read\n---\n{marker}\n", ["status: read"]),
        ("--- \nstatus: read\n---  \n{marker}\n", ["status: read"]),
        (
            "---\n# my comment\ntitle: T\nstatus: read\n# another\n---\n{marker}\n",
            ["# my comment", "# another", "status: read"],
        ),
        ("---\nnested:\n  a: 1\n  b: [x, y]\n---\n{marker}\n", ["nested:\n  a: 1\n  b: [x, y]\n"]),
        ("no top at all\n{marker}\nMine \u2028 too\n", ["Mine \u2028 too\n"]),
    ],
)
def test_what_a_person_adds_to_a_note_stays(old: str, parts: list[str]) -> None:
    text = vault.merged(OURS, old.format(marker=vault.MARKER))
    assert text and all(part in text for part in parts), text
    properties = yaml.safe_load(FRONT.match(text)[1])  # type: ignore[index]
    assert properties["title"] == "T" and "cs/CL" in properties["tags"]
    assert vault.merged(OURS, text) == text  # and the second time nothing changes


def test_a_key_that_is_ours_in_another_form_is_not_there_twice() -> None:
    text = vault.merged(OURS, f'---\n"title": mine\ntags : [x]\n---\n{vault.MARKER}\n')
    assert text and text.count("title") == 1 and yaml.safe_load(FRONT.match(text)[1])["tags"] == ["cs/CL", "x"]  # type: ignore[index]


def test_line_ends_of_a_note_stay() -> None:
    text = vault.merged(OURS, f"---\r\nstatus: read\r\n---\r\n# T\r\n{vault.MARKER}\r\nMine\r\n")
    assert text and text.count("\r\n") == text.count("\n") and text.endswith("Mine\r\n")


@pytest.mark.parametrize("old", ["---\nbroken: [\n---\n{marker}\n", "{marker}\n{marker}\n", "nothing of ours"])
def test_a_note_that_cannot_be_merged_stays(old: str) -> None:
    assert vault.merged(OURS, old.format(marker=vault.MARKER)) is None


def test_a_note_of_ours_is_told_from_a_persons(source: Source, tmp_path: Path) -> None:
    spec = DigestSpec(request=Request(text="sparse clocks"), language="en", grouped=Grouped.TOGETHER)
    papers = tmp_path / "vault" / "papers"
    papers.mkdir(parents=True)
    (papers / "2611.00001 A review.md").write_text("mine", "utf-8")
    (papers / "2611.00001 Sparse Clocks for Slow Networks.md").write_text(f"{vault.MARKER}\n", "utf-8")
    (papers / "2611.00003 odd.md").write_bytes(b"\xff\xfe")
    assert write_folder(tmp_path / "vault", SHAPES["vault"], source, spec, [DAY]).untouched == ()
    assert "[[2611.00001 Sparse Clocks for Slow Networks]]" in (tmp_path / "vault" / "days" / f"{DAY}.md").read_text(
        "utf-8"
    )
    everything = replace(spec, request=Request())
    assert write_folder(tmp_path / "vault", SHAPES["vault"], source, everything, [DAY]).untouched == (
        "papers/2611.00003 odd.md",
    )


def test_a_page_of_a_day_in_a_folder_has_that_day(source: Source, tmp_path: Path) -> None:
    spec = DigestSpec(request=Request(filters=Filters(first=DAY, last=DAY)), language="en", grouped=Grouped.BEST_FIRST)
    write_folder(tmp_path / "site", SHAPES["page"], source, spec, [])
    page = (tmp_path / "site" / f"papers-{DAY}-{DAY}.html").read_text("utf-8")
    assert "2611.00001" in page and "2611.00004" not in page
    assert "2611.00001" in (tmp_path / "site" / "feed.json").read_text("utf-8")


def test_what_wrote_a_line_is_said(source: Source) -> None:
    mail = message_from_string(written(source, "email", "en"), policy=default)
    texts = [written(source, "bilingual", "en"), written(source, "html", "en")]
    texts += [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    for text in texts:
        assert "one diffusion process. (from Hugging Face)" in " ".join(re.sub("<[^>]*>", "", text).split())
    for shape in ("post", "vault"):
        assert "Summary** (from Hugging Face)" in "".join(files(source, shape, "en").values())


def test_only_what_is_shown_is_summarised(source: Source) -> None:
    asked: list[str] = []

    def summarise(document: Document, language: str) -> Any:
        asked.append(document.id)
        return extracted(document, language)

    watched = replace(source, summarise=summarise)
    written(watched, "topics")
    written(watched, "page")
    assert asked == []
    written(watched, "bilingual")
    assert len(asked) == 7


@pytest.mark.parametrize("title", ["a/b: c*d? [x] #1 | ^", "长" * 300, "...", "", "a" * 300])
def test_a_note_has_a_name_that_every_system_takes(title: str) -> None:
    each = document("2611.00001", title=title)
    (one,) = [vault.name_of(paper_of(each))]
    assert (
        not re.search(r'[\[\]#^|\\/:*"<>?]', one) and len(f"{one}.md".encode()) <= 255 and one.startswith("2611.00001")
    )
    assert not one.endswith((".", " "))


def paper_of(each: Document) -> Any:
    return DigestPaper(each, "en", extracted)
