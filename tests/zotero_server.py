"""A server that answers as Zotero does: zotero.org's web API, or the Zotero of a desk with its connector.

What it does is read from Zotero's own sources of 2026; see docs/zotero.md.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, USER = "aKey1", "475425"
OF_DESK = "0"  # what a desk calls its user
_KEY = re.compile(r"[23456789ABCDEFGHIJKLMNPQRSTUVWXYZ]{8}")
# Of a preprint, by Zotero's schema.
_FIELDS = {
    "key", "version", "itemType", "title", "creators", "abstractNote", "genre", "repository", "archiveID", "place",
    "date", "series", "seriesNumber", "DOI", "citationKey", "url", "accessDate", "archive", "archiveLocation",
    "shortTitle", "language", "libraryCatalog", "callNumber", "rights", "extra", "tags", "collections", "relations",
}  # fmt: skip


def _numbered(number: int) -> str:
    """A key of Zotero's form."""
    return "".join("23456789AB"[int(digit)] for digit in f"{number:08}")


class ZoteroServer:
    """One library. `refusals` are answers that the next requests get: a status and headers. `is_local` is a desk's."""

    def __init__(self, *, is_local: bool = False) -> None:
        self.is_local, self.is_allowed = is_local, True
        self.items: dict[str, dict[str, Any]] = {}
        self.trash: set[str] = set()
        self.collections: dict[str, str] = {}  # key → name
        self.refusals: list[tuple[int, dict[str, str]]] = []
        self.requests: list[str] = []
        self._sessions: dict[str, list[str]] = {}
        self._version = 1
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def do_PATCH(self) -> None:
                self.do_POST()

            def _answer(self, body: Any) -> None:
                server.requests.append(f"{self.command} {self.path}")
                if server.refusals:
                    status, headers = server.refusals.pop(0)
                    if status != 200:
                        self._send(status, "Request rate limit exceeded", headers)
                        return
                else:
                    headers = {}
                status, content, more = server.answer(self.command, self.path, body, dict(self.headers))
                self._send(status, content, {**headers, **more})

            def _send(self, status: int, content: Any, headers: dict[str, str]) -> None:
                is_text = isinstance(content, str)
                data = content.encode() if is_text else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "text/plain" if is_text else "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def in_collection(self, name: str) -> list[dict[str, Any]]:
        """The items of a collection, the oldest first."""
        keys = {key for key, each in self.collections.items() if each == name}
        return [item for key, item in self.items.items() if keys & set(item["collections"]) and key not in self.trash]

    def answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        route = urlsplit(path).path
        if self.is_local:
            if route.startswith("/connector/"):
                return self._connector(route.removeprefix("/connector/"), body)
            if not self.is_allowed:
                return 403, "Local API is not enabled", {}
            route = route.removeprefix("/api").replace(f"/users/{OF_DESK}", f"/users/{USER}")
            if method != "GET":
                return 400, "Endpoint does not support method", {}
        elif headers.get("Zotero-API-Key", headers.get("Authorization", "").removeprefix("Bearer ")) != KEY:
            return 403, "Invalid key", {}
        if route == "/keys/current":
            return 200, {"key": KEY, "userID": int(USER), "access": {"user": {"library": True, "write": True}}}, {}
        route = route.removeprefix(f"/users/{USER}")
        match method, route:
            case "GET", "/collections":
                return self._page(path, [self._collection(key) for key in self.collections])
            case "GET", "/items/top":
                is_whole = "includeTrashed" in path
                return self._page(path, [self._item(key) for key in self.items if is_whole or key not in self.trash])
            case "GET", "/items/trash":
                return self._page(path, [self._item(key) for key in self.items if key in self.trash])
            case "GET", _ if (key := route.removeprefix("/items/")) in self.items:
                return 200, self._item(key), {}
            case "POST", "/collections":
                return 200, self._made([self._make_collection(each) for each in body]), {}
            case "POST", "/items":
                if len(body) > 50:
                    return 413, "Cannot add more than 50 items at a time", {}
                return 200, self._made([self._make_item(each) for each in body]), {}
            case "PATCH", _ if (key := route.removeprefix("/items/")) in self.items:
                if int(headers["If-Unmodified-Since-Version"]) < self.items[key]["version"]:
                    return 412, "Item has been modified since specified version", {}
                self._version += 1
                self.items[key] |= body | {"version": self._version}
                return 204, "", {}
        return 404, "Not found", {}

    def _page(self, path: str, objects: list[Any]) -> tuple[int, Any, dict[str, str]]:
        """A page of at most 100 objects; a desk gives all of them."""
        query = parse_qs(urlsplit(path).query)
        start = int(query.get("start", ["0"])[0])
        limit = len(objects) if self.is_local else min(int(query.get("limit", ["25"])[0]), 100)
        headers = {"Total-Results": str(len(objects)), "Zotero-API-Version": "3"}
        if start + limit < len(objects):
            following = f"{self.address}{urlsplit(path).path}?start={start + limit}&limit={limit}"
            headers["Link"] = f'<{following}>; rel="next"'
        return 200, objects[start : start + limit], headers

    def _collection(self, key: str) -> dict[str, Any]:
        return {
            "key": key,
            "version": 1,
            "data": {"key": key, "name": self.collections[key], "parentCollection": False},
        }

    def _item(self, key: str) -> dict[str, Any]:
        data = self.items[key] | ({"deleted": 1} if key in self.trash else {})
        return {"key": key, "version": self.items[key]["version"], "data": data}

    def _made(self, results: list[Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {"successful": {}, "success": {}, "unchanged": {}, "failed": {}}
        for number, result in enumerate(results):
            if "code" in result:
                answer["failed"][str(number)] = result
            else:
                answer["successful"][str(number)] = result
                answer["success"][str(number)] = result["key"]
        return answer

    def _make_collection(self, body: Any) -> dict[str, Any]:
        key = _numbered(len(self.collections))
        self.collections[key] = body["name"]
        return self._collection(key)

    def _make_item(self, body: Any) -> dict[str, Any]:
        self._version += 1
        if unknown := body.keys() - _FIELDS:
            return {"code": 400, "message": f"Invalid property '{sorted(unknown)[0]}'"}
        if missing := set(body.get("collections", ())) - self.collections.keys():
            return {"code": 409, "message": f"Collection {sorted(missing)[0]} not found"}
        key = body.get("key", _numbered(len(self.items)))
        if not _KEY.fullmatch(key) or ("key" in body and "version" not in body):
            return {"code": 400, "message": f"'{key}' is not a valid key"}
        if key in self.items:
            return {"code": 412, "message": "Item has been modified since specified version"}
        self.items[key] = {"collections": [], **body, "key": key, "version": self._version}
        return self._item(key)

    def _connector(self, action: str, body: Any) -> tuple[int, Any, dict[str, str]]:
        targets = {f"C{number}": key for number, key in enumerate(self.collections, 1)}
        match action:
            case "getSelectedCollection":
                rows = [{"id": target, "name": self.collections[key], "level": 1} for target, key in targets.items()]
                groups = [{"id": "L2", "name": "A group", "level": 0}, {"id": "C99", "name": "Reading", "level": 1}]
                return 200, {"targets": [{"id": "L1", "name": "My Library", "level": 0}, *rows, *groups]}, {}
            case "saveItems":
                if body["sessionID"] in self._sessions:
                    return 409, {"error": "SESSION_EXISTS"}, {}
                by_id: dict[str, str] = {}
                for item in body["items"]:
                    id = item.pop("id", "undefined")
                    by_id[id] = self._make_item(item)["key"]
                self._sessions[body["sessionID"]] = list(by_id.values())  # those without ids share one
                return 201, "", {}
            case "updateSession":
                if body["target"] not in targets:
                    return 400, {"error": "COLLECTION_NOT_FOUND"}, {}
                for key in self._sessions[body["sessionID"]]:
                    self.items[key]["collections"] = [targets[body["target"]]]
                return 200, {}, {}
        return 404, "No endpoint found", {}
