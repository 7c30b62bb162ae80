"""What citekit itself knows of an item, in the plain CSL-JSON objects that formats work on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def facts_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """``custom.citekit`` of an item, as it stands; empty where there is none."""
    custom = item.get("custom")
    facts = custom.get("citekit") if isinstance(custom, Mapping) else None
    return facts if isinstance(facts, Mapping) else {}
