from pathlib import Path
from typing import get_args

import pytest

from crawler.settings import (
    ContactMissing,
    CrawlSettings,
    SiteName,
    check_contact,
    former_settings,
    user_agent,
)
from crawler.sites import NAMES, sites
from papers.settings import InvalidSetting, config_file, data_folder


def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = tmp_path / "paperglot.toml"
    path.write_text(text, "utf-8")
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(path))


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, monkeypatch, '[crawl]\ncategories = ["cs.CL"]\ncontact = "file@example.org"\n')
    monkeypatch.setenv("PAPERGLOT_CRAWL_CONTACT", "env@example.org")
    settings = CrawlSettings.load()
    assert (settings.categories, settings.contact) == (("cs.CL",), "env@example.org")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[crawl]\ncategories = ['cs.XX']", r"Setting 'categories' of \[crawl\]: .*'cs.XX' is not an arXiv category"),
        ("[crawl]\ncategorys = ['cs.CL']", r"There is no setting 'categorys' in \[crawl\]; did you mean categories\."),
        ("[crwal]\ncontact = 'a'", r"has a section \[crwal\] that nobody reads; did you mean crawl\."),
        ("crawl = 5", r"\[crawl\] is a section with settings in it, not a value"),
        ("[crawl.sites.arxvi]\ndelay = 3", r"Setting 'sites.arxvi.*' of \[crawl\]"),
        ("[crawl]\ncategories = 5", r"Setting 'categories' of \[crawl\]"),
        ("[crawl]\nbackoff = 'soon'", r"Setting 'backoff' of \[crawl\]"),
        ("[crawl]\narxiv_delay = -1", r"Setting 'arxiv_delay'"),
        ("[crawl]\narxiv_url = 'ftp://x'", "an address such as https://example.org"),
        ("[crawl]\nlisting_size = 30", "arXiv knows 25, 50"),
        ("[crawl\n", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, monkeypatch, text)
    with pytest.raises(InvalidSetting, match=said):
        CrawlSettings.load()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PAPERGLOT_CRAWL_CONTAKT", "PAPERGLOT_CRAWL_CONTAKT; did you mean PAPERGLOT_CRAWL_CONTACT"),
        ("PAPERGLOT_CRWAL_CONTACT", "PAPERGLOT_CRWAL_CONTACT; did you mean PAPERGLOT_CRAWL_CONTACT"),
        ("PAPERGLOT_DATEN", "PAPERGLOT_DATEN; did you mean PAPERGLOT_DATA"),
        ("paperglot_crawl_xyzzy", r"There is no setting for the variable paperglot_crawl_xyzzy\."),
        ("PAPERGLOT_CRAWL_SITES", r"Setting 'sites' of \[crawl\]"),
    ],
)
def test_a_misspelt_variable_is_named(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "5")
    with pytest.raises(InvalidSetting, match=said):
        CrawlSettings.load()


def test_variables_of_other_sections_are_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGLOT_INDEX_HOSTS", "http://a")
    monkeypatch.setenv("PAPERGLOT_CRAWL_SITES__ARXIV__DELAY", "3")
    assert CrawlSettings.load().site("arxiv").delay == 3


def test_a_settings_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGLOT_CONFIG", "/nowhere/paperglot.toml")
    with pytest.raises(InvalidSetting, match="not a file"):
        config_file()


def test_the_file_here_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAPERGLOT_CONFIG")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "paperglot.toml").write_text("")
    assert config_file() == Path("paperglot.toml")


def test_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder(tmp_path / "named") == tmp_path / "named"
    assert data_folder() == tmp_path / "data"
    monkeypatch.delenv("PAPERGLOT_DATA")
    assert data_folder().name == "paperglot"


def test_the_live_sites_are_told_whom_to_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ContactMissing, match="paperglot init --contact"):
        check_contact(CrawlSettings.load())
    assert "me@example.org" in user_agent(CrawlSettings.load(contact="me@example.org"))
    local = {"arxiv_url": "http://127.0.0.1:1", "huggingface_url": "http://localhost:2"}
    check_contact(CrawlSettings.load(**local), "arxiv", "huggingface")
    with pytest.raises(ContactMissing):  # its feeds and records are still those of arXiv itself
        check_contact(CrawlSettings.load(**local))
    assert user_agent(CrawlSettings.load(**local)).startswith("Paperglot/")


def test_sites_are_tables_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment as in the file; the former names are still read, with a hint, and count for less."""
    monkeypatch.setenv("PAPERGLOT_CRAWL_SITES__ARXIV__URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PAPERGLOT_CRAWL_SITES__ARXIV__DELAY", "1.5")
    rows = sites(CrawlSettings.load())
    assert (rows["arxiv"].url, rows["arxiv"].delay, rows["arxiv_services"].delay) == ("http://127.0.0.1:9", 1.5, 3.2)
    assert former_settings(CrawlSettings.load()) is None
    monkeypatch.setenv("PAPERGLOT_CRAWL_ARXIV_DELAY", "7")
    monkeypatch.setenv("PAPERGLOT_CRAWL_HUGGINGFACE_DELAY", "8")
    rows = sites(CrawlSettings.load())
    assert (rows["arxiv"].delay, rows["huggingface"].delay) == (1.5, 8.0)
    hint = former_settings(CrawlSettings.load())
    assert hint and "arxiv_delay (now delay under [crawl.sites.arxiv])" in hint
    with pytest.raises(InvalidSetting, match="sites"):
        CrawlSettings.load(sites={"nosuch": {"delay": 1}})
    with pytest.raises(InvalidSetting, match="an address such as"):
        CrawlSettings.load(sites={"arxiv": {"url": "arxiv.org"}})


def test_every_site_can_be_set() -> None:
    assert set(get_args(SiteName)) == set(NAMES)
