"""What a reader's text must find, on every engine. A class for an engine's tests, beside EngineContract."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.find import Answer, Tier, find
from indexer.lexicon import EMPTY, Entry, Lexicon, base, of_entries
from indexer.query.evaluate import matches
from indexer.query.reading import read
from indexer.query.request import Filters, Request
from indexer.query.search import Search, Sort
from indexer.suggest import Suggestion, SuggestionKind, suggest
from papers.paper import Announcement, AuthorName
from tests.indexer.contract import fill, random_document
from tests.indexer.texts import TEXTS
from tests.making import DAY, document


def ask(engine: SearchEngine, text: str, lexicon: Lexicon = EMPTY, **request: Any) -> Answer:
    return find(engine, Request(text=text, **request), today=DAY, lexicon=lexicon)


def ids(engine: SearchEngine, text: str, lexicon: Lexicon = EMPTY, **request: Any) -> list[str]:
    """The last digits of the papers of the first tier."""
    return [hit.document.id[-2:] for hit in ask(engine, text, lexicon, **request).results.hits]


def papers(*texts: dict[str, Any] | str) -> list[Document]:
    """Documents with these titles or fields, with the ids 01, 02, …"""
    return [
        document(
            f"2611.000{number:02}",
            number,
            **({"abstract": "None."} | (text if isinstance(text, dict) else {"title": text})),
        )
        for number, text in enumerate(texts, start=1)
    ]


LEXICON = of_entries(
    [
        Entry("扩散模型", "diffusion model", 0.9, "learned"),
        Entry("图像", "image", 0.9, "learned"),
        Entry("编辑", "editing", 0.8, "learned"),
        Entry("注意力", "attention", 0.9, "learned"),
    ]
)


class FindingContract:
    """Subclass it, and give a fixture `engine`."""

    # The language

    def test_what_is_taken_away_is_away(self, engine: SearchEngine) -> None:
        fill(engine, papers("attention for text", "attention for video", {"title": {"en": "x", "zh": "注意力机制"}},
                            {"title": {"en": "y", "zh": "视频注意力"}}))  # fmt: skip
        for text in ("attention -video", "attention NOT video", "attention ANDNOT video", "attention AND NOT video"):
            assert ids(engine, text) == ["01"]
        assert ids(engine, "注意力 -视频") == ["03"]
        assert ids(engine, "(attention OR 注意力) NOT (video OR 视频)", sort=Sort.NEWEST) == ["01", "03"]
        # Whatever tier: it stays away.
        answer = ask(engine, "attention mechanism text -video")
        assert [hit.document.id[-2:] for _, hit in answer.all_hits] == ["01"]

    def test_forms_of_one_word_find_each_other(self, engine: SearchEngine) -> None:
        fill(engine, papers("A non-invasive probe", "A noninvasive probe", "GPT-4 reads", "GPT4 reads", "k-means", "C"))
        for text in ("non-invasive", "noninvasive", "non invasive"):
            assert sorted(ids(engine, text)) == ["01", "02"]
        for text in ("GPT-4", "GPT4", "gpt 4"):
            assert sorted(ids(engine, text)) == ["03", "04"]
        assert ids(engine, "kmeans") == ids(engine, "k means") == ["05"]

    @pytest.mark.parametrize(
        "text",
        ["C++", "usb-c adapters\"\"", '"usb-c adapters" ""', "https://example.org/a:b:c", 'y+(y+25)"', '"C++', "study:",
         "[C++]", "c++ 17"],
    )  # fmt: skip
    def test_signs(self, engine: SearchEngine, text: str) -> None:
        title = "A study: C++17 and C++ usb-c adapters, y+(y+25), https://example.org/a:b:c"
        fill(engine, papers(title, "A plan of C and 17"))
        assert ids(engine, text) == ["01"]
        for nothing in (">>>", "🦆", "()", '"'):
            assert ask(engine, nothing).is_empty

    def test_chinese_as_it_is_typed(self, engine: SearchEngine) -> None:
        fill(engine, papers({"title": {"zh": "用于图像编辑的扩散模型"}}, {"title": {"zh": "目标检测"}},
                            {"title": {"zh": "跨领域的目标检测", "en": "RoPE 旋转位置嵌入"}},
                            {"title": {"zh": "擴散模型"}}, {"title": {"zh": "图像"}}))  # fmt: skip
        for text in ("图像编辑扩散模型", "扩散模型图像编辑", "扩散模型用于图像编辑"):
            assert ids(engine, text) == ["01"] and ids(engine, text, LEXICON) == ["01"]
            assert ask(engine, text).split_runs == (text,)
        assert ids(engine, "目标检测跨领域") == ["03"]
        # A word of a run that the paper does not have: most of the others are enough for a later tier.
        answer = ask(engine, "基于扩散模型的图像编辑", base())
        assert answer.results.total == 0 and answer.further[0].hits[0].document.id[-2:] == "01"
        # A run that stands somewhere is not taken apart; simplified finds traditional.
        assert sorted(ids(engine, "扩散模型")) == ["01", "04"] and not ask(engine, "扩散模型").split_runs
        assert ids(engine, "RoPE旋转位置嵌入") == ["03"] and ids(engine, "ＲｏＰＥ目标检测") == ["03"]

    def test_a_person(self, engine: SearchEngine) -> None:
        fill(engine, papers({"authors": ("Lena Okafor", "Jonas Brandt")}, {"authors": ("Olaf Brandt-Lena",)},
                            {"authors": ("Lena M. Brandt", "Ken Mori")}, {"authors": ("L. Brandt",)},
                            {"authors": ("Mira T. van der Holt",)}, {"authors": ("M. van der Holt",)}))  # fmt: skip
        for text in ("Lena Brandt", "Brandt, Lena", "lena brandt"):
            assert set(ids(engine, text)[:2]) == {"03", "04"}
        for text in ('au:"Lena Brandt"', "au:Brandt_L", "au:Lena Brandt", "Brandt[au] Mori[au]"):
            assert set(ids(engine, text)) <= {"03", "04"} and "03" in ids(engine, text)
        assert set(ids(engine, "L. Brandt")) >= {"03", "04"}
        for text in ('"M. T. van der Holt"', "van der Holt, Mira", 'au:"Mira van der Holt"', "au:Holt"):
            assert sorted(ids(engine, text)) == ["05", "06"]
        (hit,) = ask(engine, "au:Mori").results.hits
        assert hit.highlights == {"authors.1": ((0, 8),)}
        (hit,) = ask(engine, "Mori").results.hits
        assert hit.highlights == {"authors.1": ((4, 8),)}

    def test_identifiers_among_words(self, engine: SearchEngine) -> None:
        fill(engine, papers("One", "Two, which cites 2611.00001", "Three"))
        assert sorted(ids(engine, "2611.00001")) == ["01", "02"]
        for text in ("arXiv:2611.00003v2 [cs.CV] 10 Nov 2026", "2611.00003.", "(arXiv:2611.00003)",
                     "２６１１.００００３",
                     "https://ar5iv.labs.arxiv.org/html/2611.00003", "clocks 2611.00003"):  # fmt: skip
            assert "03" in ids(engine, text), text
        assert sorted(ids(engine, "2611.00001 and 2611.00003")) == ["01", "03"]

    def test_whatever_is_shown_of_a_paper_finds_it(self, engine: SearchEngine) -> None:
        """Every field of a document that a reader sees, with a text that finds it."""
        shown = document(
            title={"en": "Slow clocks", "zh": "慢时钟"}, abstract={"en": "They tick.", "zh": "滴答。"},
            authors=("Ana Ruiz",), categories=("hep-ph", "cs.CL"), comments="9 pages, CVPR 2026",
            journal_ref="J. Imag. Phys. 7 (2026)", doi="10.1234/Imag.7", report_no="CALM-PH-26-12",
            licence="CC-BY-4.0", upvotes=31, code="https://github.com/ruiz/clocks", project="https://clocks.example.org",
            keywords=("horology",), organisation="Institute of Time", version=3, withdrawn=(3,),
        )  # fmt: skip
        others = papers("Other", "Another")[1:]
        fill(engine, [shown, *others])
        texts = {
            "id": "2611.00001", "title": "慢时钟", "abstract": "tick", "authors": "Ruiz", "categories": "hep-ph",
            "comments": '"9 pages"', "journal_ref": "J. Imag. Phys.", "doi": "10.1234/imag.7", "language": "lang:en",
            "report_no": "CALM-PH-26-12", "licence": "CC-BY-4.0", "upvotes": "upvotes:31", "version": "version:3",
            "code": "github.com/ruiz/clocks", "project": "clocks.example.org", "keywords": "horology",
            "organisation": "Institute of Time", "day": "2026-11-20", "sources": "source:arxiv", "venue": "CVPR",
            "withdrawn": "has:withdrawal",
        }  # fmt: skip
        for name, text in texts.items():
            assert "01" in ids(engine, text), name
        not_shown = {"number", "seq", "translated_by", "untranslated", "aligned", "translation", "translated_at",
                     "first_seen", "announcements", "submitted", "updated", "versions", "featured", "code_from",
                     "author_names", "summary", "figures", "html_figures"}  # fmt: skip
        assert {field.name for field in fields(Document)} - not_shown <= texts.keys()

    def test_dates(self, engine: SearchEngine) -> None:
        fill(engine, papers({"day": DAY}, {"day": DAY - timedelta(days=30)}, {"day": date(2024, 2, 29)}))
        for text, expected in {"date:last-7d": ["01"], "date:2026-10..": ["01", "02"], "date:<2026": ["03"],
                               "year:2024": ["03"], "date:2026-11-20": ["01"], "-date:2026": ["03"],
                               "2024-02-29": ["03"]}.items():  # fmt: skip
            assert sorted(ids(engine, text)) == expected, text

    def test_any_text_means_the_same_to_the_engine_and_to_the_evaluator(self, engine: SearchEngine) -> None:
        chance = random.Random(5)
        documents = [random_document(number, chance) for number in range(1, 60)]
        fill(engine, documents)

        @given(TEXTS)
        @settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
        def agree(text: str) -> None:
            reading = read(text, DAY)
            expected_ids = {document.id for document in documents if matches(reading.query, document)}
            results = engine.search(Search(query=reading.query, size=100))
            assert {hit.document.id for hit in results.hits} == expected_ids
            answer = ask(engine, text, LEXICON)
            assert answer.results.total == len(expected_ids) or answer.split_runs
            shown = [hit.document.id for _, hit in answer.all_hits]
            assert len(set(shown)) == len(shown)

        agree()

    # Tiers

    def test_most_of_the_words_then_some(self, engine: SearchEngine) -> None:
        fill(engine, papers("sparse attention for slow clocks", "sparse attention for bells", "slow bells", "other"))
        answer = ask(engine, "sparse attention slow clocks")
        assert answer.totals == [(Tier.ALL, 1), (Tier.SOME, 2)]
        answer = ask(engine, "sparse attention slow cheese")
        assert answer.results.total == 0
        tiers = {tier.tier: [hit.document.id[-2:] for hit in tier.hits] for tier in answer.further}
        assert tiers == {Tier.MOST: ["01"], Tier.SOME: ["02", "03"]}
        # Function words say nothing of a paper.
        assert ask(engine, "the of cheese").is_empty

    def test_what_is_never_relaxed(self, engine: SearchEngine) -> None:
        fill(engine, papers("sparse attention for clocks", "attention for bells"))
        for text in (
            '"slow attention" clocks',
            "attention clocks cat:math.NT",
            "attention bells -for",
            "ti:sparse bells",
        ):
            answer = ask(engine, text)
            assert answer.results.total == 0 and not answer.further, text
        assert ask(engine, "attention cheese", filters=Filters(values=(("category", "math.NT"),))).is_empty

    def test_a_full_page_has_no_further_tier(self, engine: SearchEngine) -> None:
        fill(engine, papers(*(["slow clocks"] * 20), "slow bells"))
        assert not ask(engine, "slow clocks").further and ask(engine, "slow clocks", size=30).further
        assert not ask(engine, "slow clocks", page=2, size=15).further

    def test_without_one_filter(self, engine: SearchEngine) -> None:
        fill(engine, papers({"title": "slow clocks", "categories": ("cs.CL",)}))
        answer = ask(engine, "slow clocks", filters=Filters(values=(("category", "cs.CV"), ("has", "code")), first=DAY))
        assert answer.results.total == 0 and not answer.relaxed  # no single one is the reason
        answer = ask(engine, "slow clocks", filters=Filters(values=(("category", "cs.CV"),), first=DAY))
        (relaxed,) = answer.relaxed
        assert (relaxed.name, relaxed.values, relaxed.total) == ("category", ("cs.CV",), 1)
        assert relaxed.request == Request(text="slow clocks", filters=Filters(first=DAY))

    def test_filters_take_one_of_their_values(self, engine: SearchEngine) -> None:
        """But all of those of `has`; and what a facet counts is what choosing another value would add."""
        fill(
            engine,
            papers(
                {"categories": ("cs.CL",), "code": "https://x", "featured": date(2026, 7, 20)},
                {"categories": ("cs.CV", "math.NT"), "code": "https://x", "upvotes": 3, "featured": date(2026, 7, 27)},
                {"categories": ("math.NT",), "upvotes": 2, "featured": date(2026, 8, 3)},
            ),
        )

        def filtered(*values: tuple[str, str]) -> list[str]:
            return sorted(ids(engine, "", filters=Filters(values=values)))

        assert filtered(("category", "cs.CL"), ("category", "cs.CV")) == ["01", "02"]
        assert filtered(("has", "code"), ("has", "upvotes")) == ["02"]
        assert filtered(("archive", "math")) == ["02", "03"]
        assert filtered(("archive", "math"), ("archive", "cs")) == ["01", "02", "03"]
        assert filtered(("featured", "2026-07")) == ["01", "02"] and filtered(("featured", "2026-07-27")) == ["02"]
        assert filtered(("featured", "2026-W31"), ("featured", "2026-08-03")) == ["02", "03"]
        chosen = Request(filters=Filters(values=(("category", "cs.CL"), ("archive", "cs"))))
        facets = find(engine, chosen, today=DAY, facets=("category", "archive", "has")).results.facets
        assert [(facet.value, facet.count) for facet in facets["category"]] == [
            ("cs.CL", 1), ("cs.CV", 1), ("math.NT", 1),
        ]  # fmt: skip
        assert [(facet.value, facet.count) for facet in facets["archive"]] == [("cs", 1)]
        assert [(facet.value, facet.count) for facet in facets["has"]] == [("code", 1)]

    def test_did_you_mean(self, engine: SearchEngine) -> None:
        fill(engine, papers("diffusion of clocks", "transformer"))
        correction = ask(engine, "difusion").correction
        assert correction and (correction.text, correction.total) == ("diffusion", 1)
        correction = ask(engine, "difusion, (cloks) -bells").correction
        assert correction and correction.text == "diffusion, (clocks) -bells"
        # Later tiers look for the words as they are spelled in the index.
        answer = ask(engine, "difusion clocks bells")
        assert answer.correction is None and [tier.tier for tier in answer.further] == [Tier.MOST]
        assert ask(engine, "diffusion cheese").correction is None and ask(engine, "diffusion").correction is None

    def test_the_other_language(self, engine: SearchEngine) -> None:
        fill(engine, papers("Image editing with a diffusion model", {"title": {"zh": "图像编辑的扩散模型"}}, "Clocks",
                            {"title": {"zh": "注意力"}}))  # fmt: skip
        answer = ask(engine, "图像编辑", LEXICON)
        assert ids(engine, "图像编辑") == ["02"] and not ask(engine, "图像编辑").further
        assert [(tier.tier, [hit.document.id[-2:] for hit in tier.hits]) for tier in answer.further] == [
            (Tier.TRANSLATED, ["01"])
        ]
        # With an operator, a field or a phrase, a reader wants just that.
        assert (
            not ask(engine, "图像编辑 -video", LEXICON).further
            and not ask(engine, "attention has:code", LEXICON).further
        )
        answer = ask(engine, "attention", LEXICON)
        assert answer.results.total == 0 and answer.further[0].hits[0].document.id[-2:] == "04"

    # Order

    def test_what_comes_first(self, engine: SearchEngine) -> None:
        old = date(2007, 4, 1)
        fill(engine, papers(
            {"title": "Option pricing", "abstract": "A diffusion.", "day": old},
            {"title": "Diffusion in options and in many other things", "day": old},
            {"title": "Diffusion in options and in many other things", "day": DAY},
            {"title": "Pricing", "abstract": "We study the diffusion of options, which many others did, too."},
            {"title": "Diffusion", "day": old},
            {"title": "Slow diffusion clocks", "abstract": "None of this."},
            {"title": "Diffusion of slow clocks"},
        ))  # fmt: skip
        assert ids(engine, "diffusion")[0] == "05"  # the whole title
        order = ids(engine, "diffusion options")
        assert order.index("03") < order.index("02") < order.index("04")  # recent before old, title before abstract
        assert ids(engine, "slow diffusion clocks")[0] == "06"  # the phrase

    def test_upvotes_break_ties(self, engine: SearchEngine) -> None:
        fill(engine, papers({"title": "clocks"}, {"title": "clocks", "upvotes": 90}, {"title": "clocks", "upvotes": 9}))
        assert ids(engine, "clocks abstract:none") == ids(engine, "clocks") == ["02", "03", "01"]

    # Suggestions

    def test_suggestions(self, engine: SearchEngine) -> None:
        fill(engine, papers({"title": "Sparse clocks for networks", "authors": ("Ana Clocksmith",)},
                            {"title": "Dense bridges", "authors": ("Jun Arai",)}))  # fmt: skip
        title = Suggestion(SuggestionKind.TITLE, "Sparse clocks for networks", "2611.00001")
        author = Suggestion(SuggestionKind.AUTHOR, "Ana Clocksmith", Request(text='au:"Ana Clocksmith"'))
        assert suggest(engine, "sparse clo", 5) == (title,)
        assert suggest(engine, "clo", 5) == (title, author)
        assert [s.kind for s in suggest(engine, "cs.CL", 5)] == [SuggestionKind.CATEGORY]
        topics = {"slow-clocks": ("Slow clocks", "慢时钟")}
        assert suggest(engine, "慢时", 5, topics)[0].kind is SuggestionKind.TOPIC
        assert [s.text for s in suggest(engine, "sparse clocsk", 5)] == ["sparse clocks"]
        for nothing in ("", "  ", "…", "zzzzzz"):
            assert suggest(engine, nothing, 5) == ()
        assert suggest(engine, "clo", 0) == ()

    def test_what_an_index_keeps_of_announcements_and_names(self, engine: SearchEngine) -> None:
        announcements = (Announcement(DAY, "cs.CL", "new"), Announcement(DAY, "cs.LG", "cross"))
        names = (AuthorName("Mira T.", "van der Holt"), None)
        base = document(authors=("Mira T. van der Holt", "CALM Collaboration"))
        fill(engine, [replace(base, announcements=announcements, author_names=names)])
        kept = engine.get("2611.00001")
        assert kept and kept.announcements == announcements and kept.author_names == names
        assert ids(engine, "announced:cross") == ["01"]
