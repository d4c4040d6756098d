"""What a parser raises."""

from __future__ import annotations

from papers.errors import PaperglotError


class UnexpectedPage(PaperglotError):
    """Raised by every parser: neither entries nor a statement that there are none.

    `expected` and `found` say what was looked for and what came instead: an error page, a denial, a script
    challenge, a page cut off or in another charset.
    """

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"Expected {expected}, found {found.rstrip('.')}.")
        self.expected = expected
        self.found = found
