"""Makes `docs/settings.md` from the sections of the settings: `python -m tests.settings_page` writes it.

A setting's text is the string below it in its class, its default the one of the class.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crawler.settings import CrawlSettings, SiteSettings
from crawler.sites import SITES
from delivery.alerts.settings import AlertsSettings
from delivery.channels.settings import MailSettings
from delivery.digest.settings import DigestDocument, DigestSettings
from delivery.settings import PageSettings
from delivery.summary.settings import SummarySettings
from delivery.zotero.settings import ZoteroSettings
from indexer.settings import IndexSettings
from operate.log import LogSettings
from operate.settings import Job, ScheduleSettings
from papers.calendar import CalendarSettings
from translation.settings import ClusterSettings, TranslationSettings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
TABLES: dict[str, type[BaseModel]] = {
    "[crawl]": CrawlSettings,
    "[crawl.sites.<name>]": SiteSettings,
    "[calendar]": CalendarSettings,
    "[translation]": TranslationSettings,
    "[cluster]": ClusterSettings,
    "[index]": IndexSettings,
    "[page]": PageSettings,
    "[[digest.document]]": DigestDocument,
    "[digest]": DigestSettings,
    "[summary]": SummarySettings,
    "[alerts]": AlertsSettings,
    "[mail]": MailSettings,
    "[zotero]": ZoteroSettings,
    "[[schedule.job]]": Job,
    "[schedule]": ScheduleSettings,
    "[log]": LogSettings,
}
HEAD = """\
# Settings

`python -m tests.settings_page` makes this page from the code.

Settings lie in `paperglot.toml`, which `paperglot init` writes. Paperglot looks for it where `PAPERGLOT_CONFIG` says,
else in the folder in which a command runs, else in your configuration folder. No setting is needed but `contact`,
before a crawl of the real sites.

Each setting can be given in the environment, too, where it comes before the file: `contact` of `[crawl]` is
`PAPERGLOT_CRAWL_CONTACT`, `url` of `[crawl.sites.arxiv]` is `PAPERGLOT_CRAWL_SITES__ARXIV__URL`. A list is written with
commas between its values. A name that nobody reads is an error, which names the nearest right one.

Catalogue, index and models lie in the data folder: where `--data` says, else `PAPERGLOT_DATA`, else the system's usual
place. `paperglot doctor` prints both places.

```toml
[crawl]
categories = ["cs.CL", "math"]
contact = "you@example.org"

[crawl.sites.arxiv]
delay = 20

[translation]
to = ["zh"]

[[schedule.job]]
name = "night"
at = "15 2 * * 2-6"
zone = "Asia/Shanghai"
```
"""

SITES_TEXT = """\
What counts for each site where you set nothing. All of arXiv's sites share the delay of `arxiv_services`, because arXiv
asks for it over all of its machines.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n## {heading}\n\n{''.join(_rows(model))}" for heading, model in TABLES.items()) + _sites()


def _rows(model: type[BaseModel]) -> Iterator[str]:
    yield "| setting | default | what it is |\n|---|---|---|\n"
    texts = _texts(model)
    for name, field in model.model_fields.items():
        if name in texts:
            yield f"| `{name}` | {_default(field, texts[name])} | {texts[name]} |\n"
    if former := [name for name in model.model_fields if name not in texts]:
        yield f"\nFormer names, which are still read: {', '.join(f'`{name}`' for name in former)}.\n"


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """The strings below the settings of a class."""
    body = ast.parse(inspect.cleandoc("\n" + inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    texts = {}
    for setting, below in zip(body.body, body.body[1:], strict=False):
        match setting, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                texts[name] = text
    return texts


def _default(field: FieldInfo, text: str) -> str:
    if "By default" in text:
        return ""
    value: Any = field.get_default(call_default_factory=True)
    if field.is_required():
        return "*needed*"
    if value is None or value in ("", {}, ()):
        return ""
    if isinstance(value, tuple) and isinstance(value[0], BaseModel):
        return "one job"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _sites() -> str:
    rows = "".join(
        f"| `{site.name}` | {site.url or ''} | {'' if site.delay is None else f'{site.delay:g}'} |\n" for site in SITES
    )
    return f"\n## The sites\n\n{SITES_TEXT}\n| name | url | delay |\n|---|---|---|\n{rows}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
