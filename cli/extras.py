"""What a command says whose optional package is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from papers.errors import UsageError


class ExtraMissing(UsageError):
    """Raised by a command whose optional package is not installed."""


@contextmanager
def needs(extra: str, command: str) -> Iterator[None]:
    """Within the block, the packages of an extra are imported for a command; raises ExtraMissing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            f"'{command}' needs a package that is not installed: "
            f"'pip install --no-deps --require-hashes -r requirements-{extra}.lock' brings it."
        ) from error
