"""Data views: the index, its time field, and the labels of its fields. Fields of no use to people are hidden."""

from __future__ import annotations

from typing import Any

from indexer.fields import FIELDS
from operate.kibana import run_documents
from operate.kibana.dashboards import PAPERS, RUNS, view_id

Json = dict[str, Any]
# Fields of the papers' index that Elasticsearch has beside those of the table.
_ALSO = {
    "title": ("Title", "The exact words, in any language."),
    "abstract": ("Abstract", "The exact words, in any language."),
    "title.keyword": ("Title, whole", ""),
    "authors.keyword": ("Author", "A whole name as the paper has it."),
    "indexed_at": ("Indexed", "When this document was written."),
}
_HIDDEN = ("paper",)


def definitions(prefix: str) -> list[Json]:
    """The bodies that make the data views."""
    labelled = {field.name: (field.label, field.about) for field in FIELDS if not field.internal} | _ALSO
    hidden = [field.name for field in FIELDS if field.internal] + list(_HIDDEN)
    return [
        _view(view_id(prefix, PAPERS), prefix, "Paperglot: papers", labelled, hidden),
        _view(
            view_id(prefix, RUNS),
            f"{prefix}-runs",
            "Paperglot: runs",
            {name: (label, "") for name, (_, label) in run_documents.FIELDS.items()},
            [],
        ),
    ]


def _view(id: str, index: str, name: str, labelled: dict[str, tuple[str, str]], hidden: list[str]) -> Json:
    return {
        "override": True,
        "data_view": {
            "id": id,
            "title": index,
            "name": name,
            "timeFieldName": "@timestamp",
            "allowNoIndex": True,
            "sourceFilters": [{"value": name} for name in hidden],
            "fieldAttrs": {name: _attributes(label, about) for name, (label, about) in labelled.items()},
        },
    }


def _attributes(label: str, about: str) -> Json:
    return {"customLabel": label} | ({"customDescription": about} if about else {})
