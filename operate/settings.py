"""The settings of this room: which jobs run when."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from crawler.settings import CrawlSettings
from indexer.settings import IndexSettings
from operate import times
from operate.log import LogSettings
from operate.steps import STEPS, USUAL, in_order
from papers.addresses import address
from papers.calendar import CalendarSettings
from papers.settings import Section
from translation.settings import TranslationSettings

# arXiv's lists are out at 00:00 UTC or 01:00; what was not there then is by the afternoon.
USUAL_TIMES = "15 2,14 * * 1-6"


def _known(steps: tuple[str, ...]) -> tuple[str, ...]:
    for name in steps:
        if name not in STEPS:
            raise ValueError(f"there is no step '{name}'; there are {', '.join(STEPS)}")
    if not steps:
        raise ValueError(f"a job needs a step: {', '.join(STEPS)}")
    return in_order(steps)


class Job(BaseModel):
    """`[[schedule.job]]`: which steps run when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("daily", min_length=1, max_length=60, pattern=r"^\S(.*\S)?$")
    at: str = USUAL_TIMES  # a cron line
    zone: str = "UTC"
    steps: Annotated[tuple[str, ...], AfterValidator(_known)] = USUAL

    @model_validator(mode="after")
    def _is_due_some_day(self) -> Self:
        times.check(self.at, self.zone)
        return self


def _checked(secret: SecretStr) -> SecretStr:
    return SecretStr(address(secret.get_secret_value()))


class ScheduleSettings(Section):
    """`[schedule]` in paperglot.toml."""

    section: ClassVar[str] = "schedule"

    job: tuple[Job, ...] = Field((Job.model_validate({}),), min_length=1)
    # An address that is told of each run: <ping>/start, <ping>, <ping>/fail. Whoever knows it can tell it anything.
    ping: Annotated[SecretStr, AfterValidator(_checked)] | None = None

    @field_validator("job")
    @classmethod
    def _named_once(cls, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        names = [job.name for job in jobs]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two jobs are named '{name}'")
        return jobs


# The sections of every step of a run.
SECTIONS = (CalendarSettings, CrawlSettings, IndexSettings, LogSettings, ScheduleSettings, TranslationSettings)


def check_all() -> None:
    """Raise InvalidSetting where any section cannot be used: a misspelt one would fail each step, night after night."""
    for section in SECTIONS:
        section.load()
