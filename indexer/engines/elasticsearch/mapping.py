"""The index template: our analysis, built from Elasticsearch's own parts, and every field.

It needs no plugins and gives the same tokens as `indexer.analysis`. Where the English stemmers of the two libraries
differ, `stems.tsv` gives the stem that ours makes of a word. It was made by running 650,000 words and their
derivations through both: since Lucene copied its rules, Snowball has changed -ogist, and words that begin with emerg-,
inter-, later-, organ-, past- and univers-.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from string import ascii_letters
from typing import Any, assert_never

import orjson

from indexer.analysis import EXACT, FINISHED, PLUS, SHARP, SIGNS, STEMMED, VALUE_GAP, fold_table
from indexer.analysis import stamp as analysis_stamp
from indexer.documents import BY_LANGUAGE
from indexer.fields import FIELDS, Field, Kind

# Increase by hand when other values are put into the fields. A change of the fields alone changes the stamp by itself.
CONTENT = 6
# The tokens of `indexer.analysis.PATTERN`, as Java's regular expressions say it.
_PATTERN = rf"\p{{IsHan}}|{SIGNS}|[\p{{IsAlphabetic}}\p{{N}}\p{{M}}&&[^\p{{IsHan}}]]+"
# The analyzer FINISHED is for terms that are analysed already, of a query, too: there a HOLE stands for any term.
HOLE = "_"
# The analyzers for what people type, for example in Kibana: see `_analysis`.
_TYPED = {EXACT: "exact_typed", STEMMED: "stemmed_typed"}
# The place between a Han character and another one, or between one and a letter.
_JOINTS = r"(?<=\p{IsHan})(?=[\p{IsAlphabetic}\p{N}])|(?<=[\p{IsAlphabetic}\p{N}\p{M}])(?=\p{IsHan})"
# A longer keyword is not indexed: Lucene limits its bytes, and in UTF-8 a character has up to four. In a field that we
# search, Elasticsearch refuses a value that is too long.
_LONGEST_KEYWORD = 8000
# The longest value that people can count: a name, a title.
_LONGEST_COUNTED = 500
STORED = "paper"
# Searched, and of no use to anyone who looks at a document: about twelve keys an author, repeated texts.
_NOT_SHOWN = ["author_lookup", "title_forms", "abstract_forms", "details", "title_whole", "doi_lookup"]
# Higher than the priority of templates that are meant for all indices.
PRIORITY = 500
# The stamp of the version before. Its indices can be searched until they are rebuilt.
FORMER_STAMP = "elasticsearch-4-ddcda18c-75951214c418"
INDEXED_AT = "indexed_at"


@cache
def stems() -> dict[str, str]:
    """Word → stem, for words of which Elasticsearch's stemmer would make another one."""
    lines = (files(__package__) / "stems.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def _analysis() -> dict[str, Any]:
    """Our analyses, and a variant of each for what people type without quotes.

    The variant looks up 注意力 as a phrase, as our own search does, and not as any one of its characters. For this,
    hyphens are put between the characters, and a filter splits words at hyphens: a `match` makes a phrase of the parts
    of one word.
    """
    folded = [f"{chr(code)} => {to}" for code, to in sorted(fold_table().items()) if to not in (" ", chr(code))]
    folded += [f"{letter}++ => {letter}{PLUS}{PLUS}" for letter in ascii_letters]
    folded += [f"{letter}# => {letter}{SHARP}" for letter in "CFcf"]
    plain_filters = ["asciifolding", "lowercase"]
    filters = {EXACT: plain_filters, STEMMED: [*plain_filters, "stems", "english"]}
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
            **{name: {"char_filter": ["fold"], "tokenizer": "runs", "filter": filters[name]} for name in filters},
            **{
                _TYPED[name]: {
                    "char_filter": ["fold", "joints"],
                    "tokenizer": "whitespace",
                    "filter": ["parts", *filters[name]],
                }
                for name in filters
            },
        },
    }


@cache
def properties() -> dict[str, Any]:
    """Field → how Elasticsearch indexes it."""
    mappings = {field.name: _property(field) for field in FIELDS}
    for name in BY_LANGUAGE:
        # Unstemmed, with the texts of all languages: for prefixes, and for what people type into Kibana.
        mappings[name] = {**_text(EXACT), "norms": False}
    for name in ("title", "authors", "journal_ref", "report_no", "code"):
        mappings[name]["fields"] = {"keyword": {"type": "keyword", "ignore_above": _LONGEST_COUNTED}}
    mappings[INDEXED_AT] = {"type": "date"}
    mappings[STORED] = {"type": "object", "enabled": False}
    return mappings


def _text(analysis: str) -> dict[str, Any]:
    typed = _TYPED[analysis]
    return {"type": "text", "analyzer": analysis, "search_analyzer": typed, "position_increment_gap": VALUE_GAP}


def _property(field: Field) -> dict[str, Any]:
    match field.kind:
        case Kind.TEXT:
            match field.analysis:
                case "stemmed":
                    return {**_text(STEMMED), "copy_to": field.asked_as}
                case "finished":
                    return {"type": "text", "analyzer": FINISHED, "position_increment_gap": VALUE_GAP}
                case _:
                    return _text(EXACT)
        case Kind.KEYWORD:
            return {"type": "keyword"} if field.searched else {"type": "keyword", "ignore_above": _LONGEST_KEYWORD}
        case Kind.NUMBER | Kind.SORT_KEY:
            return {"type": "long"}
        case Kind.DAY:
            return {"type": "date", "format": "strict_date"}
        case Kind.MOMENT:
            return {"type": "date", "format": "strict_date_optional_time"}
        case unreachable:
            assert_never(unreachable)


def template(family: str, *, shards: int, replicas: int) -> dict[str, Any]:
    """The composable template of the indices `<family>-*`."""
    return {
        "index_patterns": [f"{family}-*"],
        "priority": PRIORITY,
        "template": {
            "settings": {
                "number_of_shards": shards,
                # Only as many copies as there are nodes for them, so that a single node does not lack any.
                "auto_expand_replicas": f"0-{replicas}",
                # Only a commit makes documents visible.
                "refresh_interval": "-1",
                # For so long the server remembers the version of a deletion, so that a late write does not undo it.
                "gc_deletes": "10m",
                "analysis": _analysis(),
            },
            "mappings": {
                "dynamic": "strict",
                "_source": {"excludes": _NOT_SHOWN},
                "properties": properties(),
            },
        },
    }


def is_searchable(index_stamp: str) -> bool:
    """Whether this program can search an index of this stamp."""
    return index_stamp in (stamp(), FORMER_STAMP)


@cache
def stamp() -> str:
    """Names the rules by which this program builds an index."""
    rules = orjson.dumps([properties(), {**_analysis(), "char_filter": None}], option=orjson.OPT_SORT_KEYS)
    return f"elasticsearch-{CONTENT}-{hashlib.sha256(rules).hexdigest()[:8]}-{analysis_stamp()}"
