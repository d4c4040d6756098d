"""Makes packages of OPUS-MT models that `ct2-opus-mt-converter` converted for CTranslate2.

The folder of such a model holds `model.bin`, `config.json`, the vocabulary, and two tokenizers, `source.spm` and
`target.spm`. No file in it names the languages.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from translation.packages import METADATA, BadPackage, code

TOKENIZERS = ("source.spm", "target.spm")
# The token in front of a source sentence that selects the kind of Chinese, for a model with several target languages.
_TARGETS = {"zh": (">>cmn_Hans<<", ">>zho_Hans<<", ">>zho<<"), "zh-Hant": (">>cmn_Hant<<", ">>zho_Hant<<")}


def as_package(folder: Path, new: Path, languages: tuple[str, str] | None) -> None:
    """Copy a converted model into the folder `new` as a package for these languages; raises BadPackage."""
    absent = [name for name in TOKENIZERS if not (folder / name).is_file()]
    if absent:
        raise BadPackage(f"{folder} holds no converted OPUS-MT model: it lacks {', '.join(absent)}.")
    if languages is None:
        raise BadPackage(f"{folder} does not say its languages: name them.")
    (new / "model").mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        if path.is_file():
            shutil.copyfile(path, new / path.name if path.name in TOKENIZERS else new / "model" / path.name)
    metadata = {"from_code": code(languages[0]), "to_code": code(languages[1]), "package_version": "opus"}
    prefix = _prefix(folder, code(languages[1]))
    (new / METADATA).write_text(json.dumps(metadata | ({"source_prefix": prefix} if prefix else {})), "utf-8")


def _prefix(folder: Path, to: str) -> str:
    vocabulary = "".join(path.read_text("utf-8", "replace") for path in sorted(folder.glob("*vocabulary*")))
    return next((token for token in _TARGETS.get(to, (f">>{to}<<",)) if token in vocabulary), "")
