"""Evidence for what stands in an element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.pages.tree import selector_of
from citekit.extract.shared.evidence import Evidence, Json

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def any_of(tags: str, condition: str) -> str:
    """An XPath for elements of some tags."""
    return f"//*[{' or '.join('self::' + tag for tag in tags.split())}][{condition}]"


def seen(field: str, value: Json, rule: str, element: HtmlElement, sure: float) -> Evidence:
    """Evidence of a field for what an element shows."""
    return Evidence(
        field=field,
        value=value,
        origin="visible",
        rule=rule,
        place={"selector": selector_of(element)},
        confidence=round(sure, 2),
    )
