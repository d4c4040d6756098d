"""The settings of alerts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from delivery.alerts.recipients import Recipient, recipient
from papers.settings import CommaList, Section

# The alerts that the owner has written, in the data folder.
ALERTS_FILE = "alerts.toml"
# Who sends holds it: two processes together would send everything twice.
ALERTS_LOCK = "alerts.lock"


def _checked(address: SecretStr) -> SecretStr:
    recipient(address.get_secret_value())
    return address


class AlertsSettings(Section):
    """`[alerts]` in paperglot.toml."""

    section: ClassVar[str] = "alerts"

    from_page: bool = False
    """Whether readers of the page can make alerts by mail. Each is confirmed by a mail first."""
    wait_seconds: Annotated[float, Field(ge=0, le=3600)] = 60
    """How long to wait for an index that is still being brought up to date."""
    owner: CommaList[Annotated[SecretStr, AfterValidator(_checked)]] = ()
    """Who is told when a run fails: mail addresses, or addresses of chats such as `ntfy://ntfy.example.org/papers`.
    They are kept like keys."""

    @property
    def owners(self) -> tuple[Recipient, ...]:
        return tuple(recipient(address.get_secret_value()) for address in self.owner)
