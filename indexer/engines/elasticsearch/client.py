"""Connects to the server: makes a client from the settings, and turns its exceptions into ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import elasticsearch
from elastic_transport import Transport
from elasticsearch import ApiError, Elasticsearch, OrjsonSerializer, TransportError

from indexer.engine import EngineAway, EngineFailed, EngineRefused, NoIndex
from indexer.engines.elasticsearch.keys import KeyTransport, key_of
from indexer.query.limits import QueryTooLarge
from indexer.settings import IndexSettings
from papers.errors import PaperglotError
from papers.settings import InvalidSetting

BUSY = (429, 502, 503, 504)
NO_INDEX = "index_not_found_exception"
# As many as the number of requests that the page answers at once.
_CONNECTIONS = 40


def connect(settings: IndexSettings) -> Elasticsearch:
    """A client for the server that the settings name. It sends no request yet. Raises InvalidSetting."""
    if settings.ca and not settings.ca.is_file():
        raise InvalidSetting(f"There is no certificate in {settings.ca}.")
    options: dict[str, Any] = {"ca_certs": str(settings.ca)} if settings.ca else {}
    try:
        return Elasticsearch(
            list(settings.hosts),
            request_timeout=settings.timeout,
            # If a node is away, the next one is asked; a busy one is asked again after a moment.
            max_retries=max(2, len(settings.hosts)),
            retry_on_timeout=False,
            retry_backoff_base=0.2,
            retry_backoff_cap=1.0,
            connections_per_node=_CONNECTIONS,
            serializer=OrjsonSerializer(),
            transport_class=cast(type[Transport], partial(KeyTransport, read=partial(key_of, settings))),
            **options,
        )
    except ValueError as error:
        raise InvalidSetting(f"The settings of Elasticsearch cannot be used: {error}.") from error


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise what the client raises as an error of ours; `where` names the server in it."""
    try:
        yield
    except (ApiError, TransportError, elasticsearch.UnsupportedProductError) as error:
        raise _own_error(error, where) from error


def _own_error(error: Exception, where: str) -> PaperglotError:
    match error:
        case elasticsearch.UnsupportedProductError():
            return EngineRefused(f"What answers at {where} is no Elasticsearch: correct 'hosts' under [index].")
        case elasticsearch.ConnectionTimeout():
            return EngineAway(f"Elasticsearch at {where} does not answer in time: try again, or raise 'timeout'.")
        case elasticsearch.SSLError() if "WRONG_VERSION_NUMBER" in str(error):
            return EngineRefused(
                f"What answers at {where} does not speak TLS: write http:// in 'hosts' under [index], or switch it on."
            )
        case elasticsearch.SSLError():
            return EngineRefused(
                f"The certificate of Elasticsearch at {where} is not one we trust: name its authority as 'ca'."
            )
        case TransportError():
            return EngineAway(f"Elasticsearch at {where} cannot be reached: start it, or correct 'hosts' in [index].")
        case ApiError():
            return _error_of_status(error, where)
    return EngineFailed(str(error))


def _error_of_status(error: ApiError, where: str) -> PaperglotError:
    kind, reason = reason_of(error.body)
    if str(error.body).lstrip()[:1] == "<":  # an HTML page
        return EngineRefused(
            f"What answers at {where} is no Elasticsearch (status {error.status_code}): correct 'hosts' under [index]."
        )
    if error.status_code == 401:
        return EngineRefused(f"Elasticsearch at {where} does not accept the API key: it is wrong or has expired.")
    if error.status_code == 403 and "block" not in kind:
        return EngineRefused(f"The API key may not do this at {where}: {reason}.")
    if error.status_code == 404 and kind == NO_INDEX:
        return NoIndex()
    if error.status_code == 400 and "too many nested clauses" in reason:
        return QueryTooLarge("The query is too long for this Elasticsearch: ask for less, or give it more memory.")
    if error.status_code == 400 and "media_type" in kind:
        return EngineRefused(f"Elasticsearch at {where} is older than version 9: update it.")
    if "disk" in reason and "block" in kind:
        return EngineAway(
            f"The disk of Elasticsearch at {where} is fuller than its limit, so that it takes no writes: free disk "
            "on the server."
        )
    if error.status_code in BUSY or "block" in kind:
        return EngineAway(f"Elasticsearch at {where} cannot do this now: {reason}.")
    return EngineFailed(f"Elasticsearch at {where} answered {error.status_code}: {reason}.")


def reason_of(body: Any) -> tuple[str, str]:
    """(kind, reason) of an error answer. The kind is "" if the answer names none; the reason is shortened."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return "", str(error)[:300] or "no reason given"
    causes = error.get("root_cause") or [error]
    reason = causes[0].get("reason") or error.get("reason") or error.get("type")
    return str(error.get("type", "")), str(reason)[:300].rstrip(".")
