"""From the catalogue's texts to translations, through CTranslate2 with the toy model."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.documents import from_change
from indexer.engines import open_engine
from indexer.query.reading import read
from indexer.query.search import Search
from indexer.update import update
from papers import store
from papers.catalogue import Catalogue
from papers.translations import Outcome
from replica.world import ReplicaPaper, World
from tests.conftest import TODAY
from tests.making import AT, page, sighting
from tests.processes import wait_until
from translation.install import install
from translation.model import Model, ModelUnusable, Route
from translation.packages import NoPackage, installed
from translation.settings import TranslationSettings
from translation.spans import find, kept
from translation.worker import Done, run

SETTINGS = TranslationSettings()


def made(count: int = 30) -> tuple[ReplicaPaper, ...]:
    return World(papers_a_day=count).announced(TODAY)


def kept_in(folder: Path, toy: Path, papers: tuple[ReplicaPaper, ...]) -> Catalogue:
    install(toy, folder / "packages")
    catalogue = Catalogue(folder, write=True)
    catalogue.keep(
        page(*(sighting(paper.id, title=paper.title[0], abstract=paper.abstract[0]) for paper in papers)), AT
    )
    return catalogue


def translated(catalogue: Catalogue, folder: Path, **options: object) -> Done:
    return run(catalogue, folder, SETTINGS, "zh", now=lambda: AT, **options)  # type: ignore[arg-type]


def test_every_paper_is_translated_and_found(folder: Path, toy: Path) -> None:
    papers = made()
    with kept_in(folder, toy, papers) as catalogue:
        done = translated(catalogue, folder)
        assert done.papers == 30 and done.sentences > 100
        assert catalogue.translation_counts() == {"zh": {"translated": 60}}
        for change in catalogue.changes(0, 100):
            assert change.paper
            for name in ("title", "abstract"):
                source = getattr(change.paper, name)
                target = change.translations[name]["zh"]
                assert kept(find(source), source, target)
        update(catalogue, open_engine(folder))
    engine = open_engine(folder)
    both = {text: engine.search(Search(query=read(text).query)).total for text in ('"error stays"', "误差保持")}
    assert both['"error stays"'] == both["误差保持"] > 0


def test_nothing_is_translated_twice(folder: Path, toy: Path) -> None:
    papers = made()
    with kept_in(folder, toy, papers) as catalogue:
        translated(catalogue, folder)
        seq = catalogue.seq
        assert translated(catalogue, folder) == Done()
        assert catalogue.seq == seq
        longer = papers[0].abstract[0] + " It needs only 3 labels."
        changed = sighting(
            papers[0].id, title=papers[0].title[0], abstract=longer, version=2, announce_type="replace",
            day=TODAY + timedelta(days=3),
        )  # fmt: skip
        catalogue.keep(page(changed), AT)
        (change,) = catalogue.changes(seq, 10)
        assert "abstract" not in change.translations and "title" in change.translations
        done = translated(catalogue, folder)
        assert (done.papers, done.sentences) == (1, 1)


def test_limit_and_order(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made()) as catalogue:
        assert translated(catalogue, folder, limit=4).papers == 4
        numbers = sorted(change.number for change in catalogue.changes(0, 100) if change.translations)
        assert numbers == [27, 28, 29, 30]
        assert translated(catalogue, folder).papers == 26


def test_a_text_of_the_language_itself_is_an_original(folder: Path, toy: Path) -> None:
    paper = made(1)[0]
    chinese = replace(paper, title=(paper.title[1], ""), abstract=(paper.abstract[1], ""))
    with kept_in(folder, toy, (chinese,)) as catalogue:
        translated(catalogue, folder)
        assert catalogue.translation_counts() == {"zh": {"original": 2}}


def test_another_language_without_a_package(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, ()) as catalogue:
        french = sighting(title="Une étude des réseaux", abstract="Nous proposons une nouvelle méthode pour la vision.")
        catalogue.keep(page(french), AT)
        assert translated(catalogue, folder).reasons == {"no package for its language": 2}
        (change,) = catalogue.changes(0, 10)
        assert change.untranslated == {"zh": "no package for its language"}
        assert (change.language, from_change(change).language) == ("fr", "fr")


def test_the_language_is_decided_over_both_texts_where_one_is_due(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, ()) as catalogue:
        paper = sighting(title="Étude", abstract="Nous proposons une nouvelle méthode pour la vision.")
        catalogue.keep(page(paper), AT)
        translated(catalogue, folder)
        catalogue.keep(page(replace(paper, title="Vision", version=2)), AT + timedelta(days=1))
        assert translated(catalogue, folder).reasons == {"no package for its language": 1}
        (change,) = catalogue.changes(0, 10)
        assert change.language == "fr"


def test_what_is_not_good_enough_is_tried_again_under_other_rules(
    folder: Path, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_in(folder, toy, made(3)) as catalogue:
        with monkeypatch.context() as broken:
            broken.setattr(Route, "translate", lambda self, sentences: ["阳性阴性" * 8 for _ in sentences])
            done = translated(catalogue, folder)
        assert done.reasons and set(done.reasons) <= {"repetition", "length", "a protected part was lost"}
        assert all(what != "translated" for what in catalogue.translation_counts()["zh"])
        assert translated(catalogue, folder).papers == 0
        monkeypatch.setattr("translation.worker.RULES", 999)
        translated(catalogue, folder)
        assert catalogue.translation_counts() == {"zh": {"translated": 6}}


def test_redo_and_a_changed_glossary(folder: Path, toy: Path, tmp_path: Path) -> None:
    papers = made(20)
    with kept_in(folder, toy, papers) as catalogue:
        translated(catalogue, folder)
        assert translated(catalogue, folder, redo=True).papers == 0
        own = tmp_path / "own.tsv"
        own.write_text("error\t偏差\n", "utf-8")
        settings = SETTINGS.model_copy(update={"glossary": own})
        assert run(catalogue, folder, settings, "zh", now=lambda: AT).papers == 0
        done = run(catalogue, folder, settings, "zh", now=lambda: AT, redo=True)
        holding = sum("error" in sentence for p in papers for sentence in p.abstract[0].split(". "))
        assert done.papers == 20 and 0 < done.sentences <= holding
        assert any("偏差" in change.translations["abstract"]["zh"] for change in catalogue.changes(0, 100))


def test_redo_takes_nothing_from_another_model(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(3)) as catalogue:
        translated(catalogue, folder)
        with contextlib.closing(sqlite3.connect(folder / store.FILE, isolation_level=None)) as connection:
            connection.execute("UPDATE translation SET model = 'en-zh 0.0 of somebody else'")
        done = translated(catalogue, folder, redo=True)
        assert done.papers == 3 and done.sentences > 3


def test_without_a_package(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue, pytest.raises(NoPackage, match="models install en zh"):
        translated(catalogue, folder)


def test_nothing_is_fetched(folder: Path, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with kept_in(folder, toy, made(5)) as catalogue:
        assert translated(catalogue, folder).papers == 5


def test_no_torch_no_stanza_no_spacy(folder: Path, toy: Path) -> None:
    install(toy, folder / "packages")
    code = """
import sys
from translation.model import Model
from translation.packages import installed
from pathlib import Path
print(Model(installed(Path(sys.argv[1]))[0], beam=1, threads=1).translate(["We propose a method."]))
assert not {"torch", "stanza", "spacy", "argostranslate.translate"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, str(folder / "packages")], check=True, capture_output=True)


def test_the_result_is_the_same_for_any_batch_and_any_threads(folder: Path, toy: Path) -> None:
    install(toy, folder / "packages")
    (package,) = installed(folder / "packages")
    sentences = [sentence for paper in made(20) for sentence in paper.abstract[0].split(". ")]
    whole = Model(package, beam=1, threads=2).translate(sentences)
    alone = Model(package, beam=1, threads=1)
    assert whole == [alone.translate([sentence])[0] for sentence in sentences]
    assert alone.translate(["", " "]) == ["", ""]
    assert Model(package, beam=4, threads=2, batch=64).translate(sentences[:20]) == whole[:20]


def test_a_damaged_model(folder: Path, toy: Path) -> None:
    package = install(toy, folder / "packages")
    (package.folder / "model" / "model.bin").write_bytes(b"nothing")
    with pytest.raises(ModelUnusable, match="cannot be loaded"):
        Model(package, beam=1, threads=1).translate(["We propose it."])
    (package.folder / "sentencepiece.model").write_bytes(b"nothing")
    with pytest.raises(ModelUnusable, match="tokenizer"):
        Model(package, beam=1, threads=1).translate(["We propose it."])


@pytest.mark.parametrize(
    "abstract",
    ["word " * 4_000, "$x$ " * 3000, "x" * 20_000, "שלום עולם " * 300, "a\u202eb\x07c " * 100, "。" * 500],
    ids=["long", "formulas", "no blanks", "right to left", "controls", "punctuation"],
)
def test_hostile_texts(abstract: str, folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, ()) as catalogue:
        catalogue.keep(page(sighting(title="A title of words", abstract=abstract)), AT)
        assert translated(catalogue, folder).papers == 1
        (change,) = catalogue.changes(0, 10)
        shown = change.translations.get("abstract", {}).get("zh")
        assert shown is None or kept(find(abstract), abstract, shown)


def test_the_worker_process(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(5)) as catalogue:
        command = [sys.executable, "-m", "cli.app", "translate"]
        done = subprocess.run(command, env=os.environ, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert catalogue.translation_counts() == {"zh": {"translated": 10}}


def test_a_stop_ends_it_with_its_batch(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(30)) as catalogue:
        settings = SETTINGS.model_copy(update={"papers_at_once": 10})
        done = run(catalogue, folder, settings, "zh", now=lambda: AT, stopped=lambda: True)
        assert done.papers == 10
        assert translated(catalogue, folder).papers == 20


def test_killed_in_the_middle_it_carries_on(folder: Path, toy: Path) -> None:
    import signal

    with kept_in(folder, toy, World(papers_a_day=600).announced(TODAY)) as catalogue:
        os.environ["PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE"] = "20"
        try:
            process = subprocess.Popen([sys.executable, "-m", "cli.app", "translate"], env=os.environ)
        finally:
            del os.environ["PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE"]
        wait_until(catalogue.translation_counts, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = catalogue.translation_counts()["zh"]["translated"]
        done = translated(catalogue, folder)
        assert done.papers == 600 - before // 2
        assert sum(catalogue.translation_counts()["zh"].values()) == 1200


def test_by_way_of_english(folder: Path, toy: Path, tmp_path: Path) -> None:
    """Two packages in a row: the toy under another name stands for French to English."""
    import json

    install(toy, folder / "packages")
    first = install(toy, tmp_path / "other").folder
    metadata = json.loads((first / "metadata.json").read_text()) | {"from_code": "fr", "to_code": "en"}
    (first / "metadata.json").write_text(json.dumps(metadata))
    first.rename(folder / "packages" / "translate-fr_en-0_1")
    with Catalogue(folder, write=True) as catalogue:
        french = sighting(title="Une étude des réseaux", abstract="Nous proposons une nouvelle méthode pour la vision.")
        catalogue.keep(page(french), AT)
        done = translated(catalogue, folder)
    assert done.papers == 1 and "no package for its language" not in done.reasons


def test_two_runs_at_once(folder: Path, toy: Path) -> None:
    import fcntl

    with kept_in(folder, toy, made(2)) as catalogue, (folder / "zh-translation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert translated(catalogue, folder).left_to_another


def test_outcomes_are_what_the_catalogue_knows() -> None:
    assert {outcome.value for outcome in Outcome} == {"translated", "untranslated", "original"}
