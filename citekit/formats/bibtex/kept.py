"""The fields of an entry as somebody typed them, so that they can be written back.

An item keeps, beside its CSL variables, each field that would be written otherwise: fields that CSL
has no variable for, TeX that is no text, dates and names in another spelling. A kept field names
the variables that were read from it and a checksum of their values. As long as they hold, the
field is written back as it was typed; when somebody has changed one, the variables are written
anew. Kept under ``custom.citekit.entry`` (docs/reference/formats.md).
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.bibtex.dates import MONTHS
from citekit.formats.facts import facts_of
from citekit.formats.latex.read import is_one_group
from citekit.formats.latex.unsafe import only_typesets
from citekit.formats.one_line import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from citekit.formats.bibtex.blocks import RawEntry
    from citekit.formats.bibtex.mapping import Crosswalk

_QUOTED: Final = r'\{[^{}]*\}|"[^"{}]*"'
_SUM: Final = rf"(?:{_QUOTED}|[A-Za-z]+|\d+)(?: ?# ?(?:{_QUOTED}|[A-Za-z]+|\d+))*"
_NAME: Final = r"[^\s{}=,\"#%@()\\]{1,80}"
NAMES_OTHERS: Final = ("crossref", "xdata", "xref", "entryset", "related")
"""Fields with the keys of entries that have to be in the same file."""
_NEVER: Final = frozenset({"xdata", "ids"})
"""What ``xdata`` brings is kept in its place; other keys are those that the item has now."""


def typed_fields(
    entry: RawEntry,
    item: Mapping[str, Any],
    of: Mapping[str, Sequence[str]],
    written: Mapping[str, str],
) -> tuple[dict[str, Any], list[str]]:
    """What an item keeps of its entry, and the fields that cannot be kept.

    ``of`` has the variables that were read from each field, ``written`` the fields that the item
    would be written with.
    """
    names = [name for name in entry.fields if name not in _NEVER]
    otherwise = {name for name in names if name in entry.parents or name not in written}
    otherwise |= {n for n in names if fold(written.get(n, "")) != fold(entry.fields[n])}
    kept = _with_all_of_a_variable(otherwise, names, of)
    unsafe = [name for name in names if name in kept and not only_typesets(_typed(entry, name))]
    lost = _with_all_of_a_variable(set(unsafe), [n for n in names if of.get(n)], of)
    fields = {
        name: _kept(entry, name, item, of.get(name, ()))
        for name in names
        if name in kept and name not in lost and name not in unsafe
    }
    return fields, unsafe


def _with_all_of_a_variable(
    chosen: set[str], names: Sequence[str], of: Mapping[str, Sequence[str]]
) -> set[str]:
    """The chosen fields, and all that share a variable with one of them."""
    grown = set(chosen)
    while True:
        variables = {variable for name in grown for variable in of.get(name, ())}
        more = {name for name in names if variables & set(of.get(name, ()))} - grown
        if not more:
            return grown
        grown |= more


def _kept(entry: RawEntry, name: str, item: Mapping[str, Any], of: Sequence[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {"text": _typed(entry, name)}
    if of:
        kept |= {"of": list(dict.fromkeys(of)), "said": checksum(item, of)}
    if name in entry.parents:
        kept["parent"] = entry.parents[name]
    elif name == "crossref" and entry.parents:
        kept["parent"] = entry.fields[name].strip()
    return kept


def _typed(entry: RawEntry, name: str) -> str:
    """What stands behind ``name =``: in braces, or put together from months as it was typed."""
    raw, value = fold(entry.raw[name]), entry.fields[name]
    return raw if _is_sum_of_months(raw) else f"{{{fold(value)}}}"


def _is_sum_of_months(text: str) -> bool:
    """``jul # {~18}``: months by their macros, which every style has, and what is beside."""
    words = {word.casefold() for word in re.findall(r"[A-Za-z]+", re.sub(_QUOTED, "", text))}
    return bool(words) and words <= set(MONTHS) and bool(re.fullmatch(_SUM, text))


def checksum(item: Mapping[str, Any], variables: Iterable[str]) -> str:
    """Eight hex digits that change when a value of these variables does."""
    values = [item.get(variable) for variable in dict.fromkeys(variables)]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _plain(value: Any) -> Any:  # noqa: ANN401  # JSON
    return dict(value) if hasattr(value, "keys") else list(value)


class KeptEntry:
    """What is kept of an item's entry, and still says what the item says.

    ``fields`` are to be written as they stand, ``variables`` are in them, ``type`` is the entry
    type (empty: not kept), ``parent`` the entry beside it that the others are inherited from.
    """

    def __init__(self) -> None:
        self.type = ""
        self.fields: dict[str, str] = {}
        self.variables: frozenset[str] = frozenset()
        self.parent = ""


def kept_entry(item: Mapping[str, Any], walk: Crosswalk, beside: Collection[str] = ()) -> KeptEntry:
    """What is kept of an item's entry; ``beside`` are the keys of the items written with it."""
    kept = KeptEntry()
    entry = facts_of(item).get("entry")
    if not isinstance(entry, Mapping) or not isinstance(entry.get("type"), str):
        return kept
    fields = {name: one for name, one in _mappings(entry.get("fields")).items()
              if _holds(item, one) and (not one.get("of") or walk.has_field(name))}  # fmt: skip
    gone = {variable for name, one in _mappings(entry.get("fields")).items() if name not in fields
            for variable in one.get("of", ())}  # fmt: skip
    fields = {name: one for name, one in fields.items() if not gone & set(one.get("of", ()))}
    parent = fields.get("crossref", {}).get("parent")
    if parent in beside:
        kept.parent = str(parent)
    elif parent is not None:
        del fields["crossref"]  # what it brings is written out
    kept.fields = {name: str(one["text"]) for name, one in fields.items()
                   if name == "crossref" or one.get("parent") != (kept.parent or "")
                   or not walk.inherits(name)}  # fmt: skip
    said = {variable for one in fields.values() for variable in one.get("of", ())}
    if _holds(item, {**entry, "text": "{}"}) and walk.has_type(str(entry["type"])):
        kept.type = str(entry["type"])
        said |= set(entry.get("of", ()))
    kept.variables = frozenset(said)
    return kept


def named_entries(item: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The keys of other entries in what is kept of an item's entry, by the field that has them."""
    entry = facts_of(item).get("entry")
    fields = _mappings(entry.get("fields")) if isinstance(entry, Mapping) else {}
    return {
        name: tuple(re.findall(r"[^\s,{}]+", str(fields[name].get("text", ""))))
        for name in NAMES_OTHERS
        if name in fields
    }


def _mappings(fields: object) -> dict[str, Mapping[str, Any]]:
    """The fields that have the form of kept ones; items are other people's data."""
    if not isinstance(fields, Mapping):
        return {}
    return {name: one for name, one in fields.items()
            if isinstance(one, Mapping) and re.fullmatch(_NAME, name)}  # fmt: skip


def _holds(item: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Whether what is kept may be written: it says what the item says, and only typesets."""
    of = kept.get("of", ())
    is_said = not of or checksum(item, of) == kept.get("said")
    text = str(kept.get("text", "{}"))
    is_value = is_one_group(text) or _is_sum_of_months(text)
    return is_said and is_value and only_typesets(text)
