"""The settings of summaries: a service that writes them, if there is to be one."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from papers.addresses import address
from papers.settings import Section


def _service(value: str) -> str:
    return address(value) if value else value


class SummarySettings(Section):
    """`[summary]` in paperglot.toml."""

    section: ClassVar[str] = "summary"

    service: Annotated[str, AfterValidator(_service)] = ""
    """The address of a service with OpenAI's interface: `http://127.0.0.1:11434/v1` for Ollama. Without one, summaries
    are sentences of the abstract."""
    model: str = ""
    """The model that it is to use, such as `qwen3:8b`."""
    key: SecretStr | None = None
    """The key of the service, if it needs one."""
    seconds: Annotated[float, Field(gt=0, le=600)] = 60
    """How long it may take for one paper."""
    papers_a_day: Annotated[int, Field(ge=0)] = 300
    """For how many papers it is asked in a day; for the others, summaries are sentences of the abstract."""
