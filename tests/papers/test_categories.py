import pytest

from papers import categories
from papers.categories import UnknownCategory


def test_the_whole_taxonomy_is_there() -> None:
    table = categories.taxonomy()
    assert len(table) == 185
    assert sum(category.active for category in table.values()) == 155


@pytest.mark.parametrize(
    ("alias", "kept"),
    [
        ("math.MP", "math-ph"),
        ("stat.TH", "math.ST"),
        ("math.IT", "cs.IT"),
        ("q-fin.EC", "econ.GN"),
        ("cs.SY", "eess.SY"),
        ("cs.NA", "math.NA"),
        ("cmp-lg", "cs.CL"),
        ("cs.CL", "cs.CL"),
        ("new.XX", "new.XX"),
    ],
)
def test_aliases(alias: str, kept: str) -> None:
    assert categories.resolve(alias) == kept


def test_each_category_once_in_order() -> None:
    assert categories.resolve_all(["cs.LG", "math.IT", "cs.IT", "cs.LG"]) == ("cs.LG", "cs.IT")


def test_what_a_user_may_ask_for() -> None:
    assert categories.check(" CS.cl ") == "cs.CL"
    assert categories.check("math") == "math"
    with pytest.raises(UnknownCategory, match=r"'cs\.XX' is not an arXiv category"):
        categories.check("cs.XX")
