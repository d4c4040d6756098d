"""What was forgotten: every command, setting, error, make target, format and file, as the code lists them."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess

import pytest

from papers.errors import PaperglotError
from papers.settings import Section
from tests.processes import ROOT

PACKAGES = ("papers", "translation", "indexer", "crawler", "delivery", "operate", "search_ui", "replica", "cli")
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def modules() -> list[str]:
    names = []
    for name in PACKAGES:
        package = importlib.import_module(name)
        names += [name, *(info.name for info in pkgutil.walk_packages(package.__path__, f"{name}."))]
    return names


for _name in modules():
    if _name != "cli.app.__main__":
        importlib.import_module(_name)


def subclasses(kind: type) -> set[type]:
    return {kind} | {subclass for direct in kind.__subclasses__() for subclass in subclasses(direct)}


@pytest.mark.parametrize("name", modules())
def test_every_module_says_what_it_is_for(name: str) -> None:
    assert importlib.import_module(name).__doc__


def test_every_error_says_where_it_is_raised() -> None:
    kinds = {kind for kind in subclasses(PaperglotError) if kind.__module__.split(".")[0] in PACKAGES}
    assert len(kinds) > 15
    base = {"PaperglotError", "UsageError"}
    for kind in kinds:
        assert kind.__name__ in base or (kind.__doc__ or "").startswith("Raised by"), kind
        assert kind.exit_code in (1, 2, 3) and 400 <= kind.status < 600


def test_a_backup_knows_every_section_with_a_secret() -> None:
    from operate.settings import SECTIONS as KNOWN

    with_secrets = {
        section
        for section in subclasses(Section) - {Section}
        if any("SecretStr" in str(field) for field in section.model_fields.values())
    }
    assert with_secrets and with_secrets <= set(KNOWN)


def test_every_command_has_a_file_of_its_name() -> None:
    from cli.app import app

    for command in app.registered_commands:
        assert command.callback is not None
        assert command.callback.__module__ == f"cli.{command.callback.__name__}"


def test_every_make_target_is_explained() -> None:
    targets = set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split())
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    assert targets == set(re.findall(r"^make (\S+)", shown, re.MULTILINE))
    for target in ("demo", "test", "bench"):
        assert f"make {target}" in README
    for target in ("lint", "types", "imports"):
        assert f"make {target}" in CONTRIBUTING or target in CONTRIBUTING


def test_no_file_names_a_package_registry_or_a_machine() -> None:
    registries = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "crates" + r"\.io", "maven" + r"\.org"])
    unwanted = re.compile(rf"https?://[\w.-]*(?:{registries})|(?<![\w.])/(?:home|Users)/\w", re.IGNORECASE)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    for name in listed:
        path = ROOT / name
        if path.suffix not in (".png", ".zip", ".gz") and path.is_file():
            hit = unwanted.search(path.read_text("utf-8", "replace"))
            assert hit is None, f"{name}: {hit and hit[0]}"


def test_no_clock_and_no_chance_hidden_in_pure_rooms() -> None:
    """Time and randomness are arguments in what should be pure."""
    for name in ("papers.merge", "crawler.plan", "indexer.highlight", "delivery.present", "indexer.query.evaluate"):
        source = (ROOT / f"{name.replace('.', '/')}.py").read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert not re.search(
                    r"(?:datetime\.(?:utc)?now|date\.today|time\.time|utc_now|^random\.\w+)$", called
                ), (name, called)
