"""What an entry of a bibliography says, and where the item that it is says otherwise.

What came in from a file is known by a checksum for each variable, ``custom.citekit.imported``: a
variable that still has it was not edited here since, and only such a one is written over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.model.address import compared_address
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.model.item import Item

NAMES: Final = ("id", "citation-key")
"""What an entry is called, which is not what it says."""
_SIGNS: Final = 16
"""Hexadecimal digits of a checksum: it tells an edit, not a forgery."""


def said(data: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry or item says, its names and citekit's own facts aside."""
    variables = {name: value for name, value in data.items() if name not in NAMES}
    custom = variables.pop("custom", None)
    if isinstance(custom, Mapping):
        others = {name: value for name, value in custom.items() if name != "citekit"}
        return {**variables, "custom": others} if others else variables
    return variables


def text_of(data: Mapping[str, Any]) -> str:
    """A checksum of all that an entry or item says."""
    return checksum(said(data))


def differing(item: Item, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The variables of an entry that the item lacks, or has otherwise.

    What the file does not say is no difference: another program may know less of the work.
    """
    ours = said(item.data)
    return tuple(
        name
        for name, value in said(data).items()
        if name not in ours or _compared(name, ours[name]) != _compared(name, value)
    )


def free_to_take(item: Item, variables: Iterable[str]) -> tuple[str, ...]:
    """Those of the variables that nobody edited here since they last came from a file.

    Edited is what has another value than the one that came in, what was removed since, what has
    evidence (it was read in the page, or typed), and what the item has from elsewhere.
    """
    ours, came = said(item.data), item.facts.imported
    return tuple(
        name
        for name in variables
        if name not in item.facts.evidence
        and (checksum(ours[name]) if name in ours else None) == came.get(name)
    )


def taken_over(item: Item, data: Mapping[str, Any], variables: Iterable[str]) -> Item:
    """The item with these variables as the file has them, noted as imported."""
    news = {name: value for name, value in said(data).items() if name in variables}
    changed = item.with_variables(news)
    facts = replace(item.facts, imported={**item.facts.imported, **checksums(news)})
    return changed.with_facts(facts)


def checksums(variables: Mapping[str, Any]) -> dict[str, str]:
    """The checksum of each value."""
    return {name: checksum(value) for name, value in variables.items()}


def _compared(name: str, value: Any) -> str:  # noqa: ANN401  # a JSON value
    """What two values have in common where they say the same: one DOI, one address, equal JSON."""
    if isinstance(value, str) and name == "DOI":
        return value.strip().casefold()
    address = compared_address(value) if isinstance(value, str) and name == "URL" else ""
    return address or checksum(value)


def checksum(value: Any) -> str:  # noqa: ANN401  # a JSON value
    """The same for values that say the same, and another for others."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_SIGNS]
