"""Translation with a model of full size: against Argos's own `translate()`, and against bare CTranslate2 calls.

The model has weights set by hand (see `replica.model`): it is as large and as slow as the published English-Chinese
package, and its answers are as long as its questions. The stand-in's sentences have half as many words as real ones,
its abstracts a third: they are joined to the lengths that real ones have. Argos is measured in a process of its own,
with empty modules in the places of stanza and minisbd, and the same sentence splitter as ours; so both translate the
same sentences.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import ctranslate2

from benchmarks.corpus import fill, papers
from benchmarks.measure import Row, in_turn, timed
from operate.beside import NICE
from operate.steps import TRANSLATE
from papers.catalogue import Catalogue
from replica.model import FULL, Size, build
from translation.glossary import Glossary
from translation.install import install
from translation.judge.check import judge
from translation.model import LENGTH_PENALTY, TOKENS_A_BATCH, Model
from translation.packages import Package
from translation.protect import Request, translate
from translation.sentences import split
from translation.spans.find import find
from translation.typography import chinese

PAPERS = 80  # sentences are pooled over many papers; Argos, which does not, gets a sixth of them
BEAM_OF_ARGOS = 4
ROUNDS = 2

_ARGOS = """
import json, sys, time
from pathlib import Path
from argostranslate import package, translate
from translation.sentences import split

found = package.Package(Path(sys.argv[1]))
made = translate.PackageTranslation(translate.Language("en", "English"), translate.Language("zh", "Chinese"), found)
made.sentencizer.split_sentences = split
answers = []
made.hypotheses("We show it.", 1)
bare = made.translator.translate_batch

def noted(*args, **kwargs):
    results = bare(*args, **kwargs)
    answers.extend(result.hypotheses[0] for result in results)
    return results

class Noting:
    translate_batch = staticmethod(noted)

made.translator = Noting()
texts = json.loads(sys.stdin.read())
started = time.perf_counter()
for text in texts:
    made.translate(text)
print(json.dumps({"seconds": time.perf_counter() - started, "tokens": answers}))
"""

_FIRST = """
import time
started = time.perf_counter()
import sys
from pathlib import Path
from translation.model import Model
from translation.packages import read
model = Model(read(Path(sys.argv[1])), beam=1, threads=1)
loading = time.perf_counter()
model._tokenizer, model._translator
loaded = time.perf_counter()
model.translate(["We show that a robust method is enough."])
print(time.perf_counter() - started - (loaded - loading), "torch" in sys.modules or "stanza" in sys.modules)
"""


def run(count: int = PAPERS, size: Size = FULL) -> list[Row]:
    """One core unless said otherwise, int8; the same abstracts, of which Argos gets the first sixth."""
    texts = _abstracts(count)
    for_argos = texts[: max(1, count // 6)]
    sentences = [sentence for text in texts for sentence in split(text)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = install(build(folder / "model.argosmodel", size), folder / "packages")
        model = {
            (beam, threads): _model(package, beam, threads) for beam, threads in ((BEAM_OF_ARGOS, 1), (1, 1), (1, 2))
        }
        bare_call = _bare(package, sentences)
        rounds = []
        for _ in range(ROUNDS):  # in turn, so that a slow minute hits all of them; the best of each counts
            argos_seconds, argos_tokens = _argos(package, folder, for_argos)
            ours = [timed(lambda variant=variant: variant.translate(sentences)) for variant in model.values()]  # type: ignore[misc]
            rounds.append((argos_seconds, *ours, timed(bare_call)))
        argos_seconds, beam_seconds, greedy_seconds, two_seconds, bare = map(min, zip(*rounds, strict=True))
        same = _same_tokens(package, [sentence for text in for_argos for sentence in split(text)], argos_tokens)
        first, heavy = _first(package)
        judging, back_off = _checks(model[1, 1], count)
        beside = _beside(package, folder, count)
    argos = len(for_argos) / argos_seconds
    beam, greedy, two = (count / seconds for seconds in (beam_seconds, greedy_seconds, two_seconds))
    return [
        Row(f"Argos translate(), beam 4, {len(for_argos)} abstracts", f"{argos:.2f} abstracts/s"),
        Row(f"ours, beam 4, {count} abstracts", f"{beam:.2f} abstracts/s"),
        Row("ratio", f"{beam / argos:.1f} ×", "at least 2.5 ×"),
        Row("ours, beam 1", f"{greedy:.2f} abstracts/s"),
        Row("ratio", f"{greedy / argos:.1f} ×", "at least 8 ×"),
        Row("of bare translate_batch, beam 1", f"{greedy * bare / count:.0%}", "at least 90 %"),
        Row("two cores over one", f"{two / greedy:.2f} ×", "at least 1.8 ×"),
        Row("sentences with the same tokens as Argos's, beam 4", f"{same:.1%}", "100 %"),
        Row("first sentence, apart from loading the model", f"{first:.2f} s", "under 1.5 s"),
        Row("judging, of beam 1's time", f"{judging:.1%}", "under 5 %"),
        Row("with the further ways of a package that fails 5 %", f"{back_off:.2f} ×", "under 1.3 ×"),
        Row("keeping papers while the worker translates, of the speed alone", f"{beside:.0%}"),
        Row("torch or stanza loaded", "yes" if heavy else "no", "no"),
    ]


def _abstracts(count: int) -> list[str]:
    """Abstracts of about 180 words, in sentences of about 22; the mean of 8,740 sentences that arXiv sent is 22.6."""
    sentences = [sentence for paper in papers(3 * count) for sentence in split(paper.abstract[0])]
    pairs = [f"{a.rstrip('.?')}; {b}" for a, b in zip(sentences[::2], sentences[1::2], strict=False)]
    size = -(-len(pairs) // count)
    return [" ".join(pairs[at : at + size]) for at in range(0, len(pairs), size)]


def _model(package: Package, beam: int, threads: int) -> Model:
    model = Model(package, beam=beam, threads=threads)
    model.translate(["We show it."])  # loads it
    return model


def _bare(package: Package, sentences: list[str]) -> Callable[[], object]:
    """One call of CTranslate2 over tokens already sorted; none of our own work."""
    tokenizer = Model(package, beam=1, threads=1)
    tokens = sorted((tokenizer.tokens(sentence) for sentence in sentences), key=len, reverse=True)
    translator = ctranslate2.Translator(
        str(package.folder / "model"), compute_type="int8", inter_threads=1, intra_threads=1
    )
    translator.translate_batch(tokens[:4])
    return partial(
        translator.translate_batch,
        tokens,
        beam_size=1,
        max_batch_size=TOKENS_A_BATCH,
        batch_type="tokens",
        length_penalty=LENGTH_PENALTY,
    )


def _argos(package: Package, folder: Path, texts: list[str]) -> tuple[float, list[list[str]]]:
    stubs = folder / "stubs"
    (stubs / "minisbd").mkdir(parents=True, exist_ok=True)
    (stubs / "stanza.py").write_text("")
    (stubs / "minisbd" / "__init__.py").write_text("class SBDetect:\n    def __init__(self, *a, **k): pass\n")
    (stubs / "minisbd" / "models.py").write_text("cache_dir = ''\ndef list_models(): return ['en']\n")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(stubs), str(Path(__file__).parent.parent)]),
        "HOME": str(folder / "home"),
        "XDG_DATA_HOME": str(folder / "home"),
        "XDG_CONFIG_HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "home"),
        "ARGOS_INTER_THREADS": "1",
        "ARGOS_INTRA_THREADS": "1",
        "ARGOS_COMPUTE_TYPE": "int8",
        "ARGOS_DEVICE_TYPE": "cpu",
    }
    process = subprocess.run(
        [sys.executable, "-c", _ARGOS, str(package.folder)],
        input=json.dumps(texts), env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    output = json.loads(process.stdout.splitlines()[-1])
    return output["seconds"], output["tokens"]


def _same_tokens(package: Package, sentences: list[str], theirs: list[list[str]]) -> float:
    model = Model(package, beam=BEAM_OF_ARGOS, threads=2)
    ours = model.translate_tokens([model.tokens(sentence) for sentence in sentences])
    return sum(best[0] == expected for best, expected in zip(ours, theirs, strict=True)) / len(sentences)


class _OneInTwenty:
    """Takes the model's time, and answers well but for one sentence in twenty, of which no way gives a good answer."""

    def __init__(self, model: Model, answers: dict[str, str]) -> None:
        self._model, self._answers = model, answers

    def translate(self, sentences: Sequence[str]) -> list[str]:
        self._model.translate(sentences)
        return [self._answer(sentence) for sentence in sentences]

    def best(self, sentences: Sequence[str]) -> list[list[str]]:
        return [
            [self._answer(sentence) for _ in best]
            for sentence, best in zip(sentences, self._model.best(sentences), strict=True)
        ]

    def _answer(self, sentence: str) -> str:
        return "" if zlib.crc32(sentence.encode()) % 20 == 0 else self._answers.get(sentence, "")


def _checks(model: Model, count: int) -> tuple[float, float]:
    """What judging takes, and what further ways take with a package that fails 5 %, both of the time of beam 1."""
    sample = papers(3 * count)
    pairs = [pair for paper in sample for pair in zip(split(paper.abstract[0]), split(paper.abstract[1]), strict=True)]
    plain = [pair for pair in pairs if not any(span.hard for span in find(pair[0]))]
    joined = [(f"{a[0]} {b[0]}", f"{a[1]}{b[1]}") for a, b in zip(plain[::2], plain[1::2], strict=False)]
    requests = [Request(source) for source, _ in joined]
    answers = dict(joined)
    for source in (item for item, _ in joined):
        assert not judge(source, answers[source], "zh")
    works = (
        lambda: model.translate([item.text for item in requests]),
        lambda: [judge(source, chinese(target), "zh") for source, target in joined],
        lambda: translate(requests, _OneInTwenty(model, answers), Glossary({}), "zh"),
    )
    alone, judging, back_off = in_turn(ROUNDS, *works)
    return judging / alone, back_off / alone


def _beside(package: Package, folder: Path, count: int) -> float:
    """What a crawl does most, beside the worker process on all cores."""
    data, numbers = folder / "translated", iter(range(100))

    def keep() -> None:
        fill(folder / f"kept-{next(numbers)}", count * 100)

    fill(data, count * 20)
    alone = min(timed(keep) for _ in range(2))
    environment = os.environ | {
        "PAPERGLOT_TRANSLATION_PACKAGES": str(package.folder.parent),
        "PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE": "20",
        "PAPERGLOT_DATA": str(data),
    }
    command = ["nice", "-n", str(NICE[TRANSLATE]), sys.executable, "-m", "cli.app", "translate"]
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with Catalogue(data) as catalogue:
            while not catalogue.translation_counts() and worker.poll() is None:
                time.sleep(0.2)
        return alone / min(timed(keep) for _ in range(2))
    finally:
        worker.terminate()
        worker.wait()


def _first(package: Package) -> tuple[float, bool]:
    process = subprocess.run(
        [sys.executable, "-c", _FIRST, str(package.folder)], capture_output=True, text=True, check=True
    )
    seconds, heavy = process.stdout.split()
    return float(seconds), heavy == "True"
