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
from typing import Any, assert_never

import orjson

from indexer.analysis import EXACT, STEMMED, VALUE_GAP, fold_table
from indexer.analysis import stamp as analysis_stamp
from indexer.documents import BY_LANGUAGE
from indexer.fields import FIELDS, Field, Kind

# Increased by hand whenever something else is put into the fields; what the fields are is part of the stamp by itself.
CONTENT = 4
# The tokens of `indexer.analysis.PATTERN`, as Java's regular expressions say it.
_PATTERN = r"\p{IsHan}|[\p{IsAlphabetic}\p{N}\p{M}&&[^\p{IsHan}]]+"
# For terms of a query, which are analysed already; a HOLE between them stands for any term.
FINISHED = "finished"
HOLE = "_"
# What people type, in Kibana say: see `_analysis`.
_TYPED = {EXACT: "exact_typed", STEMMED: "stemmed_typed"}
# A Han character beside another one or a letter.
_JOINTS = r"(?<=\p{IsHan})(?=[\p{IsAlphabetic}\p{N}])|(?<=[\p{IsAlphabetic}\p{N}\p{M}])(?=\p{IsHan})"
# Lucene takes no longer keyword; in UTF-8 a character has up to four bytes. A value that we search is refused instead.
_LONGEST_KEYWORD = 8000
# So long may what people count be: a name, a title.
_LONGEST_COUNTED = 500
STORED = "paper"
# Above those of templates that are meant for everything.
PRIORITY = 500
# The stamp of the version before, whose indices are searched until they are made anew.
FORMER_STAMP = "elasticsearch-3-bba7d26c-75951214c418"
INDEXED_AT = "indexed_at"


@cache
def stems() -> dict[str, str]:
    """Word → stem, where Elasticsearch's stemmer would say another."""
    lines = (files(__package__) / "stems.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def _analysis() -> dict[str, Any]:
    """Our analyses, and the same for what people type without quotes: 注意力 is looked up as a phrase, as a search of
    ours would, and not as any of its characters. A filter that splits words at hyphens does it, which are put between
    the characters: of the parts of one word a `match` makes a phrase.
    """
    folded = [f"{chr(code)} => {to}" for code, to in sorted(fold_table().items()) if to not in (" ", chr(code))]
    plain = ["asciifolding", "lowercase"]
    after = {EXACT: plain, STEMMED: [*plain, "stems", "english"]}
    return {
        "char_filter": {
            "fold": {"type": "mapping", "mappings": folded},
            "joints": {"type": "pattern_replace", "pattern": _JOINTS, "replacement": "-"},
        },
        "tokenizer": {"runs": {"type": "pattern", "pattern": _PATTERN, "group": 0}},
        "filter": {
            "stems": {"type": "stemmer_override", "rules": [f"{word} => {stem}" for word, stem in stems().items()]},
            "english": {"type": "stemmer", "language": "porter2"},
            "holes": {"type": "stop", "stopwords": [HOLE]},
            "parts": {
                "type": "word_delimiter_graph",
                "preserve_original": True,
                "split_on_case_change": False,
                "split_on_numerics": False,
                "stem_english_possessive": False,
            },
        },
        "analyzer": {
            FINISHED: {"tokenizer": "whitespace", "filter": ["holes"]},
            **{name: {"char_filter": ["fold"], "tokenizer": "runs", "filter": after[name]} for name in after},
            **{
                _TYPED[name]: {
                    "char_filter": ["fold", "joints"],
                    "tokenizer": "whitespace",
                    "filter": ["parts", *after[name]],
                }
                for name in after
            },
        },
    }


@cache
def properties() -> dict[str, Any]:
    """Field → how Elasticsearch indexes it."""
    made = {field.name: _property(field) for field in FIELDS}
    for name in BY_LANGUAGE:
        # Unstemmed, of all languages: where prefixes are looked up, and what people type into Kibana.
        made[name] = {**_text(EXACT), "norms": False}
    for name in ("title", "authors"):
        made[name]["fields"] = {"keyword": {"type": "keyword", "ignore_above": _LONGEST_COUNTED}}
    made[INDEXED_AT] = {"type": "date"}
    made[STORED] = {"type": "object", "enabled": False}
    return made


def _text(analysis: str) -> dict[str, Any]:
    typed = _TYPED[analysis]
    return {"type": "text", "analyzer": analysis, "search_analyzer": typed, "position_increment_gap": VALUE_GAP}


def _property(field: Field) -> dict[str, Any]:
    match field.kind:
        case Kind.TEXT:
            by_language = field.asked_as in BY_LANGUAGE
            return {**_text(STEMMED), "copy_to": field.asked_as} if by_language else _text(EXACT)
        case Kind.KEYWORD:
            return {"type": "keyword"} if field.searched else {"type": "keyword", "ignore_above": _LONGEST_KEYWORD}
        case Kind.NUMBER | Kind.SORT_KEY:
            return {"type": "long"}
        case Kind.DAY:
            return {"type": "date", "format": "strict_date"}
        case Kind.MOMENT:
            return {"type": "date", "format": "strict_date_optional_time"}
        case other:
            assert_never(other)


def template(family: str, *, shards: int, replicas: int) -> dict[str, Any]:
    """The composable template of the indices `<family>-*`."""
    return {
        "index_patterns": [f"{family}-*"],
        "priority": PRIORITY,
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
                "_source": {"excludes": ["author_lookup"]},
                "properties": properties(),
            },
        },
    }


def is_searchable(other: str) -> bool:
    """Whether this program can search an index of this stamp."""
    return other in (stamp(), FORMER_STAMP)


@cache
def stamp() -> str:
    """Which rules an index of this program is made by."""
    rules = orjson.dumps([properties(), {**_analysis(), "char_filter": None}], option=orjson.OPT_SORT_KEYS)
    return f"elasticsearch-{CONTENT}-{hashlib.sha256(rules).hexdigest()[:8]}-{analysis_stamp()}"
