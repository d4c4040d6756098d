"""The reasons why a text cannot be kept as the translation of another."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a sentence is refused: the first reason that `judge` gives. The page shows these words to readers."""

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
    # For sentences that no model was asked to translate.
    NO_PACKAGE = "no package for its language"
    TOO_LONG = "the text is too long"
