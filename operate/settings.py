"""The settings of the schedule: which jobs run when."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from crawler.settings import CrawlSettings
from delivery.alerts.settings import AlertsSettings
from delivery.channels.settings import MailSettings
from delivery.digest.settings import DigestSettings
from delivery.settings import PageSettings
from delivery.summary.settings import SummarySettings
from delivery.zotero.settings import ZoteroSettings
from indexer.settings import IndexSettings
from operate import times
from operate.log import LogSettings
from operate.steps import STEPS, USUAL, in_order
from papers.addresses import address
from papers.calendar import CalendarSettings
from papers.settings import Section
from translation.settings import ClusterSettings, TranslationSettings

# arXiv's lists appear at 00:00 or 01:00 UTC; what is missing then has appeared by the afternoon.
USUAL_TIMES = "15 2,14 * * 1-6"


def _checked_steps(steps: tuple[str, ...]) -> tuple[str, ...]:
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
    """What the job is called in `paperglot runs`."""
    at: str = USUAL_TIMES
    """When it is due, as a cron line."""
    zone: str = "UTC"
    """The time zone of that line, such as `Asia/Shanghai`."""
    steps: Annotated[tuple[str, ...], AfterValidator(_checked_steps)] = USUAL
    """What it does: some of `models`, `crawl`, `translate`, `lexicon`, `index`, `digest` and `alerts`, in order."""

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
    """The jobs, each in a table of its own: `[[schedule.job]]`."""
    ping: Annotated[SecretStr, AfterValidator(_checked)] | None = None
    """An address to which each run is reported: `<ping>/start`, `<ping>`, `<ping>/fail`. It is kept like a key."""

    @field_validator("job")
    @classmethod
    def _named_once(cls, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        names = [job.name for job in jobs]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two jobs are named '{name}'")
        return jobs


# The sections of every step of a run, and of the page: a backup leaves out the secrets of all.
SECTIONS = (
    AlertsSettings, CalendarSettings, ClusterSettings, CrawlSettings, DigestSettings, IndexSettings, LogSettings,
    MailSettings, PageSettings, ScheduleSettings, SummarySettings, TranslationSettings, ZoteroSettings,
)  # fmt: skip


def check_all() -> None:
    """Raise InvalidSetting where any section cannot be used: a misspelt one would fail each step, night after night."""
    for section in SECTIONS:
        section.load()
