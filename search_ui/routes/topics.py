"""`/topics`: every topic, with how many papers it has, and its API twin."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from indexer.query.request import PARAMETERS, Filters
from indexer.query.request import Request as SearchRequest
from indexer.query.search import Search
from indexer.query.tree import DateRange
from indexer.topics import counted
from search_ui import asked, navigation
from search_ui.layout import engine, json_answer, page, words

router = APIRouter(include_in_schema=False)
api = APIRouter()
_RECENT = timedelta(days=7)


@router.get("/topics")
def show(request: Request) -> Response:
    """The topics, those of the most papers first, with the papers of the last week."""
    messages = words(request)
    topics = asked.topics(request)
    week = DateRange("date", asked.today() - _RECENT, None)
    recent = {topic.name: count for topic, count in counted(engine(request), Search(query=week), topics)}
    rows = [
        (
            topic.shown(messages.language),
            navigation.address_of(SearchRequest(filters=Filters(values=(("topic", topic.name),)))),
            count,
            recent.get(topic.name, 0),
        )
        for topic, count in counted(engine(request), Search(), topics)
    ]
    return page(request, "topics.html", rows=rows)


class TopicOut(BaseModel):
    """A topic: its name, its names for people by language, and how many papers of the request are on it."""

    name: str
    names: dict[str, str]
    count: int


@api.get(
    "/topics",
    response_model=list[TopicOut],
    summary="Topics, with how many papers of a search are on each",
    openapi_extra=asked.documented(PARAMETERS),
)
def topics(request: Request) -> Response:
    """The topics of the papers that `/search` finds for the same parameters, those of the most first."""
    search_request, known = asked.strictly(request)
    search = asked.first_tier(request, search_request, known)
    return json_answer(
        request,
        [
            {"name": topic.name, "names": topic.names, "count": count}
            for topic, count in counted(engine(request), search, known)
        ],
    )
