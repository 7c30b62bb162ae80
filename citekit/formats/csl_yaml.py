"""CSL-YAML: the data of CSL-JSON as YAML, the way pandoc reads and writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData
from citekit.formats.csl_json import check_items, without_facts
from citekit.formats.markdown_text import write_markdown
from citekit.formats.strict_yaml import dump_yaml, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import JsonPath


def write_csl_yaml(items: Iterable[Mapping[str, Any]]) -> str:
    """A document with the items under ``references``, unknown keys kept."""
    return dump_yaml({"references": [_in_markdown(without_facts(item)) for item in items]})


def _in_markdown(item: dict[str, Any]) -> dict[str, Any]:
    """The item with Markdown for the mark-up of its titles: pandoc reads nothing else."""
    return {
        variable: write_markdown(value)
        if "title" in variable.casefold() and isinstance(value, str)
        else value
        for variable, value in item.items()
    }


def read_csl_yaml(text: str) -> ReadResult:
    """The items of a list, or of ``references``; ids are kept.

    An entry that is no item is a finding with its line; the others come in. Raises InvalidData
    where the text is no YAML, is too long or too deep, uses aliases, or has a key twice.
    """
    loaded = load_yaml(text)
    data = loaded.once()
    base: JsonPath = ()
    if isinstance(data, dict) and isinstance(data.get("references"), list):
        data, base = data["references"], ("references",)
    elif isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise InvalidData("holds no list of items", hint="items stand under references:")
    entries = [(entry, (*base, i)) for i, entry in enumerate(data)]
    return check_items(entries, loaded.place, markdown=True)
