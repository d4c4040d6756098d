"""Reports each run to a service such as Healthchecks, which also notices when no report comes any more.

It calls `<ping>/start` as a run begins, `<ping>` as it ends well, and `<ping>/fail` with the reasons as it fails.
"""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Callable

from papers.runs import RunRecord

SECONDS = 10.0

Send = Callable[[str, bytes], None]


def send(address: str, body: bytes) -> None:
    """POST these bytes; raises OSError, also where the answer is not one of HTTP."""
    request = urllib.request.Request(address, data=body, method="POST")  # noqa: S310  (the settings allow only http)
    try:
        urllib.request.urlopen(request, timeout=SECONDS).close()  # noqa: S310
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"{type(error).__name__} {error}".strip()) from error


class Ping:
    """Reports runs to an address; does nothing where the address is None.

    If the address cannot be reached, `say` gets a sentence, and the run does not fail.
    """

    def __init__(self, address: str | None, say: Callable[[str], None], send: Send = send) -> None:
        self._address = address
        self._say = say
        self._send = send

    def begun(self, job: str) -> None:
        self._tell("/start", job)

    def ended(self, run: RunRecord) -> None:
        sentences = "\n".join([f"{run.job}: {run.outcome.value}", *run.reasons])
        self._tell("/fail" if run.outcome.is_failure else "", sentences)

    def _tell(self, end: str, body: str) -> None:
        if self._address is None:
            return
        try:
            self._send(self._address + end, body.encode())
        except OSError as error:
            self._say(f"The address of [schedule] ping cannot be told: {error}.")
