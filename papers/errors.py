"""The one root of every error that Paperglot raises on purpose.

Each room derives its own errors from it, beside the code that raises them. The message of every
one is a single sentence that a user can act on; the command line prints it and exits with
`exit_code`, the page answers with `status`.
"""

from __future__ import annotations


class PaperglotError(Exception):
    """Something went wrong that a sentence can explain; never shown as a traceback."""

    exit_code = 1
    status = 500
    internal = False  # names machines that readers of the page need not know: they get a general sentence


class UsageError(PaperglotError):
    """The caller asked for something that cannot be: a bad argument, setting or file."""

    exit_code = 2
    status = 400
