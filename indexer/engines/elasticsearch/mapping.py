"""The index template: our analysis in Elasticsearch's own parts, and every field.

Nothing but stock modules. The same tokens as `indexer.analysis` gives; where the two libraries' English stemmers
differ, `stems.tsv` says what ours makes of a word. It was made by running 650,000 words and their derivations
through both: since Lucene took its rules over, Snowball has changed -ogist, and words that begin with emerg-,
inter-, later-, organ-, past- and univers-.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from indexer.analysis import EXACT, STEMMED, VALUE_GAP, fold_table
from indexer.analysis import stamp as analysis_stamp
from indexer.documents import BY_LANGUAGE, KEYWORDS, text_fields

# Increased by hand whenever something else is put into the fields; what the fields are is part of the stamp by itself.
CONTENT = 3
# The tokens of `indexer.analysis.PATTERN`, as Java's regular expressions say it.
_PATTERN = r"\p{IsHan}|[\p{IsAlphabetic}\p{N}\p{M}&&[^\p{IsHan}]]+"
# For terms of a query, which are analysed already; a HOLE between them stands for any term.
FINISHED = "finished"
HOLE = "_"
NUMBERS = ("year", "month", "version", "upvotes")
DAYS = ("date", "featured")
MOMENTS = ("submitted", "updated")
SORT_KEYS = ("newest_key", "upvotes_key")
# Shown and stored, never searched by us: as keywords, so that someone in Kibana can count them.
SHOWN = ("doi", "journal_ref", "report_no", "code", "code_from", "project", "organisation")
# Lucene takes no longer keyword; in UTF-8 a character has up to four bytes.
_LONGEST_KEYWORD = 8000
STORED = "paper"


@cache
def stems() -> dict[str, str]:
    """Word → stem, where Elasticsearch's stemmer would say another."""
    lines = (files(__package__) / "stems.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def _analysis() -> dict[str, Any]:
    folded = [f"{chr(code)} => {to}" for code, to in sorted(fold_table().items()) if to not in (" ", chr(code))]
    return {
        "char_filter": {"fold": {"type": "mapping", "mappings": folded}},
        "tokenizer": {"runs": {"type": "pattern", "pattern": _PATTERN, "group": 0}},
        "filter": {
            "stems": {"type": "stemmer_override", "rules": [f"{word} => {stem}" for word, stem in stems().items()]},
            "english": {"type": "stemmer", "language": "porter2"},
            "holes": {"type": "stop", "stopwords": [HOLE]},
        },
        "analyzer": {
            FINISHED: {"tokenizer": "whitespace", "filter": ["holes"]},
            EXACT: {"char_filter": ["fold"], "tokenizer": "runs", "filter": ["asciifolding", "lowercase"]},
            STEMMED: {
                "char_filter": ["fold"],
                "tokenizer": "runs",
                "filter": ["asciifolding", "lowercase", "stems", "english"],
            },
        },
    }


@cache
def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in BY_LANGUAGE:
        # Unstemmed, of all languages: where prefixes are looked up, and what people type into Kibana.
        fields[name] = {"type": "text", "analyzer": EXACT, "position_increment_gap": VALUE_GAP, "norms": False}
        for field in text_fields(name):
            fields[field] = {
                "type": "text", "analyzer": STEMMED, "position_increment_gap": VALUE_GAP, "copy_to": name,
            }  # fmt: skip
    for name in ("authors", "comments"):
        fields[name] = {"type": "text", "analyzer": EXACT, "position_increment_gap": VALUE_GAP}
    fields |= {name: {"type": "keyword"} for name in KEYWORDS}
    fields |= {name: {"type": "integer"} for name in NUMBERS} | {"upvotes": {"type": "long"}}
    fields |= {name: {"type": "long"} for name in (*SORT_KEYS, "seq", "number")}
    fields |= {name: {"type": "date", "format": "strict_date"} for name in DAYS}
    fields |= {name: {"type": "date", "format": "strict_date_optional_time"} for name in MOMENTS}
    fields |= {name: {"type": "keyword", "ignore_above": _LONGEST_KEYWORD} for name in SHOWN}
    fields[STORED] = {"type": "object", "enabled": False}
    return fields


def template(prefix: str, *, shards: int, replicas: int) -> dict[str, Any]:
    """The composable template of the indices `<prefix>-*`; an index of another `stamp` is not used."""
    return {
        "index_patterns": [f"{prefix}-*"],
        "priority": 500,
        "template": {
            "settings": {
                "number_of_shards": shards,
                # As many copies as there are nodes for, so that one node alone is not short of any.
                "auto_expand_replicas": f"0-{replicas}",
                # A commit makes things visible, nothing else does.
                "refresh_interval": "-1",
                # A delete remembers its version for so long, and a write that arrives late does not undo it.
                "gc_deletes": "10m",
                "analysis": _analysis(),
            },
            "mappings": {
                "dynamic": "strict",
                # Six keys an author, and of no use to anyone who looks at a document.
                "_source": {"excludes": ["author"]},
                "properties": _fields(),
            },
        },
    }


@cache
def stamp() -> str:
    """Which rules an index of this program is made by."""
    rules = orjson.dumps([_fields(), {**_analysis(), "char_filter": None}], option=orjson.OPT_SORT_KEYS)
    return f"elasticsearch-{CONTENT}-{hashlib.sha256(rules).hexdigest()[:8]}-{analysis_stamp()}"
