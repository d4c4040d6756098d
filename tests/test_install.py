"""What is installed: the lock files and pyproject.toml say the same, and the heavy tail never arrives."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution, distributions

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.processes import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# stanza brings torch, torch brings CUDA: 5.9 GB that nothing here uses. minisbd is AGPL.
NEVER = {"stanza", "spacy", "minisbd", "torch", "triton", "onnxruntime"}


def locked(name: str) -> dict[str, list[str]]:
    """Package → its hashes, of every pin in a lock file."""
    hashes: dict[str, list[str]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text("utf-8")):
        pin = re.match(r"([a-z0-9.-]+)==\S+", block)
        if pin:
            hashes.setdefault(pin[1], []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
    return hashes


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_its_hashes(name: str) -> None:
    pins = locked(name)
    assert len(pins) > 60
    assert all(pins.values())


@pytest.mark.parametrize("extra", PROJECT["project"]["optional-dependencies"])
def test_an_extra_has_a_lock_of_its_own_and_is_not_in_the_lean_one(extra: str) -> None:
    lean, pins = locked("requirements.lock"), locked(f"requirements-{extra}.lock")
    package_names = {
        canonicalize_name(Requirement(text).name) for text in PROJECT["project"]["optional-dependencies"][extra]
    }
    assert package_names <= pins.keys() and not lean.keys() & pins.keys() and all(pins.values())


def test_the_tail_is_in_no_lock() -> None:
    for name in [path.name for path in ROOT.glob("requirements*.lock")]:
        assert not {package for package in locked(name) if package in NEVER or package.startswith("nvidia")}
    assert set(PROJECT["tool"]["uv"]["exclude-dependencies"]) == {"stanza", "spacy", "minisbd", "playwright"}


def test_the_tail_is_not_installed() -> None:
    installed = {canonicalize_name(package.metadata["Name"]) for package in distributions()}
    assert not installed & NEVER


def test_the_locks_answer_what_the_project_asks_for() -> None:
    groups = PROJECT["dependency-groups"]
    requirements = {"requirements.lock": PROJECT["project"]["dependencies"] + groups["build"]}
    requirements["requirements-dev.lock"] = requirements["requirements.lock"] + groups["dev"]
    for name, texts in requirements.items():
        pins = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for text in texts:
            requirement = Requirement(text)
            version = pins[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), text


@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_a_lock_holds_all_that_is_needed_and_nothing_else(name: str, groups: list[str]) -> None:
    """What uv would lock: the closure of what the project asks for, without what it excludes."""
    excluded = set(PROJECT["tool"]["uv"]["exclude-dependencies"])
    pins = {match[1] for match in APPLYING.finditer((ROOT / name).read_text("utf-8")) if applies(match[3])}
    requirement_texts = list(PROJECT["project"]["dependencies"])
    requirement_texts += [text for group in groups for text in PROJECT["dependency-groups"][group]]
    pending = [Requirement(text) for text in requirement_texts]
    needed: set[str] = set()
    seen_requirements: set[str] = set()
    while pending:
        requirement = pending.pop()
        package = canonicalize_name(requirement.name)
        if package in excluded or str(requirement) in seen_requirements:
            continue
        seen_requirements.add(str(requirement))
        needed.add(package)
        installed = distribution(package)
        assert requirement.specifier.contains(installed.version, prereleases=True), requirement
        for text in installed.requires or []:
            inner = Requirement(text)
            extras = requirement.extras or {""}
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                pending.append(inner)
    assert needed == pins


APPLYING = re.compile(r"^([a-z0-9.-]+)==([^\s;\\]+)(?: ; ([^\\\n]*))?", re.MULTILINE)


def applies(marker: str | None) -> bool:
    return marker is None or Marker(marker.strip()).evaluate()


def test_the_packages_that_were_asked_for_are_there() -> None:
    pins = locked("requirements.lock")
    assert {"scrapy", "elasticsearch", "beautifulsoup4", "langdetect", "argostranslate"} <= set(pins)


def test_every_room_is_in_the_package() -> None:
    packaged = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks", "faults", "tests"}
    assert (
        packaged
        == rooms
        == set(PROJECT["tool"]["mypy"]["packages"]) - {"faults"}
        == set(PROJECT["tool"]["importlinter"]["root_packages"])
    )
