"""arXiv's feeds: RSS and Atom of the day, of one category or of several, as rss.arxiv.org sends them.

A feed is of the day that it is asked for: on a weekend or a holiday it has no entries. Entries are of the version of
now, in the order new, cross, replace, replace-cross. A feed has no more than MOST entries: what is cut are new papers.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape

from replica.categories import is_known
from replica.reply import XML, Reply, error
from replica.snapshot import tex
from replica.world import ReplicaPaper, World, is_listing_day

MOST = 2000
LICENCE = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
_SPACES = (
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def respond(world: World, path: str, today: date) -> Reply:
    """The answer to a request to the stand-in's feeds."""
    match = re.fullmatch(r"/(rss|atom)/([\w.+-]+)", path)
    if not match:
        return error(404, "404 Not Found")
    codes = match[2].split("+")
    unknown = next((code for code in codes if not is_known(code)), None)
    if unknown:
        return Reply(
            400, XML, rss("Feed error for query", today, [f"<description>Bad subject class '{unknown}'</description>"])
        )
    entries = _entries(world, codes, today)
    write = rss if match[1] == "rss" else _atom
    make = item if match[1] == "rss" else _entry
    body = write(f"{match[2]} updates on arXiv.org", today, [make(kind, paper, today) for kind, paper in entries])
    return Reply(200, XML, body)


def _entries(world: World, codes: list[str], today: date) -> list[tuple[str, ReplicaPaper]]:
    if not is_listing_day(today):
        return []

    def belongs(code: str) -> bool:
        return code in codes or code.split(".")[0] in codes

    announced = [p for p in world.announced(today) if any(map(belongs, p.categories))]
    replaced = [p for p in world.replaced(today) if any(map(belongs, p.categories))]
    kinds = ("new", "cross", "replace", "replace-cross")
    kinds_of = [
        *(("new" if belongs(p.categories[0]) else "cross", p) for p in announced),
        *(("replace" if belongs(p.categories[0]) else "replace-cross", p) for p in replaced),
    ]
    return sorted(kinds_of, key=lambda entry: (kinds.index(entry[0]), entry[1].id))[-MOST:]


def rss(title: str, today: date, items: list[str]) -> str:
    midnight = f"{today:%a, %d %b %Y} 00:00:00 -0500"
    channel = [
        f"<title>{escape(title)}</title>",
        f"<lastBuildDate>{today:%a, %d %b %Y} 05:00:14 +0000</lastBuildDate>",
        f"<pubDate>{midnight}</pubDate>",
        "<skipDays><day>Sunday</day><day>Saturday</day></skipDays>",
        *items,
    ]
    lines = "\n".join(channel)
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<rss {_SPACES} version=\"2.0\"><channel>\n{lines}\n</channel></rss>\n"
    )


def item(kind: str, paper: ReplicaPaper, today: date) -> str:
    return f"""<item>
<title>{escape(tex(paper.title[0]))}</title>
<link>https://arxiv.org/abs/{paper.id}</link>
<description>{escape(_description(kind, paper))}</description>
<guid isPermaLink="false">oai:arXiv.org:{paper.id}v{paper.version}</guid>
{"".join(f"<category>{code}</category>" for code in paper.categories)}
<pubDate>{today:%a, %d %b %Y} 00:00:00 -0500</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:rights>{LICENCE}</dc:rights>
<dc:creator>{escape(", ".join(tex(name) for name in paper.author_names))}</dc:creator>
</item>"""


def _description(kind: str, paper: ReplicaPaper) -> str:
    return f"arXiv:{paper.id}v{paper.version} Announce Type: {kind} \nAbstract: {tex(paper.abstract[0])}"


def _atom(title: str, today: date, entries: list[str]) -> str:
    lines = "\n".join([f"<title>{escape(title)}</title>", f"<updated>{today}T05:00:19+00:00</updated>", *entries])
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<feed {_SPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">\n{lines}\n</feed>\n'
    )


def _entry(kind: str, paper: ReplicaPaper, today: date) -> str:
    return f"""<entry>
<id>oai:arXiv.org:{paper.id}v{paper.version}</id>
<title>{escape(tex(paper.title[0]))}</title>
<link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>
<summary>{escape(_description(kind, paper))}</summary>
{"".join(f'<category term="{code}"/>' for code in paper.categories)}
<published>{today}T00:00:00-05:00</published>
<arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:rights>{LICENCE}</dc:rights>
<dc:creator>{escape(", ".join(tex(name) for name in paper.author_names))}</dc:creator>
</entry>"""
