"""``FIELD=VALUE`` as people type it, into CSL variables.

Names as in BibTeX: ``author="Lund, Henrik and {Harbour Office}"`` (``typed_names``). Dates: EDTF.
An empty value removes the field.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.app.changing.typed_names import read_typed_names
from citekit.app.intake.describe import declared_evidence
from citekit.errors import InvalidData, UsageError
from citekit.model.date import Date, DateError
from citekit.model.nearest import did_you_mean
from citekit.model.value import replace
from citekit.model.variables import (
    DATE_VARIABLES,
    ITEM_TYPES,
    NAME_VARIABLES,
    variable_meant,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.model.item import Item

_REFUSED = {
    "id": "citekit rename KEY NEW",
    "custom": "--access, or edit item.json",
    "access": "--access public or --access restricted",
}


def read_fields(assignments: Iterable[str]) -> dict[str, Any]:
    """CSL variables from ``FIELD=VALUE`` words; None for a field to remove.

    Raises UsageError for what is no assignment, InvalidData for what is no date.
    """
    fields: dict[str, Any] = {}
    for assignment in assignments:
        variable, text = split_assignment(assignment)
        fields[variable] = read_value(variable, text) if text else None
    return fields


def split_assignment(assignment: str) -> tuple[str, str]:
    """The CSL variable and the text of ``FIELD=VALUE``; raises UsageError where there is none."""
    name, equals, value = assignment.partition("=")
    name = variable_meant(name.strip())
    if not equals or not re.fullmatch(r"[A-Za-z][\w-]*", name):
        raise UsageError(f"is not FIELD=VALUE: {assignment!r}", hint="for example title='…'")
    if name in _REFUSED:
        raise UsageError(f"{name} is not set this way", hint=_REFUSED[name])
    return name, value.strip()


def read_value(variable: str, text: str) -> Any:  # noqa: ANN401  # a JSON value
    """The CSL value of one variable's text; raises InvalidData."""
    if variable in NAME_VARIABLES:
        return read_typed_names(variable, text)
    if variable == "type" and text not in ITEM_TYPES:
        raise InvalidData(f"is no CSL type: {text!r}", hint=_near(text))
    if variable in DATE_VARIABLES:
        try:
            return Date.from_edtf(text).to_json()
        except DateError as error:
            raise InvalidData(f'"{variable}" {error}', hint=error.hint) from error
    return text


def _near(type_: str) -> str:
    return did_you_mean(type_, ITEM_TYPES) or "for example article-newspaper"


def with_fields(item: Item, fields: Mapping[str, Any]) -> Item:
    """The item with these variables (None removes one); what was read stays as evidence."""
    changed = item.with_variables(fields)
    evidence = dict(changed.facts.evidence)
    for name, value in fields.items():
        others = tuple({**e, "chosen": False} for e in evidence.get(name, ()))
        evidence[name] = others if value is None else (declared_evidence(value), *others)
    kept = {name: candidates for name, candidates in evidence.items() if candidates}
    if kept == changed.facts.evidence:
        return changed
    return changed.with_facts(replace(changed.facts, evidence=kept))
