"""CSL-JSON: what citekit keeps items in, read and written as it is.

Source: CSL-JSON schema, csl-data.json (CSL 1.0.2).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def write_csl_json(items: Iterable[Mapping[str, Any]], *, facts: bool = False) -> str:
    """A JSON array of the items, unknown keys kept; ``custom.citekit`` only with ``facts``."""
    shown = [dict(item) if facts else without_facts(item) for item in items]
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def without_facts(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item without citekit's own facts; an archived copy becomes ``archive_location``."""
    shown = dict(item)
    custom = shown.pop("custom", None)
    if not isinstance(custom, dict):
        return shown if custom is None else {**shown, "custom": custom}
    others = {key: value for key, value in custom.items() if key != "citekit"}
    return {**shown, "custom": others} if others else shown
