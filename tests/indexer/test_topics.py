"""Topics: named requests that a person writes, and those that come with the program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.find import find
from indexer.query.limits import check
from indexer.query.request import Filters, Request
from indexer.query.search import Search
from indexer.topics import FILE, InvalidTopics, counted, load, parse
from tests.indexer.contract import fill
from tests.indexer.finding import papers
from tests.making import DAY

CLOCKS = """
[clocks]
q = 'clock OR topic:bells'
category = ["cs.*"]
[clocks.names]
en = "Clocks"
zh = "时钟"

[bells]
q = "bell -topic:cracked"
[cracked]
q = '"cracked bell"'
"""


def test_a_topic_is_a_request_with_names() -> None:
    topics = parse(CLOCKS.encode(), DAY)
    assert list(topics.topics) == ["clocks", "bells", "cracked"]
    clocks = topics.topics["clocks"]
    assert clocks.request == Request(text="clock OR topic:bells", filters=Filters(values=(("category", "cs.*"),)))
    assert (clocks.shown("zh"), clocks.shown("fr"), topics.topics["bells"].shown("en")) == ("时钟", "Clocks", "bells")


def test_topics_are_searched_and_counted(folder: Path) -> None:
    engine = EmbeddedEngine(folder / "index", memory=64 << 20, threads=1)
    fill(engine, papers("A clock", "A bell", "A cracked bell", "Bridges"))
    topics = parse(CLOCKS.encode(), DAY)

    def ids(request: Request) -> list[str]:
        answer = find(engine, request, today=DAY, topics=topics.queries)
        return sorted(hit.document.id[-2:] for hit in answer.results.hits)

    assert (
        ids(Request(text="topic:clocks"))
        == ["01", "02"]
        == ids(Request(filters=Filters(values=(("topic", "clocks"),))))
    )
    assert ids(Request(text="-topic:clocks")) == ["03", "04"] and ids(Request(text="bell topic:cracked")) == ["03"]
    assert ids(Request(filters=Filters(values=(("topic", "none"),)))) == []
    counts = [(topic.name, count) for topic, count in counted(engine, Search(), topics)]
    assert counts == [("clocks", 2), ("bells", 1), ("cracked", 1)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[a]\nq = 'topic:b'\n[b]\nq = '-topic:a'", "in a circle: a → b → a"),
        ("[a]\ntopic = ['a']", "in a circle: a → a"),
        ("[a]\nq = 'topic:c'", "names 'c', and there is no such topic"),
        ("[a]\nq = 'colour:red'", "is not understood: 'colour:red'"),
        ("[a]\nq = 'x AND'", "is not understood: 'AND'"),
        ("[a]\npage = 2", "has 'page', which it cannot have"),
        ("[a]\nhas = ['legs']", "'legs' cannot be the value of 'has'"),
        ("[A]\nq = 'x'", "'A' is no topic"),
        ("a = 'x'", "'a' is no topic"),
        ("[a]\nq = 'x'\nnames = 'y'", "are not texts by language"),
        ("[a", "is no TOML file"),
        ("\udcff", "is no TOML file"),
        ("[a]\nq = '" + "x OR " * 70 + "y'", "is not understood"),
    ],
)
def test_what_cannot_be_a_topic_is_said(content: str, sentence: str) -> None:
    with pytest.raises(InvalidTopics) as error:
        parse(content.encode("utf-8", "surrogateescape"), DAY)
    assert sentence in str(error.value)


def test_the_topics_that_come_with_the_program() -> None:
    topics = load(None, DAY)
    assert len(topics.topics) > 20
    for name, topic in topics.topics.items():
        assert set(topic.names) >= {"en", "zh"}, name
        check(topics.queries[name])


def test_ones_own_topics_count_at_once(folder: Path) -> None:
    folder.mkdir(parents=True)
    assert load(folder, DAY) == load(None, DAY)
    (folder / FILE).write_text(CLOCKS)
    assert list(load(folder, DAY).topics) == ["clocks", "bells", "cracked"]
    (folder / FILE).write_text("[only]\nq = 'x'")
    os.utime(folder / FILE, (1, 1))
    assert list(load(folder, DAY).topics) == ["only"]
