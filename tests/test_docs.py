"""The pages for people: every command runs as it is written, every link leads somewhere, and nothing is forgotten."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader
from typer.core import TyperGroup

from crawler.parsers import FORMATS
from papers.errors import PaperglotError
from papers.settings import Section
from tests import settings_page
from tests.processes import ROOT
from tests.test_project import PACKAGES, subclasses

DOCS = sorted((ROOT / "docs").glob("*.md"))
AT_THE_ROOT = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "DECISIONS.md", "CHANGELOG.md")
DOCUMENTS = [*map(ROOT.joinpath, AT_THE_ROOT), *DOCS]
GUIDES = "".join(path.read_text("utf-8") for path in DOCUMENTS)
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    assert len(README.splitlines()) < 150
    for page in DOCS:
        assert f"(docs/{page.name})" in README, page.name


def test_the_page_of_settings_is_what_the_code_makes() -> None:
    assert settings_page.PAGE.read_text("utf-8") == settings_page.page(), "run 'python -m tests.settings_page'"


def test_every_section_is_on_the_page_of_settings() -> None:
    assert subclasses(Section) - {Section} <= set(settings_page.TABLES.values())


def test_every_setting_has_a_text() -> None:
    for heading, model in settings_page.TABLES.items():
        former = re.compile(r"^(arxiv|arxiv_services|huggingface)_(url|delay)$")
        for name in model.model_fields:
            assert f"| `{name}` |" in settings_page.page() or former.match(name), (heading, name)


# Commands


def commands() -> Iterator[tuple[str, str]]:
    """Every command of ours in a block of shell lines: the page's name and the command."""
    for path in DOCUMENTS:
        for block in re.findall(r"^```sh\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            for words in calls(block):
                yield path.name, shlex.join(words)


def calls(script: str) -> Iterator[list[str]]:
    """The calls of ours in lines of shell, each as its words."""
    without_comments = re.sub(r"(^|\s)#.*$", "", script.replace("\\\n", " "), flags=re.MULTILINE)
    lexer = shlex.shlex(without_comments, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace_split, lexer.whitespace, lexer.commenters = True, " \t", ""
    words: list[str] | None = None
    for word in [*lexer, ";"]:
        if word.rpartition("/")[2] == "paperglot" and words is None:
            words = []
        elif words is not None and set(word) <= set("();<>|&\n"):
            yield ["paperglot", *words]
            words = None
        elif words is not None:
            words.append(word)


@pytest.mark.parametrize(("page", "command"), [pytest.param(*case, id=" in ".join(case[::-1])) for case in commands()])
def test_every_command_is_one_that_the_command_line_takes(page: str, command: str) -> None:
    from cli.app import app

    try:
        check_call(typer.main.get_command(app), shlex.split(command)[1:])
    except Exception as error:
        if "does not exist" not in str(error):  # a file of the reader's
            raise


def check_call(command: Any, arguments: list[str]) -> None:
    """Raise a usage error of typer's where the command does not take these arguments. Nothing is run."""
    with command.make_context("paperglot", list(arguments)) as context:
        if isinstance(command, TyperGroup) and (words := [*context._protected_args, *context.args]):
            name, child, child_words = command.resolve_command(context, words)
            assert child is not None, name
            check_call(child, child_words)


def test_a_wrong_command_is_noticed() -> None:
    from cli.app import app

    command = typer.main.get_command(app)
    for wrong in (["crawll"], ["crawl", "--datas", "x"], ["models", "instal"], ["backup"]):
        with pytest.raises(Exception) as error:
            check_call(command, wrong)
        assert error.value.exit_code == 2


def test_every_command_is_explained() -> None:
    from cli.app import app

    def names(command: Any, path: str) -> Iterator[str]:
        if isinstance(command, TyperGroup):
            for name, child in command.commands.items():
                yield from names(child, f"{path} {name}")
        else:
            yield path

    for name in names(typer.main.get_command(app), "paperglot"):
        assert name in GUIDES, name


def test_the_workflow_that_publishes_calls_what_there_is() -> None:
    from cli.app import app

    workflow = yaml.safe_load((ROOT / "docs" / "publish.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    script = "\n".join(step.get("run", "") for step in job["steps"])
    assert workflow["concurrency"] and len(workflow[True]["schedule"]) == 1  # YAML reads "on" as true
    words = list(calls(script))
    assert [each[1] for each in words] == ["models", "models", "run", "digest"]
    for each in words:
        check_call(typer.main.get_command(app), each[1:])
    for file in re.findall(r"program/(\S+)", script):
        assert (ROOT / file).exists(), file


def test_every_format_and_spider_is_explained() -> None:
    settings = Settings()
    settings.setmodule("crawler.scrapy_settings")
    for name in (*FORMATS, *SpiderLoader(settings).list()):
        assert f"`{name}`" in GUIDES or f" {name}" in GUIDES, name


def test_every_package_is_explained() -> None:
    developing = (ROOT / "docs" / "developing.md").read_text("utf-8")
    for package in (*PACKAGES, "tests", "benchmarks", "faults"):
        assert f"`{package}/" in developing, package


# Links and paths


def anchors(path: Path) -> set[str]:
    """The addresses of a page's headings, as they are shown on the web."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        name, _, anchor = link.partition("#")
        if ":" not in name:
            target = (path.parent / name) if name else path
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_the_places_of_everyday_changes_exist() -> None:
    developing = (ROOT / "docs" / "developing.md").read_text("utf-8")
    table = developing.partition("Twenty everyday changes")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 20
    for row in rows:
        paths = re.findall(r"`([\w./-]+/[\w./-]*)`", row)
        assert paths, row
        for name in paths:
            assert (ROOT / name).exists(), name
    decisions = (ROOT / "DECISIONS.md").read_text("utf-8")
    for name in re.findall(r"`((?:%s|tests|faults|benchmarks)/[\w./-]*)`" % "|".join(PACKAGES), decisions):  # noqa: UP031
        assert (ROOT / name).exists(), name


# Messages


# Those of typer, Python, uvicorn, pydantic and Scrapy.
FOREIGN_MESSAGES = ("Gave up retrying", "Error: ", "Traceback", "Service Unavailable", "Setting 'job.", "A variable")


def literals() -> str:
    """Every string of the code, one a line; what is put into it while it runs is a null byte."""
    texts = [(ROOT / "Makefile").read_text("utf-8")]
    texts += [path.read_text("utf-8") for path in (ROOT / "delivery" / "locale").rglob("*.po")]
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            texts += map(flat, ast.walk(ast.parse(path.read_text("utf-8"))))
    return "\n".join(texts)


def flat(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(flat, parts))
        case ast.BinOp(left=left, right=right):
            return flat(left) + flat(right)
        case _:
            return "\0"


def test_every_message_of_the_page_on_troubles_is_one_of_the_code() -> None:
    text = literals()
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    messages = re.findall(r"`([^`]+)`(?=\*\*)", page)
    assert len(messages) > 200
    for message in messages:
        # The longest piece between what varies: angle brackets, dots, numbers, and the names of files.
        pieces = re.split(r"<[^<>]*>|…|\d[\d,.]*|[,;:.] |catalogue\.sqlite|metadata\.json", message)
        longest = max((piece.strip(" .,:;()'") for piece in pieces), key=len)
        assert message.startswith(FOREIGN_MESSAGES) or longest in text, (message, longest)


def test_every_kind_of_error_is_on_the_page_on_troubles() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    listed = page.rpartition("<!--")[2]
    headings = set(re.findall(r"^#+ (.+)$", page, re.MULTILINE))
    for kind in subclasses(PaperglotError):
        if kind.__module__.split(".")[0] in PACKAGES:
            assert re.search(rf"\b{kind.__name__}\b", listed), kind
    for line in listed.splitlines():
        names, arrow, places = line.partition(" -> ")
        if arrow and re.match(r"[A-Z]\w+", names):
            for place in places.split("; "):
                assert place.startswith("none") or place in headings, line
