"""The addresses at which readers confirm an alert and end it: only who got the mail can know them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from papers import files

KEY_FILE = "alerts.key"
_BYTES = 32


def key(folder: Path, *, make: bool = True) -> bytes | None:
    """The key of a data folder. Where there is none, it is made, or without `make` None."""
    path = folder / KEY_FILE
    with suppress(FileNotFoundError, ValueError):
        known = bytes.fromhex(files.secret(path))
        if len(known) == _BYTES:
            return known
        path.unlink()  # an empty or broken file: anybody could compute its addresses
    if not make:
        return None
    new = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_bytes(_BYTES).hex())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(new, path)
    finally:
        new.unlink()
    return key(folder, make=False)


def unsubscribe_token(key: bytes, alert: str, recipient_key: str) -> str:
    """The last part of the address at which a recipient ends an alert."""
    return _token(key, f"{alert}\x00{recipient_key}")


def confirm_token(key: bytes, name: str) -> str:
    """The last part of the address at which a reader confirms an alert."""
    return _token(key, f"confirm\x00{name}")


def _token(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]
