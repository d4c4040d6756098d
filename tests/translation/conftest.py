from __future__ import annotations

from pathlib import Path

import pytest

from replica.model import build


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in's Argos package, as a file."""
    return build(tmp_path_factory.mktemp("toy") / "translate-en_zh-0_1.argosmodel")
