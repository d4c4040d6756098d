"""What a message says, as the outbox keeps it: made once, sent as it is however often it is tried."""

from __future__ import annotations

import orjson
from pydantic import BaseModel, ConfigDict


class Content(BaseModel):
    """What a message says. `blocks` are its papers as plain text, each with its lines; a chat gets them in pieces.
    `html` is for mail, "" for a message of text alone. `alert` is its name, which headers of the mail have."""

    model_config = ConfigDict(frozen=True)

    subject: str
    alert: str
    language: str
    opening: str
    blocks: tuple[str, ...]
    closing: str = ""
    html: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n\n".join(filter(None, (self.opening, *self.blocks, self.closing))) + "\n"

    def encode(self) -> bytes:
        return orjson.dumps(self.model_dump())


def decode(content: bytes) -> Content:
    """The content that `encode` made."""
    return Content.model_validate_json(content)


def pieces(content: Content, most_bytes: int) -> list[str]:
    """The text in pieces of at most so many bytes of UTF-8, cut between papers; a paper that is longer is cut between
    lines, and a line that is longer between characters."""
    blocks = filter(None, (content.opening, *content.blocks, content.closing))
    parts = [part for block in blocks for part in _cut(block, most_bytes)]
    joined: list[str] = []
    for part in parts:
        if joined and len(f"{joined[-1]}\n\n{part}".encode()) <= most_bytes:
            joined[-1] = f"{joined[-1]}\n\n{part}"
        else:
            joined.append(part)
    return joined


def _cut(block: str, most_bytes: int) -> list[str]:
    if len(block.encode()) <= most_bytes:
        return [block]
    parts: list[str] = []
    current = ""
    for line in block.splitlines():
        while len(line.encode()) > most_bytes:
            head = line.encode()[:most_bytes].decode("utf-8", "ignore")
            parts += [current, head] if current else [head]
            current, line = "", line[len(head) :]
        extended = f"{current}\n{line}" if current else line
        if len(extended.encode()) > most_bytes:
            parts.append(current)
            extended = line
        current = extended
    return [*parts, current] if current else parts
