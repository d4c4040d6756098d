"""arXiv's OAI-PMH: records in the order of their datestamps, a page at a time.

The table is live, as that of the real server: a token says "from this datestamp on, after the first n", so that what
changes between two pages moves the others. A token is valid until the end of the day on which it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from html import escape
from itertools import islice
from urllib.parse import parse_qsl, quote, unquote, urlencode

from replica.feeds import LICENCE
from replica.reply import XML, Reply, error
from replica.snapshot import tex
from replica.world import ReplicaPaper, World, version_dates, version_days

RECORDS_A_PAGE = 1000
EARLIEST = date(2024, 1, 1)  # the stand-in has no records of before
_NO_FORMAT = "<error code='cannotDisseminateFormat'>unknown metadataPrefix</error>"
_GROUPS = ("astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex")
_IN_PHYSICS = (*_GROUPS, "nucl-th", "physics", "quant-ph")


def set_of(category: str) -> str:
    """`cs.CL` → `cs:cs:CL`, `quant-ph` → `physics:quant-ph`."""
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _IN_PHYSICS else archive
    parts = [group, *([archive] if subject or group != archive else ()), *([subject] if subject else ())]
    return ":".join(parts)


def respond(
    world: World,
    path: str,
    query: Mapping[str, str],
    today: date,
    moved: Mapping[str, date],
    page_size: int = RECORDS_A_PAGE,
) -> Reply:
    """The answer to a request. `moved` is id → datestamp for papers whose records changed once more."""
    if path != "/oai":
        return error(404, "404 Not Found")
    if "resumptionToken" in query:
        arguments = dict(parse_qsl(unquote(query["resumptionToken"])))
        if arguments.get("verb") != "ListRecords" or arguments.get("given") != str(today):
            reason = "The value of the resumptionToken argument is invalid or expired."
            return _answer(today, f"<error code='badResumptionToken'>{reason}</error>")
    else:
        arguments = dict(query)
    match arguments.get("verb"):
        case "ListRecords":
            return _list(world, arguments, today, moved, page_size)
        case "GetRecord":
            return _get(world, arguments, today, moved)
        case _:
            return _answer(today, "<error code='badVerb'>Illegal OAI verb</error>")


def _list(world: World, arguments: Mapping[str, str], today: date, moved: Mapping[str, date], page_size: int) -> Reply:
    try:
        first = date.fromisoformat(arguments.get("from", str(EARLIEST)))
        last = date.fromisoformat(arguments.get("until", str(today)))
        skip = int(arguments.get("skip", 0))
    except ValueError:
        return _answer(today, "<error code='badArgument'>from or until is not a date</error>")
    if arguments.get("metadataPrefix") not in _FORMATS:
        return _answer(today, _NO_FORMAT)
    records = list(
        islice(_records(world, arguments, first, min(last, today), today, moved), skip, skip + page_size + 1)
    )
    if not records:
        return _answer(today, "<error code='noRecordsMatch'>No records match the request</error>")
    shown = records[:page_size]
    body = "\n".join(_record(datestamp, paper, arguments["metadataPrefix"]) for datestamp, paper in shown)
    token = ""
    if len(records) > page_size:
        stamp = shown[-1][0]
        same = sum(datestamp == stamp for datestamp, _ in shown) + (skip if stamp == first else 0)
        following = {**arguments, "from": str(stamp), "skip": str(same), "given": str(today)}
        token = quote(urlencode(following))
    end = f"<resumptionToken expirationDate='{today + timedelta(days=1)}T00:00:00Z'>{token}</resumptionToken>"
    return _answer(today, f"<ListRecords>{body}{end if token or 'skip' in arguments else ''}</ListRecords>")


def _records(
    world: World, arguments: Mapping[str, str], first: date, last: date, today: date, moved: Mapping[str, date]
) -> Iterator[tuple[date, ReplicaPaper]]:
    """The records of these datestamps in order: datestamp and paper."""
    chosen = arguments.get("set", "")
    day = max(first, EARLIEST)
    while day <= last:
        papers = [paper for paper in world.changed(day, today) if moved.get(paper.id, day) <= day]
        papers += [paper for id, moved_to in moved.items() if moved_to == day and (paper := world.as_of(id, today))]
        for paper in sorted({paper.id: paper for paper in papers}.values(), key=lambda paper: paper.id):
            sets = [set_of(category) for category in paper.categories]
            if not chosen or any(name == chosen or name.startswith(f"{chosen}:") for name in sets):
                yield day, paper
        day += timedelta(days=1)


def _get(world: World, arguments: Mapping[str, str], today: date, moved: Mapping[str, date]) -> Reply:
    id = arguments.get("identifier", "").removeprefix("oai:arXiv.org:")
    paper = world.as_of(id, today)
    if paper is None:
        return _answer(today, "<error code='idDoesNotExist'>Nothing found for this identifier</error>")
    datestamp = moved.get(id, version_days(paper)[paper.version - 1])
    format = arguments.get("metadataPrefix", "")
    if format not in _FORMATS:
        return _answer(today, _NO_FORMAT)
    return _answer(today, f"<GetRecord>{_record(datestamp, paper, format)}</GetRecord>")


def _record(datestamp: date, paper: ReplicaPaper, format: str) -> str:
    sets = "".join(f"<setSpec>{set_of(category)}</setSpec>" for category in paper.categories)
    header = f"<identifier>oai:arXiv.org:{paper.id}</identifier><datestamp>{datestamp}</datestamp>{sets}"
    return f"<record><header>{header}</header><metadata>{_FORMATS[format](paper)}</metadata></record>"


def _raw(paper: ReplicaPaper) -> str:
    versions = "".join(
        f'<version version="v{number}"><date>{_written(submitted)}</date>{_size(paper, number)}</version>'
        for number, submitted in enumerate(version_dates(paper), start=1)
    )
    authors = f"<authors>{escape(', '.join(tex(name) for name in paper.author_names))}</authors>"
    return _metadata("arXivRaw", paper, versions, authors, tex)


def _size(paper: ReplicaPaper, number: int) -> str:
    is_withdrawn = paper.withdrawn and number == paper.version
    return "<size>0kb</size><source_type>I</source_type>" if is_withdrawn else f"<size>{number + 7}kb</size>"


def _arxiv(paper: ReplicaPaper) -> str:
    authors = "".join(
        f"<author><keyname>{escape(last)}</keyname>{first and f'<forenames>{escape(first)}</forenames>'}</author>"
        for first, last in paper.authors
    )
    created = f"<created>{version_dates(paper)[-1]:%Y-%m-%d}</created>"
    return _metadata("arXiv", paper, created, f"<authors>{authors}</authors>", str)


def _written(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} GMT"


def _metadata(format: str, paper: ReplicaPaper, dates: str, authors: str, as_written: Callable[[str], str]) -> str:
    comments = f"<comments>{escape(paper.comments)}</comments>" if paper.comments else ""
    return (
        f'<{format} xmlns="http://arxiv.org/OAI/{format}/"><id>{paper.id}</id>{dates}'
        f"<title>{escape(as_written(paper.title[0]))}</title>{authors}"
        f"<categories>{' '.join(paper.categories)}</categories>{comments}<license>{LICENCE}</license>"
        f"<abstract>  {escape(as_written(paper.abstract[0]))}\n</abstract></{format}>"
    )


_FORMATS = {"arXivRaw": _raw, "arXiv": _arxiv}


def _answer(today: date, content: str) -> Reply:
    return Reply(
        200,
        XML,
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>{today}T12:00:00Z</responseDate><request>https://oaipmh.arxiv.org/oai</request>"
        f"{content}</OAI-PMH>\n",
    )
