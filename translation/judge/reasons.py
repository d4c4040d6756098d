"""Why a text cannot be kept as a translation of another."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """A sentence is refused for the first of these that holds; people read them on the page."""

    EMPTY = "empty"
    SAME = "same as the source"
    SCRIPT = "wrong script"
    UNREADABLE = "unreadable characters"
    PLACEHOLDER = "a placeholder is left"
    LOST = "a protected part was lost"
    ADDED = "something was added"
    EXCHANGED = "numbers or names are exchanged"
    REPETITION = "repetition"
    ENGLISH = "a part is not translated"
    LENGTH = "length"
    MEANING = "it says something else"
    NEGATION = "a negation was lost"
    TERM = "a term in another sense"
    # Of sentences that no model was asked for.
    NO_PACKAGE = "no package for its language"
    TOO_LONG = "the text is too long"
