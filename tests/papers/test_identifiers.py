from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers import identifiers
from papers.identifiers import Identifier, InvalidIdentifier


@pytest.mark.parametrize(
    ("text", "key", "version"),
    [
        ("2401.01234", "2401.01234", None),
        (" 2401.01234v3 ", "2401.01234", 3),
        ("arXiv:0704.0001v12", "0704.0001", 12),
        ("arXiv: hep-th/9901001", "hep-th/9901001", None),
        ("math.GT/0309136v2", "math/0309136", 2),
        ("cond-mat.mtrl-sci/0001001", "cond-mat/0001001", None),
        ("solv-int/9901001", "solv-int/9901001", None),  # the v of the archive is no version
        ("solv-int/9901001v1", "solv-int/9901001", 1),
        ("https://arxiv.org/abs/2401.01234v2", "2401.01234", 2),
        ("http://arxiv.org/pdf/2401.01234v2.pdf", "2401.01234", 2),
        ("https://www.arxiv.org/html/2401.01234", "2401.01234", None),
        ("arxiv.org/abs/math/0309136?context=cs", "math/0309136", None),
        ("https://doi.org/10.48550/arXiv.2401.01234", "2401.01234", None),
        ("10.48550/arXiv.hep-th/9901001", "hep-th/9901001", None),
        ("oai:arXiv.org:2401.01234v1", "2401.01234", 1),
        ("https://huggingface.co/papers/2401.01234", "2401.01234", None),
        ("https://arxiv.org/abs/arXiv:2501.01234", "2501.01234", None),
        ("https://www.alphaxiv.org/abs/2501.01234v3", "2501.01234", 3),
        ("https://alphaxiv.org/overview/2501.01234", "2501.01234", None),
        ("https://papers.cool/arxiv/2501.01234", "2501.01234", None),
        ("https://ar5iv.labs.arxiv.org/html/2501.01234", "2501.01234", None),
        ("ar5iv.org/abs/hep-th/9901001", "hep-th/9901001", None),
        ("https://arxiv.org/html/2501.01234v2#S3.SS1", "2501.01234", 2),
        ("https://hf.co/papers/2501.01234?ref=x", "2501.01234", None),
        ("https://scirate.com/arxiv/2501.01234", "2501.01234", None),
        ("arXiv:2501.01234v12 [cs.CL] 3 Jan 2025", "2501.01234", 12),
        ("arXiv:2501.01234v2  [astro-ph.GA]  13 Jan 2025", "2501.01234", 2),
        ("2501.01234 [cs.CL]", "2501.01234", None),
        ("ARXIV : 2501.01234", "2501.01234", None),
        ("arXiv:hep-th/9901001v3 12 Jan 1999", "hep-th/9901001", 3),
        ("[2501.01234]", "2501.01234", None),
        ("(arXiv:2501.01234v2 [cs.CL] 3 Jan 2025)", "2501.01234", 2),
        ("<https://arxiv.org/abs/2501.01234>", "2501.01234", None),
        ("arXiv:2501.01234.", "2501.01234", None),
        ("2501.01234v123", "2501.01234", 123),
    ],
)
def test_every_form_gives_one_key(text: str, key: str, version: int | None) -> None:
    assert identifiers.parse(text) == Identifier(key, version)
    assert identifiers.key(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "https://example.org/abs/2401.01234",
        "[cs.CL]",
        "2401.01234 [1]",
        "2413.01234",
        "2400.01234",
        "1234",
        "a 2401.01234",
        "2401.01234v0",
        "1.2",
    ],
)
def test_what_is_no_identifier(text: str) -> None:
    assert identifiers.parse(text) is None
    with pytest.raises(InvalidIdentifier, match="not an arXiv identifier"):
        identifiers.key(text)


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    identifier = identifiers.parse(text)
    assert identifier is None or identifiers.parse(identifier.key) == Identifier(identifier.key, None)


OLD = "hep-th/9901001"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2401.01234, 2402.00002v2", ["2401.01234", "2402.00002"]),
        ("arXiv:2401.01234\nhttps://www.alphaxiv.org/abs/2402.00002;hep-th/9901001", ["2401.01234", "2402.00002", OLD]),
        ("2401.01234 2401.01234v2", ["2401.01234"]),
        ("arXiv: 2401.01234 and arXiv: 2402.00002", ["2401.01234", "2402.00002"]),
        ("arXiv:2401.01234v1 [cs.CL] 3 Jan 2024, arXiv:2402.00002 [math.GT]", ["2401.01234", "2402.00002"]),
        ("arXiv:hep-th/9901001v3 12 Jan 1999\n(2401.01234).", [OLD, "2401.01234"]),
        ("2401.01234 by Holt", []),
        ("attention", []),
        ("", []),
    ],
)
def test_several_in_one_text(text: str, keys: list[str]) -> None:
    assert [identifier.key for identifier in identifiers.parse_all(text)] == keys


def test_the_month_in_the_number() -> None:
    assert identifiers.month("2401.01234") == date(2024, 1, 1)
    assert identifiers.month("hep-th/9901001") == date(1999, 1, 1)
    assert identifiers.month("math/0309136") == date(2003, 9, 1)
