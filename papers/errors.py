"""The base class of every error that Paperglot raises on purpose.

Each package derives its own errors from it, beside the code that raises them. Every message is a single sentence that
a user can act on. The command line prints it and exits with `exit_code`; the page answers with `status`.
"""

from __future__ import annotations


class PaperglotError(Exception):
    """An error that one sentence explains to the user; it is never shown as a traceback."""

    exit_code = 1
    status = 500
    internal = False  # whether the message names the operator's machines: readers then get a general sentence


class UsageError(PaperglotError):
    """The caller asked for something that cannot be: a bad argument, setting or file."""

    exit_code = 2
    status = 400
