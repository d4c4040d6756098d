"""The Zotero that runs on this machine, without a key.

It is read by its local API, and written as the browser's connector does: the collection must be there, and an item
that is in the library already stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx2

from delivery.zotero.library import Held, Pushed, ZoteroRefused, collection_named, held, names_of, refusals
from delivery.zotero.settings import ZoteroSettings
from delivery.zotero.wire import Patient

_SECONDS = 120.0
_SAVED = 201


class LocalLibrary:
    """A collection of the user's own library."""

    def __init__(self, settings: ZoteroSettings, name: str, transport: httpx2.BaseTransport) -> None:
        self._base = settings.local
        # A proxy of the environment is for other machines.
        self._client = httpx2.Client(
            transport=Patient(transport, settings.most_wait), timeout=_SECONDS, trust_env=False
        )
        key = collection_named(name, self._collections())
        target = self._target_of(name)
        if key is None or target is None:
            raise ZoteroRefused(
                f"Zotero has no collection '{name}': make it there, or give [zotero] a key, with which it is made."
            )
        self._collection, self._target = key, target

    def _collections(self) -> list[tuple[str, str]]:
        """All collections: without a limit, Zotero gives them in one answer."""
        answer = self._get("users/0/collections")
        if answer.status_code == 403:
            raise ZoteroRefused(
                "Zotero lets no program read it: in its settings, under Advanced, allow other applications on this "
                "computer to communicate with Zotero."
            )
        if answer.status_code != 200:
            raise ZoteroRefused(f"What answers at {self._base} is no Zotero 7 or later.")
        with refusals():
            return names_of(answer.json())

    def _target_of(self, name: str) -> str | None:
        """What the connector calls the collection; the targets of each library follow its own."""
        answer = self._connector("getSelectedCollection", {})
        with refusals():
            targets = answer.json()["targets"]
            libraries = [number for number, target in enumerate(targets) if target["id"].startswith("L")]
            own = targets[: libraries[1]] if len(libraries) > 1 else targets
            return collection_named(name, [(each["id"], each["name"]) for each in own if each["id"].startswith("C")])

    def _get(self, path: str) -> httpx2.Response:
        with refusals():
            return self._client.get(f"{self._base}/api/{path}")

    def _connector(self, action: str, body: Mapping[str, Any]) -> httpx2.Response:
        with refusals():
            return self._client.post(f"{self._base}/connector/{action}", json=body)

    def items(self) -> list[Held]:
        # In one request: for each page Zotero would search, load and sort the whole library.
        answer = self._get("users/0/items/top?includeTrashed=1")
        with refusals():
            return held(answer.json(), self._collection)

    def put_in(self, item: Held) -> bool:
        return False

    def add(self, items: Sequence[Mapping[str, Any]], pushed: Pushed) -> None:
        session = str(uuid4())
        saved = self._connector(
            "saveItems",
            {"sessionID": session, "uri": "https://arxiv.org", "items": [_of_connector(item) for item in items]},
        )
        if saved.status_code != _SAVED:
            raise ZoteroRefused("Zotero saves nothing: select a library in it that can be changed.")
        # They are in the collection that is selected in Zotero; this moves them.
        tries = (self._connector("updateSession", {"sessionID": session, "target": self._target}) for _ in range(3))
        if not any(answer.status_code == 200 for answer in tries):
            raise ZoteroRefused("Zotero has put the papers where it saves from a browser, and cannot move them.")
        pushed.added += len(items)


def _of_connector(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item as translators of Zotero's give it. Each needs an id of its own, or only the last one is moved."""
    creators = [
        {"creatorType": "author", "lastName": creator["name"], "fieldMode": 1} if "name" in creator else creator
        for creator in item["creators"]
    ] if "creators" in item else []  # fmt: skip
    return {**item, "id": item["archiveID"], "creators": creators}
