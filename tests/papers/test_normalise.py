from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.normalise import dates, names
from papers.normalise.licences import licence
from papers.normalise.text import clean, language_by_script


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  Prompt photons at\n  LHC energies ", "Prompt photons at LHC energies"),
        ("R&D: a < b and c > d", "R&D: a < b and c > d"),
        ("Bell &amp; Howell &#8211; caf&eacute;", "Bell & Howell – café"),
        ("<p>Two <b>bold</b> words</p>", "Two bold words"),
        ("x &amp;lt; y", "x < y"),
        (r"Bal\'azs, {\"o}, \"{u}, \c{c}, \v s, \H{o}", "Balázs, ö, ü, ç, š, ő"),
        (r"{\o}re, M\o ller, \ss, \AA ngstr\"om, \L{}\'od\'z", "øre, Møller, ß, Ångström, Łódź"),
        (r"na\"{\i}ve", "naïve"),
        (r"$\'e~x$ stays, \emph{so} does \alpha", r"$\'e~x$ stays, \emph{so} does \alpha"),
        (r"\(\"o\) and \[\'e\]", r"\(\"o\) and \[\'e\]"),
        ("Fig.~3 shows ~12 % at http://x.org/~me", "Fig. 3 shows ~12 % at http://x.org/~me"),
        (r"costs \$5~million", r"costs \$5 million"),
        ("e\u0301", "é"),
        ("a\x00b\u200bc\u202ed", "abcd"),
        ("\x1b\r0", "0"),
        (" \n ", None),
        (None, None),
    ],
)
def test_clean(raw: str | None, cleaned: str | None) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_clean_is_settled_and_has_no_breaks(text: str) -> None:
    once = clean(text)
    assert once is None or (once == " ".join(once.split()) and once)


@pytest.mark.parametrize("piece", ["\\(", "$$", "$", "<a", "&", "{", "\\'", "~", "\\[x", "( "])
def test_a_hostile_text_of_a_megabyte_is_read(piece: str) -> None:
    """Not timed, but a pattern that goes over it a million times would never end."""
    text = piece * (1_000_000 // len(piece))
    assert clean(text) is not None
    assert names.split(text[:100_000]) is not None


@given(st.text(alphabet=st.characters(exclude_characters="$\\<&~", categories=["L", "N"]), min_size=1))
def test_a_formula_is_never_touched(tex: str) -> None:
    formula = f"$\\'{{e}}~{tex}$".replace("\n", "")
    assert "$\\'{e}~" in (clean(f"Before {formula} after \\'e") or "")


@pytest.mark.parametrize(
    ("line", "split"),
    [
        ("Ileana Streinu and Louis Theran", ("Ileana Streinu", "Louis Theran")),
        (r"C. Bal\'azs, E. L. Berger, C.-P. Yuan", ("C. Balázs", "E. L. Berger", "C.-P. Yuan")),
        ("J. Doe, Jr. (MIT (USA)), Ana Ruiz (1 and 2)", ("J. Doe Jr.", "Ana Ruiz")),
        ("S. Li for the CALM Collaboration", ("S. Li", "the CALM Collaboration")),
        ("The CALM Collaboration: A. Ruiz, B. Li", ("The CALM Collaboration", "A. Ruiz", "B. Li")),
        ("A. Ruiz (open", ("A. Ruiz",)),
        ("", ()),
        (None, ()),
    ],
)
def test_authors_in_one_line(line: str | None, split: tuple[str, ...]) -> None:
    assert names.split(line) == split


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("LeCun, Yann", "Yann LeCun"),
        ("Yann LeCun", "Yann LeCun"),
        ("King, Martin Luther, Jr.", "Martin Luther King Jr."),
        ("Yuan, C. -P.", "C.-P. Yuan"),
        ("CALM Collaboration, The", "The CALM Collaboration"),
    ],
)
def test_reading_order(written: str, shown: str) -> None:
    assert names.reading_order(written) == shown


@pytest.mark.parametrize(
    "asked", ["LeCun", "Yann LeCun", "LeCun, Yann", "Y. LeCun", "lecun y", "LeCun, Y. A.", "Yann A. LeCun"]
)
def test_an_author_is_found_by_any_form(asked: str) -> None:
    assert names.query_key(asked) in names.keys("Yann A. LeCun")


@pytest.mark.parametrize("asked", ["Yann", "Yann Ng", "LeCun, B.", "A. Ng"])
def test_and_by_no_other(asked: str) -> None:
    assert names.query_key(asked) not in names.keys("Yann A. LeCun")


def test_accents_fold_in_names() -> None:

    assert names.query_key("Muller") in names.keys("Söhnke Müller")
    assert names.query_key("Lukasik") in names.keys("Anna Łukasik")


def test_dates() -> None:
    assert dates.written_day("Showing new listings for Tuesday, 22 September 2026") == date(2026, 9, 22)
    assert dates.written_day("Thu, 3 Feb 2011 (showing 2 of 2 entries )") == date(2011, 2, 3)
    assert dates.written_day("31 February 2026") is None
    assert dates.written_day("no day") is None
    assert dates.rfc2822("Mon, 2 Apr 2007 19:18:42 GMT") == datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)
    assert dates.rfc2822("Mon, 2 Apr 2007 19:18:42 +0200") == datetime(2007, 4, 2, 17, 18, 42, tzinfo=UTC)
    assert dates.rfc2822("rubbish") is None
    assert dates.rfc2822("Mon, 31 Feb 2007 19:18:42 GMT") is None
    assert dates.iso8601("2026-05-30T00:00:00.000Z") == datetime(2026, 5, 30, tzinfo=UTC)
    assert dates.iso8601("rubbish") is None
    assert dates.iso_day("2026-05-30T10:00:00Z") == date(2026, 5, 30)
    assert dates.iso_day(None) is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0", "CC-BY-NC-SA-3.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "arXiv-nonexclusive-1.0"),
        ("http://arxiv.org/licenses/assumed-1991-2003/", "arXiv-assumed-1991-2003"),
        ("http://creativecommons.org/licenses/publicdomain/", "public-domain"),
        ("http://example.org/own", "http://example.org/own"),
        (" ", None),
        (None, None),
    ],
)
def test_licences(address: str | None, code: str | None) -> None:
    assert licence(address) == code


def test_language_by_script() -> None:
    assert language_by_script("A title with 注意力 in it and more English words") == "en"
    assert language_by_script("使用 BERT 的注意力机制") == "zh"
    assert language_by_script("Über naïve Cafés") == "en"
