"""The sources, one row each: what each says of a paper, and what it is trusted for."""

from __future__ import annotations

from dataclasses import dataclass

# Fields that are the same for all versions of a paper or that every arXiv record of it carries.
_METADATA = ("title", "authors", "categories", "comments", "journal_ref", "doi", "report_no")


@dataclass(frozen=True, slots=True)
class Source:
    """What a source sends, and what it is trusted for.

    `states` are the fields that each of its records shows where the paper has them: where a record lacks one, it is
    empty and not unknown. Texts come from the source of the highest `rank` among those that show the same version.
    """

    name: str
    label: str
    rank: int
    states: frozenset[str] = frozenset()
    # A list of authors that is at least this long may have been cut; None where the source never cuts.
    authors_cut_at: int | None = None
    announces: int = 0  # trust in its kinds of announcements, the highest first: lists before feeds
    arxiv: bool = True  # whether it shows arXiv's own record, which is believed before anybody else's
    readers: bool = False  # trusted for upvotes, the featured day, code, project and keywords
    marks_withdrawn: bool = False  # whether its records mark every version that was withdrawn


ARXIV_LISTING = "arxiv-listing"
HUGGING_FACE = "huggingface-daily"
KAGGLE = "kaggle"
ARXIV_RSS = "arxiv-rss"
ARXIV_ABS = "arxiv-abs"
ARXIV_HTML = "arxiv-html"
ARXIV_API = "arxiv-api"
ARXIV_OAI, ARXIV_OAI_RAW = "arxiv-oai", "arxiv-oai-raw"

SOURCES = {
    source.name: source
    for source in (
        Source(HUGGING_FACE, "Hugging Face daily papers", rank=1, arxiv=False, readers=True),
        # The pages convert TeX, inside of formulas too, link words that are not addresses, and show 100 authors without
        # a sign of more. Not all of them show abstracts.
        Source(ARXIV_LISTING, "arXiv list pages", rank=2, states=frozenset(_METADATA), authors_cut_at=100, announces=2),
        # Converted TeX, too, but with all authors, in parts.
        Source(
            ARXIV_ABS,
            "arXiv pages of papers",
            rank=2,
            states=frozenset((*_METADATA, "abstract", "licence")),
            marks_withdrawn=True,
        ),
        # Asked for its figures alone. Its title counts only where no record of arXiv's is known.
        Source(ARXIV_HTML, "arXiv's HTML versions", rank=0, arxiv=False, states=frozenset({"html_figures"})),
        # Raw TeX. Entries are of the version of now, and kinds are derived by other rules than those of the lists.
        Source(
            ARXIV_RSS,
            "arXiv feeds",
            rank=3,
            announces=1,
            states=frozenset((*_METADATA, "abstract", "licence")) - {"comments", "report_no"},
        ),
        # The formats with TeX as signs; their dates can be those of a later version.
        Source(ARXIV_API, "arXiv's API", rank=2, states=frozenset((*_METADATA, "abstract")) - {"report_no"}),
        Source(ARXIV_OAI, "arXiv records", rank=2, states=frozenset((*_METADATA, "abstract"))),
        Source(
            ARXIV_OAI_RAW,
            "arXiv raw records",
            rank=3,
            states=frozenset((*_METADATA, "abstract", "licence")),
            marks_withdrawn=True,
        ),
        # Raw TeX, as the authors typed it.
        Source(KAGGLE, "arXiv's metadata snapshot", rank=3, states=frozenset((*_METADATA, "abstract", "licence"))),
    )
}
_UNKNOWN = Source("", "", rank=0, arxiv=False)


def source(name: str) -> Source:
    """The row of a source. An unknown name, which a later program may have kept, gets a row without any trust."""
    return SOURCES.get(name, _UNKNOWN)


def label(name: str, category: str = "") -> str:
    """The name of a list for people: its category or, where it has none, the label of its source."""
    return category or (SOURCES[name].label if name in SOURCES else name)
