"""Whether the texts of a paper say that it was withdrawn, and the sentence that says why. Pure.

Lists, feeds and the snapshot have no mark of a withdrawal. Its authors, or arXiv, write it into the comments, or put it
in the place of the abstract.
"""

from __future__ import annotations

import re

_WORK = r"(?:this|the|our) (?:paper|article|manuscript|submission|preprint|work|version|note)"
_IS = r"(?:has been|have been|had been|is|was|is being|is now|has now been|is hereby)"
_SENTENCE = re.compile(
    rf"(?:^|(?<=[.;,!] )){_WORK}(?: and (?:the |its )?\w+)? {_IS} (?:temporarily |voluntarily |officially )?withdrawn\b"
    # "Withdrawn from the journal" is about a journal.
    r"|^(?:paper |article )?(?:temporarily )?withdrawn\b(?! (?:from|by the journal))",
    re.IGNORECASE,
)


def statement(comments: str | None, abstract: str | None) -> str | None:
    """The text that says that the paper was withdrawn: the comments, or an abstract that begins with it; else None."""
    if comments and "ithdrawn" in comments and _SENTENCE.search(comments):
        return comments
    if abstract and "ithdrawn" in abstract and _SENTENCE.match(abstract):
        return abstract
    return None
