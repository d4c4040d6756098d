"""Whether the texts of a paper say that it was withdrawn, and the text that says so. Pure.

Lists, feeds and the snapshot have no mark of a withdrawal. Its authors, or arXiv, write it into the comments, or put it
in the place of the abstract.
"""

from __future__ import annotations

import re

_WORK = r"(?:paper|article|manuscript|submission|preprint|work|version|note|report|document|letter)"
_IS = r"(?:has been|have been|had been|is|was|is being|is now|has now been|is hereby)"
_WHO = r"(?:(?:the |its )?(?:first |corresponding )?authors?|we|i)"
_HOW = r"(?:temporarily |voluntarily |officially )?"
# A paper that was withdrawn from a conference or a journal may stand at arXiv.
_NOT_ELSEWHERE = r"\b(?! (?:from (?!(?:the )?arxiv)|by the journal))"
_NO_NOUN = r"(?=\W*$|[.:;,!)\]]| (?:by|due|because|as|since|from|for|on|in|and|until|pending|at)\b)"
_START = r"(?:^\W*|(?<=[.;:!]) )"
_SENTENCE = re.compile(
    rf"{_START}(?:"
    rf"(?:this|the|our) {_WORK}(?: and (?:the |its )?\w+)? {_IS} {_HOW}withdrawn{_NOT_ELSEWHERE}"
    rf"|(?:(?:the |this )?{_WORK}:? )?{_HOW}withdrawn{_NOT_ELSEWHERE}{_NO_NOUN}"
    rf"|{_WHO} (?:has|have|had) {_HOW}withdrawn (?:this|the|our) {_WORK}{_NOT_ELSEWHERE})",
    re.IGNORECASE,
)


def statement(comments: str | None, abstract: str | None) -> str | None:
    """The text that says that the paper was withdrawn: the comments, or an abstract that begins with it; else None."""
    if comments and "withdrawn" in comments.lower() and _SENTENCE.search(comments):
        return comments
    if abstract and "withdrawn" in abstract.lower() and _SENTENCE.match(abstract):
        return abstract
    return None
