"""Summaries that a model writes: of any service with OpenAI's interface, one on the same machine included.

An answer is kept for ever, a failure never: the next digest asks again. After three failures in a row the service is
left alone for the rest of the run.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from delivery.messages import Messages
from delivery.summary.content import By, Summarise, Summary, Told
from delivery.summary.extract import MOST_TAKEAWAYS, extracted
from delivery.summary.settings import SummarySettings
from indexer.documents import Document
from papers.normalise.traditional import TRADITIONAL, traditional

FILE = "summaries.sqlite"
_MOST_FAILURES = 3
_LONGEST_LINE, _LONGEST_TAKEAWAY, _LONGEST_KEYWORD, _MOST_KEYWORDS = 600, 600, 80, 10
_FEWEST_TAKEAWAYS = 2
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_HAN = re.compile("[\u4e00-\u9fff]")

# The messages of a chat → the text of the answer. Raises OSError, and ValueError where the answer is not one.
Ask = Callable[[list[dict[str, str]]], str]


class NoSummary(ValueError):
    """Raised by `read_answer`: the answer is not a summary."""


def over_http(settings: SummarySettings) -> Ask:
    """What asks the service of the settings."""
    import requests

    key = settings.key.get_secret_value() if settings.key else ""
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def ask(messages: list[dict[str, str]]) -> str:
        body: Any = {"model": settings.model, "messages": messages, "temperature": 0, "stream": False}
        answer = requests.post(
            f"{settings.service.rstrip('/')}/chat/completions", json=body, headers=headers, timeout=settings.seconds
        )
        answer.raise_for_status()
        return str(answer.json()["choices"][0]["message"]["content"])

    return ask


class Service:
    """Asks a model for the summary of a paper, or gives the extracted one where it must not, or cannot, be asked."""

    def __init__(
        self, folder: Path, settings: SummarySettings, ask: Ask, today: date, say: Callable[[str], None]
    ) -> None:
        self._cache = _Cache(folder / FILE)
        self._settings = settings
        self._ask = ask
        self._today = today
        self._say = say
        self._failures = 0
        self._is_over_budget = False

    def __call__(self, document: Document, language: str) -> Summary:
        summary = extracted(document, language)
        text = document.abstract.get(document.language)
        if not text:
            return summary
        key = _key(document.own_title, text, language, self._settings.model)
        answer = self._cache.get(key) or self._asked(key, document.own_title, text, language)
        return _with(summary, answer, language, self._settings.model) if answer else summary

    def _asked(self, key: str, title: str, abstract: str, language: str) -> Mapping[str, Any] | None:
        if self._failures >= _MOST_FAILURES or self._is_over_budget:
            return None
        if not self._cache.count_request(self._today, self._settings.papers_a_day):
            self._is_over_budget = True
            self._say(f"[summary] papers_a_day ({self._settings.papers_a_day}) is reached: the rest is extracted.")
            return None
        try:
            answer = read_answer(self._ask(_messages(title, abstract, language)), language)
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            self._failures += 1
            if self._failures == _MOST_FAILURES:
                self._say(f"The service of [summary] fails ({_reason(error)}): summaries are sentences of abstracts.")
            return None
        self._failures = 0
        self._cache.put(key, answer)
        return answer


def summariser(folder: Path, today: date, say: Callable[[str], None]) -> Summarise:
    """What makes summaries by the settings."""
    settings = SummarySettings.load()
    return Service(folder, settings, over_http(settings), today, say) if settings.service else extracted


def read_answer(text: str, language: str) -> Mapping[str, Any]:
    """The values of an answer: `line`, `takeaways`, `keywords`. Raises NoSummary for one that is no summary."""
    values = _object(_THOUGHTS.sub("", text))
    line = _text(values.get("summary"), _LONGEST_LINE)
    takeaways = _texts(values.get("takeaways"), _LONGEST_TAKEAWAY)[:MOST_TAKEAWAYS]
    if not line or len(takeaways) < _FEWEST_TAKEAWAYS:
        raise NoSummary("its answer has no summary")
    if language.startswith("zh") != bool(_HAN.search(line)) and language.startswith(("zh", "en")):
        raise NoSummary("its answer is in another language")
    keywords = _texts(values.get("keywords"), _LONGEST_KEYWORD)[:_MOST_KEYWORDS]
    if language == TRADITIONAL:
        line, takeaways, keywords = (
            traditional(line),
            list(map(traditional, takeaways)),
            list(map(traditional, keywords)),
        )
    return {"line": line, "takeaways": takeaways, "keywords": keywords}


def _object(text: str) -> Mapping[str, Any]:
    """The first JSON object with a summary in a text that may have words around it."""
    for match in re.finditer("{", text):
        try:
            values, _ = json.JSONDecoder().raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(values, dict) and "summary" in values:
            return values
    raise NoSummary("its answer has no JSON object with a summary")


def _text(value: object, longest: int) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    # Halves of surrogate pairs can be written nowhere.
    return text.encode("utf-8", "ignore").decode() if len(text) <= longest else ""


def _texts(value: object, longest: int) -> list[str]:
    return [text for each in value if (text := _text(each, longest))] if isinstance(value, list) else []


def _with(summary: Summary, answer: Mapping[str, Any], language: str, model: str) -> Summary:
    keywords = tuple(answer["keywords"])
    return replace(
        summary,
        line=Told(answer["line"], language),
        line_by=By.SERVICE,
        takeaways=tuple(Told(text, language) for text in answer["takeaways"]),
        takeaways_by=By.SERVICE,
        keywords=keywords or summary.keywords,
        keywords_by=By.SERVICE if keywords else summary.keywords_by,
        model=model,
    )


def _messages(title: str, abstract: str, language: str) -> list[dict[str, str]]:
    name = Messages("en").language_name(language)
    rules = (
        f"You summarise scientific papers in {name}. Say only what the abstract says. Copy formulas between $ as they "
        "are. Answer with one JSON object and nothing else: "
        '{"summary": one sentence, "takeaways": [3 to 8 sentences: what is proposed, how, what it achieves], '
        '"keywords": [3 to 8 terms]}.'
    )
    return [{"role": "system", "content": rules}, {"role": "user", "content": f"{title}\n\n{abstract}"}]


def _key(*parts: str) -> str:
    return hashlib.blake2b("\x00".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _reason(error: Exception) -> str:
    """What is wrong, without the address, which may hold a key."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"HTTP {status}" if status else str(error) if isinstance(error, NoSummary) else type(error).__name__


class _Cache:
    """The answers of the service, and how often it was asked on a day. It can be deleted: it is filled anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._prepare()
        except sqlite3.DatabaseError:
            # It is damaged, and only a cache.
            path.unlink(missing_ok=True)
            self._prepare()

    def _prepare(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection:
            connection.executescript(
                "CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
                "CREATE TABLE IF NOT EXISTS asked (day TEXT PRIMARY KEY, requests INTEGER NOT NULL) WITHOUT ROWID;"
            )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)

    def get(self, key: str) -> Mapping[str, Any] | None:
        with closing(self._open()) as connection:
            row = connection.execute("SELECT body FROM answer WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        with closing(self._open()) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?)", (key, json.dumps(answer)))

    def count_request(self, day: date, most: int) -> bool:
        """Count a request; False, without counting it, where the day has had so many."""
        with closing(self._open()) as connection, connection:
            row = connection.execute("SELECT requests FROM asked WHERE day = ?", (day.isoformat(),)).fetchone()
            requests = row[0] if row else 0
            if requests >= most:
                return False
            connection.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (day.isoformat(), requests + 1))
            return True
