"""The Model Context Protocol: what a Library answers, as tools of a server. Needs the optional package `mcp`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from delivery.assistants.library import DEFAULT_DAYS, DEFAULT_PAPERS, Library
from delivery.assistants.shapes import MOST_PAPERS, Papers, PaperWhole
from papers.errors import PaperglotError

INSTRUCTIONS = f"""Research papers from arXiv and Hugging Face that are kept on this machine, with titles and abstracts
in English and in translation. Nothing here changes anything. Search in either language; where the words of a question
find little, try the terms of the field, or the other language. Name each paper that you use by its arXiv id and its
address. Translations are a machine's: where it matters, compare the original. An answer has at most {MOST_PAPERS}
papers."""
QUERY = (
    'Words, "phrases", AND, OR, NOT or -word, prefixes with *, and fields: ti: abs: au: cat:cs.CL date:2026-11.. '
    "year: has:code -has:withdrawal topic: venue:. In English or Chinese. Empty for all papers."
)
_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
P = ParamSpec("P")
R = TypeVar("R")

Id = Annotated[str, Field(description="an arXiv identifier in any form: 2611.00001, an address, math/0309001")]
Size = Annotated[int, Field(description=f"how many papers, 1 to {MOST_PAPERS}")]
PageNumber = Annotated[int, Field(description="the page of the results, from 1")]


def server(library: Library, version: str) -> MCPServer:
    """A server with one read-only tool for each question."""
    assistants = MCPServer(
        "paperglot", title="Paperglot", instructions=INSTRUCTIONS, version=version, log_level="WARNING"
    )

    def tool(function: Callable[P, R]) -> Callable[P, R]:
        assistants.add_tool(_with_sentences(function), annotations=_READ_ONLY)
        return function

    @tool
    def search(
        query: Annotated[str, Field(description=QUERY)],
        sort: Annotated[str, Field(description="relevance, newest or upvotes")] = "relevance",
        page: PageNumber = 1,
        size: Size = DEFAULT_PAPERS,
    ) -> Papers:
        """Find papers by words, authors, categories, days and other fields."""
        return library.search(query, sort, page, size)

    @tool
    def paper(id: Id) -> PaperWhole:
        """Everything that is known of one paper: whole abstract in all languages, versions, code, links."""
        return library.paper(id)

    @tool
    def similar(id: Id, size: Size = DEFAULT_PAPERS) -> Papers:
        """The papers that are most like one, by the words of titles and abstracts."""
        return library.similar(id, size)

    @tool
    def day(
        day: Annotated[str, Field(description="2026-11-20, or newest")] = "newest",
        query: Annotated[str, Field(description=QUERY)] = "",
        page: PageNumber = 1,
        size: Size = DEFAULT_PAPERS,
    ) -> Papers:
        """The papers that arXiv announced on a day, and what is missing of it."""
        return library.day(day, query, page, size)

    @tool
    def cite(id: Id, format: Annotated[str, Field(description="bibtex, ris, csl or text")] = "bibtex") -> str:
        """The reference of a paper."""
        return library.cite(id, format)

    @tool
    def saved_searches() -> list[str]:
        """The names of the searches that the owner has saved."""
        return library.saved_searches()

    @tool
    def new_for(
        name: Annotated[str, Field(description="the name of a saved search")],
        days: Annotated[int, Field(description="how many days to look back, 1 to 90")] = DEFAULT_DAYS,
        size: Size = DEFAULT_PAPERS,
    ) -> Papers:
        """What is new for a saved search."""
        return library.new_for(name, days, size)

    return assistants


def _with_sentences(function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose errors of Paperglot's become answers that an assistant can read."""

    @wraps(function)
    def answer(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return function(*arguments, **named)
        except PaperglotError as error:
            raise ToolError(str(error)) from error

    return answer
