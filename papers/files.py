"""Files: one that must be whole after a crash, one that holds a secret."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path


def replace(path: Path, content: bytes | Iterable[bytes], mode: int = 0o666) -> None:
    """Write a file in one step: after a crash it has the old content or the new one. `content` may come in pieces;
    where one fails, nothing of it is left. `mode` is who may read it, as far as the umask allows. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too, must reach the disk
    finally:
        os.close(folder)


def secret(path: Path) -> str:
    """The text of a file that holds a key or a password, without a byte order mark and the blanks around it.

    Raises OSError, also where the file is not in UTF-8.
    """
    try:
        return path.read_text("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise OSError(errno.EILSEQ, "it is not in UTF-8", str(path)) from error
