"""A library at zotero.org, written with a key."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
from pyzotero import Zotero
from pyzotero.zotero_errors import PreConditionFailedError

from delivery.zotero.item import key_of
from delivery.zotero.library import Held, Pushed, ZoteroRefused, collection_named, held, names_of, refusals
from delivery.zotero.settings import ZoteroSettings
from delivery.zotero.wire import Patient

_EXISTS = 412  # an item of this key is there already, and is not known by what it was known by
_SECONDS = 60.0  # Zotero may take long for fifty items


class WebLibrary:
    """A collection, which is made where there is none of its name."""

    def __init__(self, settings: ZoteroSettings, name: str, transport: httpx2.BaseTransport) -> None:
        assert settings.key is not None
        key = settings.key.get_secret_value()
        client = httpx2.Client(
            transport=Patient(transport, settings.most_wait), follow_redirects=True, timeout=_SECONDS
        )
        kind, id = settings.library.split("/") if settings.library else ("users", _user(client, settings.web, key))
        self._zotero = Zotero(id, kind.removesuffix("s"), key, client=client)
        self._zotero.endpoint = settings.web
        self._collection = self._collection_of(name)

    def _collection_of(self, name: str) -> str:
        zotero = self._zotero
        with refusals():
            if key := collection_named(name, names_of(zotero.everything(zotero.collections()))):
                return key
            answer = zotero.create_collections([{"name": name}])
            key = str(answer["successful"]["0"]["key"])
        return key

    def items(self) -> list[Held]:
        zotero = self._zotero
        with refusals():
            listed = [*zotero.everything(zotero.top(limit=100)), *zotero.everything(zotero.trash(limit=100))]
        return held(listed, self._collection)

    def put_in(self, item: Held) -> bool:
        with refusals():
            try:
                self._zotero.addto_collection(self._collection, dict(item.raw))
            except PreConditionFailedError:  # it was changed since it was listed
                self._zotero.addto_collection(self._collection, self._zotero.item(item.raw["key"]))
        return True

    def add(self, items: Sequence[Mapping[str, Any]], pushed: Pushed) -> None:
        new = [
            {**item, "key": key_of(item["archiveID"]), "version": 0, "collections": [self._collection]}
            for item in items
        ]
        with refusals():
            answer = self._zotero.create_items(new)
            failed = {int(number): failure for number, failure in answer["failed"].items()}
        for number, item in enumerate(items):
            failure = failed.get(number)
            if failure is None:
                pushed.added += 1
            elif failure["code"] == _EXISTS:
                pushed.there += 1
            else:
                message = " ".join(html.unescape(str(failure.get("message", "no reason is given"))).split())
                pushed.refused.append(f"{item['archiveID']}: {message.rstrip('.')}")


def _user(client: httpx2.Client, web: str, key: str) -> str:
    """The number of the user whose key this is."""
    with refusals():
        answer = client.get(f"{web}/keys/current", headers={"Zotero-API-Key": key, "Zotero-API-Version": "3"})
        if answer.status_code in (401, 403, 404):
            raise ZoteroRefused("Zotero does not know the key of [zotero].")
        return str(answer.json()["userID"])
