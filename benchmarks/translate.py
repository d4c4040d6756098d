"""Translation with a model of full size: against Argos's own `translate()`, and against bare CTranslate2 calls.

The model has weights set by hand (see `replica.model`): it is as large and as slow as the published English-Chinese
package, and its answers have the right length. Argos is measured in a process of its own, with empty modules in the
places of stanza and minisbd, and the same sentence splitter as ours; so both translate the same sentences.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ctranslate2

from benchmarks.corpus import papers
from benchmarks.measure import Row, timed
from replica.model import FULL, Size, build
from translation.model import LENGTH_PENALTY, SENTENCES_A_BATCH, TOKENS_A_BATCH, Model
from translation.packages import Package, install_file
from translation.sentences import split

PAPERS = 240  # sentences are pooled over many papers; Argos, which does not, gets a sixth of them
BEAM_OF_ARGOS = 4

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
    texts = [paper.abstract[0] for paper in papers(count)]
    for_argos = texts[: max(1, count // 6)]
    sentences = [sentence for text in texts for sentence in split(text)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = install_file(build(folder / "model.argosmodel", size), folder / "packages")
        argos_seconds, argos_tokens = _argos(package, folder, for_argos)
        seconds = {
            (beam, threads): _seconds(package, sentences, beam, threads)
            for beam, threads in ((BEAM_OF_ARGOS, 1), (1, 1), (1, 2))
        }
        bare = _bare(package, sentences)
        same = _same_tokens(package, [sentence for text in for_argos for sentence in split(text)], argos_tokens)
        first, heavy = _first(package)
    argos = len(for_argos) / argos_seconds
    beam, greedy, two = (count / seconds[key] for key in ((BEAM_OF_ARGOS, 1), (1, 1), (1, 2)))
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
        Row("torch or stanza loaded", "yes" if heavy else "no", "no"),
    ]


def _seconds(package: Package, sentences: list[str], beam: int, threads: int) -> float:
    model = Model(package, beam=beam, threads=threads)
    model.translate(sentences[:4])  # loads it
    return timed(lambda: model.translate(sentences))


def _bare(package: Package, sentences: list[str]) -> float:
    """One call of CTranslate2 over tokens already sorted; none of our own work."""
    tokenizer = Model(package, beam=1, threads=1)
    tokens = sorted((tokenizer.tokens(sentence) for sentence in sentences), key=len, reverse=True)
    translator = ctranslate2.Translator(
        str(package.folder / "model"), compute_type="int8", inter_threads=1, intra_threads=1
    )
    translator.translate_batch(tokens[:4])
    return min(
        timed(
            lambda: translator.translate_batch(
                tokens, beam_size=1, max_batch_size=TOKENS_A_BATCH, batch_type="tokens", length_penalty=LENGTH_PENALTY
            )
        )
        for _ in range(2)
    )


def _argos(package: Package, folder: Path, texts: list[str]) -> tuple[float, list[list[str]]]:
    stubs = folder / "stubs"
    (stubs / "minisbd").mkdir(parents=True)
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
    done = subprocess.run(
        [sys.executable, "-c", _ARGOS, str(package.folder)],
        input=json.dumps(texts), env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["tokens"]


def _same_tokens(package: Package, sentences: list[str], theirs: list[list[str]]) -> float:
    model = Model(package, beam=BEAM_OF_ARGOS, threads=2)
    ours = []
    for start in range(0, len(sentences), SENTENCES_A_BATCH):
        ours += model.translate_tokens([model.tokens(s) for s in sentences[start : start + SENTENCES_A_BATCH]])
    return sum(a == b for a, b in zip(ours, theirs, strict=True)) / len(sentences)


def _first(package: Package) -> tuple[float, bool]:
    done = subprocess.run(
        [sys.executable, "-c", _FIRST, str(package.folder)], capture_output=True, text=True, check=True
    )
    seconds, heavy = done.stdout.split()
    return float(seconds), heavy == "True"
