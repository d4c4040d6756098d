"""The file with the API key, in all the ways in which people write it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from indexer.engines.elasticsearch.keys import key_of
from indexer.settings import IndexSettings
from papers.settings import InvalidSetting

KEY = base64.b64encode(b"id-1:secret").decode()
ANSWER = '{"id":"id-1","name":"paperglot","api_key":"secret","encoded":"' + KEY + '"}'


def read(folder: Path, content: bytes) -> str:
    (folder / "key").write_bytes(content)
    return key_of(IndexSettings(api_key_file=folder / "key"))


@pytest.mark.parametrize(
    "content",
    [
        KEY.encode(),
        f"{KEY}\n".encode(),
        f"  {KEY}\r\n\r\n".encode(),
        b"\xef\xbb\xbf" + KEY.encode(),
        ANSWER.encode(),
        b"\xef\xbb\xbf" + ANSWER.encode() + b"\r\n",
        b'{"id": "id-1", "api_key": "secret"}',
    ],
)
def test_a_key_is_read_however_it_was_saved(content: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, content) == KEY


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"a key",
        b"\xff\xfe\x00k",
        "schlüssel".encode(),
        b"{",
        b'{"error": {"type": "x"}}',
        b'{"encoded": 1}',
        b"[]",
    ],
)
def test_what_is_no_key_is_said_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"holds no API key|cannot be read") as error:
        read(tmp_path, content)
    assert "\n" not in str(error.value) and str(tmp_path / "key") in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"cannot be read: No such file"):
        key_of(IndexSettings(api_key_file=tmp_path / "nowhere"))
