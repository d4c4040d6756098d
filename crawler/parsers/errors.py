"""The error that parsers raise."""

from __future__ import annotations

from papers.errors import PaperglotError


class UnexpectedPage(PaperglotError):
    """Raised by every parser for a body that holds neither entries nor a statement that there are none.

    `expected` and `found` say what was looked for and what came instead: an error page, a denial, a script
    challenge, a page that was cut off or has another charset.
    """

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"Expected {expected}, found {found.rstrip('.')}.")
        self.expected = expected
        self.found = found
