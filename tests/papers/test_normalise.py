import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import EXACT, terms
from papers.normalise import bounds, code_links, dates, formulas, names
from papers.normalise.licences import licence
from papers.normalise.readable import readable
from papers.normalise.text import clean, from_html, language_by_script
from papers.paper import AuthorName


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  Prompt photons at\n  LHC energies ", "Prompt photons at LHC energies"),
        ("R&D: a < b and c > d", "R&D: a < b and c > d"),
        ("Bell &amp; Howell", "Bell &amp; Howell"),  # what a page shows so was typed so
        ("<p>Two <b>bold</b> words</p>", "Two bold words"),
        ("H<sub>2</sub>O and 10<sup>-3</sup>,<br/>then", "H2O and 10-3, then"),
        ("We emit <think> and </think> tokens", "We emit <think> and </think> tokens"),
        ("Use <b> as begin token and </b> as end token", "Use <b> as begin token and </b> as end token"),
        ("M\\^{\\'e} and \\'{\\^e}", "Mế and ế"),
        ("vector<int>, <b> alone, i<b and c>d", "vector<int>, <b> alone, i<b and c>d"),
        ("if $0<a<b$ then $c>d$, $<i>$ and <i>x</i>", "if $0<a<b$ then $c>d$, $<i>$ and x"),
        ("($T<T_0$), and at higher temperatures ($T>T_0$)", "($T<T_0$), and at higher temperatures ($T>T_0$)"),
        ("ﬁne eﬀects, soft\u00adly", "fine effects, softly"),
        (r"Bal\'azs, {\"o}, \"{u}, \c{c}, \v s, \H{o}", "Balázs, ö, ü, ç, š, ő"),
        (r"{\o}re, M\o ller, \ss, \AA ngstr\"om, \L{}\'od\'z", "øre, Møller, ß, Ångström, Łódź"),
        (r"na\"{\i}ve", "naïve"),
        (r"$\'e~x$ and $\alpha$ stay, \emph{so} does \R", r"$\'e~x$ and $\alpha$ stay, \emph{so} does \R"),
        (r"The \"thin\" hull, K\"ahler's \"Schr\"odinger cat\".", 'The "thin" hull, Kähler\'s "Schrödinger cat".'),
        (r"\"Uber \"thin\" ice, a braided\" version, M\" obius", 'Über "thin" ice, a braided" version, M" obius'),
        (r"Nguy{\~{\^e}}n, L{\^e} D{\`{\^a}}u, B{\d{\^a}}c, \'{\i}, Ren{é}", "Nguyễn, Lê Dầu, Bậc, í, René"),
        (r"\S 3, {\pounds}5, 20\deg C, \dag, K_\alpha emission, {\Lambda}-LTB", "§3, £5, 20°C, †, K_αemission, Λ-LTB"),
        (r"\S3 and \alpha2 and \Surprise", r"\S3 and \alpha2 and \Surprise"),
        (r"2175 \AA\ feature, \ and", "2175 Å feature, and"),
        ("z~3, T~100 K, S/N~20, $z$~5", "z~3, T~100 K, S/N~20, $z$~5"),
        (r"Fig.~3, HE~0435, Raspberry~Pi~5, Fig.~$3$, $x$~cm", "Fig. 3, HE 0435, Raspberry Pi 5, Fig. $3$, $x$ cm"),
        (r"page: $B\toππ$, $§^i$, $αx$", r"page: $B\to\pi\pi$, $\S^i$, $\alpha x$"),
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


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("J.M.Holt", "J. M. Holt"),
        ("And G. Family", "G. Family"),
        ("and Given Family", "Given Family"),
        ("C. -P. Yuan", "C.-P. Yuan"),
        ("et al.", None),
        ("others", None),
        ("many others", None),
        ("Otto Others", "Otto Others"),
        ("M. Anderson and", "M. Anderson"),
        ("M. Anderson and many others", "M. Anderson"),
        ("Andrea St.Pierre", "Andrea St.Pierre"),
        ("Wu", "Wu"),
    ],
)
def test_a_name(written: str, name: str | None) -> None:
    assert names.normal(written) == name


def test_the_parts_of_a_name() -> None:
    assert names.in_parts("J.M.", "H\\'olt", "Jr.") == AuthorName("J. M.", "Hólt", "Jr.")
    assert names.in_parts("Ana", "") == AuthorName("", "Ana")
    assert names.in_parts("", "et al.") is None
    assert names.in_parts("the", "CALM Collaboration") == AuthorName("", "CALM Collaboration")
    assert names.in_parts("Ana", "Ruiz", "M.D.") == AuthorName("Ana", "Ruiz", "M.D.")
    assert names.in_parts(None, None) is None


ALLOWED = re.compile(r"<(?:sub|sup|i|b|em|strong|p|a|span|br)\b", re.IGNORECASE)


@given(st.text(alphabet="abipqs<>$&; /", max_size=60).filter(lambda text: not ALLOWED.search(text)))
@example("for $p<q$ and $r>s$ we")
@example("&amp;lt; <think>")
def test_nothing_of_a_plain_text_is_lost(text: str) -> None:
    assert (clean(text) or "").replace(" ", "") == "".join(text.split())


def test_a_fragment_of_html_is_decoded_once() -> None:
    assert from_html("a &lt; b<br>and &amp;lt; <i>x</i> <b>caf&eacute;</b>") == "a < b and &lt; x café"
    assert from_html("plain") == "plain"
    assert from_html(None) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Code: https://github.com/holt/lantern.git.", "https://github.com/holt/lantern"),
        ("(github.com/holt/lantern/tree/main/src)", "https://github.com/holt/lantern"),
        ("at http://www.GitLab.com/a/b-c_d, and", "https://gitlab.com/a/b-c_d"),
        ("see https://github.com/features/actions", None),
        ("mail me@github.com/x", None),
        ("no code", None),
        (None, None),
    ],
)
def test_code_links(text: str | None, address: str | None) -> None:
    assert code_links.find(text) == address


def test_numbers_outside_of_their_range_are_left_out_and_named() -> None:
    notes = bounds.Notes()
    assert [bounds.upvotes(value, notes) for value in (0, "7", 2**31, None)] == [0, 7, 2**31, None]
    assert notes == []
    assert [bounds.upvotes(value, notes) for value in (-1, 2**31 + 1, 10**30, "many", 1.5, True)] == [None] * 6
    assert [bounds.version_number(v, notes) for v in ("v1", 999, "v-1", "v0", "v" + "9" * 25)] == [
        1,
        999,
        None,
        None,
        None,
    ]
    assert bounds.moment(datetime(9999, 1, 1, tzinfo=UTC), notes) is None
    assert len(notes) == 10 and notes[0] == "the number of upvotes -1 was left out"


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
        ("S. Li for the CALM Collaboration", ("S. Li", "CALM Collaboration")),
        ("The CALM Collaboration: A. Ruiz, B. Li", ("CALM Collaboration", "A. Ruiz", "B. Li")),
        ("A. Ruiz (open", ("A. Ruiz",)),
        ("A. Ruiz, B. Lind, et al.", ("A. Ruiz", "B. Lind")),
        ("A. Ruiz, B. Lind et al", ("A. Ruiz", "B. Lind")),
        ("A. Ruiz, and others", ("A. Ruiz",)),
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
        ("CALM Collaboration, The", "CALM Collaboration"),
        ("Holt, J.M.", "J. M. Holt"),
    ],
)
def test_reading_order(written: str, shown: str) -> None:
    assert names.reading_order(written) == shown


def is_found(asked: str, name: str) -> bool:
    """Whether who asks for `asked` finds the papers of the author with this name."""
    return not set(names.query_keys(asked)).isdisjoint(names.keys(name))


@pytest.mark.parametrize(
    "asked", ["LeCun", "Yann LeCun", "LeCun, Yann", "Y. LeCun", "lecun y", "LeCun, Y. A.", "Yann A. LeCun"]
)
def test_an_author_is_found_by_any_form(asked: str) -> None:
    assert is_found(asked, "Yann A. LeCun")


@pytest.mark.parametrize("asked", ["Yann", "Yann Ng", "LeCun, B.", "A. Ng"])
def test_and_by_no_other(asked: str) -> None:
    assert not is_found(asked, "Yann A. LeCun")


def test_accents_fold_in_names() -> None:

    assert is_found("Muller", "Söhnke Müller")
    assert is_found("Lukasik", "Anna Łukasik")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Dorde Petrovic", "Đorđe Petrović"),
        ("Thor Aegisson", "Þór Ægisson"),
        ("Cagri Yilmaz", "Çağrı Yılmaz"),
        ("van der Holt", "Jan van der Holt"),
        ("Jan van der Holt", "Jan van der Holt"),
        ("Holt", "Jan van der Holt"),
        ("ME Holt", "Mira E. Holt"),
        ("M.E. Holt", "Mira E. Holt"),
        ("Li Wu", "Li Wu"),
        # Given names, initials and family name in any order.
        ("Brandt Lena", "Lena Brandt"),
        ("Brandt, L.", "Lena M. Brandt"),
        ("Brandt LM", "Lena Marie Brandt"),
        ("Brandt_L", "Lena Brandt"),
        ("Marie Brandt", "Lena Marie Brandt"),
        # Who is known by the initial may be the one whose given name is asked for.
        ("Lena Brandt", "L. Brandt"),
        ("Lena Brandt", "L. M. Brandt"),
        ("Lena M. Brandt", "Lena Brandt"),
        # Family names of several words.
        ("M. T. van der Holt", "Mira T. van der Holt"),
        ("van der Holt, Mira", "M. van der Holt"),
        ("van der Holt M T", "Mira T. van der Holt"),
        ("Garcia Lopez, M.", "María García López"),
        ("O. Brandt-Lena", "Olaf Brandt-Lena"),
        # One given name of two parts.
        ("J.-P. Serre", "Jean-Pierre Serre"),
        ("Xiaoming Wang", "Xiao-Ming Wang"),
        ("Xiao Ming Wang", "Xiaoming Wang"),
        ("XM Wang", "Xiao-Ming Wang"),
    ],
)
def test_an_author_is_found_in_plain_letters(asked: str, name: str) -> None:
    assert is_found(asked, name)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Lena Brandt", "Lars Brandt"),
        ("Lena M. Brandt", "Lena K. Brandt"),
        ("Lena Brandt", "Olaf Brandt-Lena"),
        ("Lena Brandt", "Lena-Maria Okafor"),
        ("L. Brandt", "Olaf Brandt"),
        ("Xiaoming Wang", "Xiaoli Wang"),
        ("", "Lena Brandt"),
        ("…", "Lena Brandt"),
    ],
)
def test_another_person_is_not_found(asked: str, name: str) -> None:
    assert not is_found(asked, name)


def test_names_fold_as_texts_do() -> None:
    """Every Latin letter that the analysis of texts makes plain is plain in the key of a name."""
    letters = [chr(code) for first, end in ((0xC0, 0x250), (0x1E00, 0x1F00)) for code in range(first, end)]
    folds = {letter: terms(f"x{letter}x", EXACT) for letter in letters if letter.isalpha()}
    plain = {letter: tokens[0] for letter, tokens in folds.items() if len(tokens) == 1 and tokens[0].isascii()}
    # The first two are a letter and a sign; one means "a half ring"; one is an "s" by its capital, an "f" by its shape.
    odd = set("ĿŀŉẚẛǶȸȹƕ") | set("Ỻỻ")
    assert {letter: names.folded(f"x{letter}x") for letter in plain if letter not in odd} == {
        letter: [word] for letter, word in plain.items() if letter not in odd
    }


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


@pytest.mark.parametrize(
    ("text", "formulas_in_it"),
    [
        ("no formula", []),
        ("for $p<q$ and $r>s$", ["p<q", "r>s"]),
        (r"about $\sim$300 K and $\mu$m", [r"\sim", r"\mu"]),
        ("costs $5 and $10", []),
        ("between $5 and $10 million", []),
        (r"costs \$5 and $x$", ["x"]),
        (r"spaced $ x ^{- \rho}$.", [r" x ^{- \rho}"]),
        (r"$$\int x$$ and \(a\) and \[b\]", [r"\int x", "a", "b"]),
        (r"\begin{align*}a\\b\end{align*}", [r"\begin{align*}a\\b\end{align*}"]),
        ("open $x and", []),
    ],
)
def test_where_formulas_stand(text: str, formulas_in_it: list[str]) -> None:
    assert [formula.tex for formula in formulas.find(text)] == formulas_in_it
    assert "".join(formulas.split(text)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain - text", "plain - text"),
        (r"\textbf{C}losed \emph{so \textit{very}} {\it it} {\bf b}old", "Closed so very it bold"),
        (r"95\,\% of R\&D in a\_b \#1", "95 % of R&D in a_b #1"),
        ("``double'' and `single' and don't, `tis", "“double” and ‘single’ and don't, `tis"),
        ("pages 3--5 --- see https://x.org/a--b and ----", "pages 3–5 — see https://x.org/a--b and ----"),
        (r"as shown~\cite{holt,arai} in \ref{eq}", "as shown [holt,arai] in [eq]"),
        (r"at \url{https://x.org/~me} or \href{https://y.org}{here}", "at https://x.org/~me or here (https://y.org)"),
        (r"a note\footnote{really} and \ldots more \LaTeX{} text", "a note (really) and … more LaTeX text"),
        (r"costs \$5 million", "costs $5 million"),
        (r"costs \$5 for $x$ and \emph{$y--z$}", r"costs \$5 for $x$ and \emph{$y--z$}"),
        (r"\R and \textcolor{red}{x} stay", r"\R and \textcolor{red}{x} stay"),
        (r"one\\two", "one two"),
    ],
)
def test_prose_as_it_is_read(text: str, shown: str) -> None:
    assert readable(text) == shown
    assert readable(shown) == shown or "--" in shown


@pytest.mark.parametrize(
    "piece", [r"\emph{", "``", "`a ", "--", r"\cite{a} ", r"{\it ", "$a", r"\begin{a}", "$a\\", "$_"]
)
def test_hostile_prose_of_a_megabyte_is_read(piece: str) -> None:
    assert readable(piece * (1_000_000 // len(piece)))
    assert formulas.find(piece * (300_000 // len(piece))) is not None
