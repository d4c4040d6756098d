"""From the catalogue's texts to translations, through CTranslate2 with the toy model."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
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
from papers.alignment import pairs
from papers.catalogue import Catalogue
from papers.corrections import Correction, Kind
from papers.normalise.readable import readable
from papers.translations import TranslationOutcome
from replica.world import ReplicaPaper, World
from tests.conftest import TODAY
from tests.making import AT, DAY, page, sighting
from tests.processes import wait_until
from translation.batch import translated as batch_translated
from translation.glossary import load
from translation.install import install
from translation.job import Batch, BatchResult, Job
from translation.judge.reasons import Reason
from translation.model import Model, ModelUnusable, Route
from translation.packages import NoPackage, installed
from translation.sentences import split
from translation.settings import TranslationSettings
from translation.spans.compare import compare
from translation.worker import TranslationResult, run

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


def translated(catalogue: Catalogue, folder: Path, **options: object) -> TranslationResult:
    return run(catalogue, folder, SETTINGS, "zh", now=lambda: AT, **options)  # type: ignore[arg-type]


def test_every_paper_is_translated_and_found(folder: Path, toy: Path) -> None:
    papers = made()
    with kept_in(folder, toy, papers) as catalogue:
        result = translated(catalogue, folder)
        assert result.papers == 30 and result.sentences > 100
        assert catalogue.translation_counts() == {"zh": {"translated": 60}}
        for change in catalogue.changes(0, 100):
            assert change.paper
            for name in ("title", "abstract"):
                source = getattr(change.paper, name)
                target = change.translations[name]["zh"]
                assert not compare(source, target)
        update(catalogue, open_engine(folder))
    engine = open_engine(folder)
    both = {text: engine.search(Search(query=read(text, DAY).query)).total for text in ('"error stays"', "误差保持")}
    assert both['"error stays"'] == both["误差保持"] > 0


def test_nothing_is_translated_twice(folder: Path, toy: Path) -> None:
    papers = made()
    with kept_in(folder, toy, papers) as catalogue:
        translated(catalogue, folder)
        seq = catalogue.seq
        assert translated(catalogue, folder) == TranslationResult()
        assert catalogue.seq == seq
        longer = papers[0].abstract[0] + " It needs only 3 labels."
        changed = sighting(
            papers[0].id, title=papers[0].title[0], abstract=longer, version=2, announce_type="replace",
            day=TODAY + timedelta(days=3),
        )  # fmt: skip
        catalogue.keep(page(changed), AT)
        (change,) = catalogue.changes(seq, 10)
        assert "abstract" not in change.translations and "title" in change.translations
        result = translated(catalogue, folder)
        assert (result.papers, result.sentences) == (1, 1)


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
            broken.setattr(Route, "best", lambda self, sentences: [["阳性阴性" * 8] for _ in sentences])
            result = translated(catalogue, folder)
        assert result.reasons and set(result.reasons) <= {"repetition", "length", "a protected part was lost"}
        assert all(what.startswith("untranslated: ") for what in catalogue.translation_counts()["zh"])
        assert translated(catalogue, folder).papers == 0
        monkeypatch.setattr("translation.provenance.JUDGEMENT", 999)
        translated(catalogue, folder)
        assert catalogue.translation_counts() == {"zh": {"translated": 6}}


def sentences_asked(catalogue: Catalogue, folder: Path, settings: TranslationSettings, **options: bool) -> int:
    return run(catalogue, folder, settings, "zh", now=lambda: AT, **options).sentences


def test_made_again_is_what_a_change_affects(
    folder: Path, toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = made(20)
    with kept_in(folder, toy, papers) as catalogue:
        whole = translated(catalogue, folder).sentences
        assert sentences_asked(catalogue, folder, SETTINGS, stale=True) == 0
        # A term: the sentences that hold it.
        own = tmp_path / "own.tsv"
        own.write_text("error\t偏差\n", "utf-8")
        with_term = SETTINGS.model_copy(update={"glossary": own})
        assert sentences_asked(catalogue, folder, with_term) == 0
        glossary = load("en-zh", own)
        texts = {text for paper in papers for text in (paper.title[0], *split(paper.abstract[0]))}
        holding = [text for text in texts if "偏差" in [match.term.accepted[0] for match in glossary.find(text)]]
        assert sentences_asked(catalogue, folder, with_term, stale=True) == len(holding) > 0
        assert any("偏差" in change.translations["abstract"]["zh"] for change in catalogue.changes(0, 100))
        # Stricter rules: kept sentences are judged without the model, and those that are refused made again.
        monkeypatch.setattr("translation.provenance.JUDGEMENT", 999)
        assert sentences_asked(catalogue, folder, with_term, stale=True) == 0
        with monkeypatch.context() as stricter:
            stricter.setattr("translation.provenance.JUDGEMENT", 1000)
            stricter.setattr(
                "translation.batch.judge",
                lambda source, target, to, language: [Reason.LENGTH] if "误差" in target else [],
            )
            refused = sentences_asked(catalogue, folder, with_term, stale=True)
            assert 0 <= refused < whole
        # Another beam: all of them. Another package: all of them.
        other_beam = with_term.model_copy(update={"beam": 2})
        assert sentences_asked(catalogue, folder, other_beam, stale=True) == whole
        (package,) = installed([folder / "packages"])
        metadata = (package.folder / "metadata.json").read_text("utf-8")
        (package.folder / "metadata.json").write_text(metadata.replace("0.2", "0.3"), "utf-8")
        assert sentences_asked(catalogue, folder, other_beam, stale=True) == whole
        assert sentences_asked(catalogue, folder, other_beam, redo=True) == 0


def test_one_bad_sentence_leaves_the_others(folder: Path, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (paper,) = made(1)
    with kept_in(folder, toy, (paper,)) as catalogue:
        bad = split(paper.abstract[0])[1]

        def translate(self: Route, sentences: Sequence[str]) -> list[str]:
            return ["阳性阴性" * 8 if sentence[:9] == bad[:9] else answer for sentence, answer in
                    zip(sentences, real(self, sentences), strict=True)]  # fmt: skip

        real = Route.translate
        monkeypatch.setattr(Route, "translate", translate)
        monkeypatch.setattr(Route, "best", lambda self, sentences: [[target] for target in translate(self, sentences)])
        translated(catalogue, folder)
        (change,) = catalogue.changes(0, 10)
        assert change.states == {"zh": "partly"} and change.untranslated["zh"] == "repetition"
        document = from_change(change)
        aligned = pairs(document.abstract["en"], document.abstract["zh"], document.aligned["zh"]["abstract"])
        assert [pair.source for pair in aligned] == split(paper.abstract[0])
        assert [(n, pair.reason) for n, pair in enumerate(aligned) if pair.target is None] == [(1, "repetition")]
        assert "".join(pair.target or "" for pair in aligned) == change.translations["abstract"]["zh"]
        assert {pair.way for pair in aligned} == {"plain", "refused"}
        assert catalogue.translation_counts() == {"zh": {"translated": 1, "partly: repetition": 1}}


def test_an_abstract_in_two_languages(folder: Path, toy: Path) -> None:
    french = "Nous montrons que les ondes sont stables dans un milieu avec des bords."
    with kept_in(folder, toy, ()) as catalogue:
        both = sighting(
            title="A new attention mechanism", abstract=f"{french} We prove the error of the method. {french}"
        )
        catalogue.keep(page(both), AT)
        translated(catalogue, folder)
        (change,) = catalogue.changes(0, 10)
        assert change.translations["abstract"]["zh"].startswith("我们证明") and change.states == {"zh": "partly"}
        rows = change.aligned["zh"]["abstract"]
        assert [row.reason for row in rows] == ["no package for its language", None, "no package for its language"]


def test_sentences_of_before_their_ways_were_kept(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(1)) as catalogue:
        translated(catalogue, folder)
        with contextlib.closing(sqlite3.connect(folder / store.FILE, isolation_level=None)) as connection:
            for name, stored in connection.execute("SELECT field, sentences FROM translation").fetchall():
                older = json.dumps([[key, target] for key, target, *_ in json.loads(stored)])
                connection.execute("UPDATE translation SET sentences = ? WHERE field = ?", (older, name))
        (change,) = catalogue.changes(0, 10)
        assert change.translations["abstract"]["zh"] and change.aligned == {"zh": {"title": (), "abstract": ()}}


def test_redo_takes_nothing_from_another_model(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(3)) as catalogue:
        translated(catalogue, folder)
        with contextlib.closing(sqlite3.connect(folder / store.FILE, isolation_level=None)) as connection:
            connection.execute("UPDATE translation SET model = 'en-zh 0.0 of somebody else'")
        for options in ({"stale": True}, {"redo": True}):
            with contextlib.closing(sqlite3.connect(folder / store.FILE, isolation_level=None)) as connection:
                connection.execute("UPDATE translation SET model = 'en-zh 0.0 of somebody else'")
            result = translated(catalogue, folder, **options)
            assert result.papers == 3 and result.sentences > 3


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
print(Model(installed([Path(sys.argv[1])])[0], beam=1, threads=1).translate(["We propose a method."]))
assert not {"torch", "stanza", "spacy", "argostranslate.translate"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, str(folder / "packages")], check=True, capture_output=True)


def test_the_result_is_the_same_for_any_batch_and_any_threads(folder: Path, toy: Path) -> None:
    install(toy, folder / "packages")
    (package,) = installed([folder / "packages"])
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
        assert shown is None or not compare(readable(abstract), shown).added


def test_the_worker_process(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(5)) as catalogue:
        command = [sys.executable, "-m", "cli.app", "translate"]
        process = subprocess.run(command, env=os.environ, capture_output=True, text=True)
        assert (process.returncode, process.stderr) == (0, "")
        assert catalogue.translation_counts() == {"zh": {"translated": 10}}


def test_a_stop_ends_it_with_its_batch(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, made(30)) as catalogue:
        settings = SETTINGS.model_copy(update={"papers_at_once": 10})
        result = run(catalogue, folder, settings, "zh", now=lambda: AT, stopped=lambda: True)
        assert result.papers == 10
        assert translated(catalogue, folder).papers == 20


@pytest.mark.slow
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
        result = translated(catalogue, folder)
        assert result.papers == 600 - before // 2
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
        result = translated(catalogue, folder)
    assert result.papers == 1 and "no package for its language" not in result.reasons


def test_two_runs_at_once(folder: Path, toy: Path) -> None:
    import fcntl

    with kept_in(folder, toy, made(2)) as catalogue, (folder / "zh-translation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert translated(catalogue, folder).left_to_another


def test_outcomes_are_what_the_catalogue_knows() -> None:
    assert {outcome.value for outcome in TranslationOutcome} == {"translated", "partly", "untranslated", "original"}


def test_what_changed_while_machines_had_a_batch_is_not_undone(folder: Path, toy: Path) -> None:
    """Machines read ahead: meanwhile a paper is forgotten, another one has a new text, and people say a sentence."""
    forgotten, changed, said = papers = made(3)
    sentence = split(readable(said.abstract[0]))[0]

    def machines(job: Job, batches: Iterator[Batch], stopped: Callable[[], bool]) -> Generator[BatchResult, None, None]:
        translator = job.translator(installed([folder / "packages"]), threads=1, batch=512)
        results = [batch_translated(batch, translator, job) for batch in batches]
        catalogue.forget([forgotten.id], "asked for", AT)
        later = TODAY + timedelta(days=3)
        catalogue.keep(
            page(sighting(changed.id, title="A new title", version=2, announce_type="replace", day=later)), AT
        )
        catalogue.correct([Correction(Kind.SENTENCE, "zh", sentence, "人说的。")], AT)
        yield from results

    with kept_in(folder, toy, papers) as catalogue:
        translated(catalogue, folder, machines=machines)
        changes = {change.id: change for change in catalogue.changes(0, 100)}
        assert changes[forgotten.id].paper is None and catalogue.translation_counts()["zh"]["translated"] == 2
        assert "title" not in changes[changed.id].translations
        assert changes[said.id].translations["abstract"]["zh"].startswith("人说的。")
