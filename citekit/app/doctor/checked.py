"""One thing that ``doctor`` tried, and how that went."""

from __future__ import annotations

from typing import Any

from citekit.model.value import Value


class CheckedThing(Value):
    """One thing that was tried. ``required``: citekit cannot do its work without it."""

    name: str
    ok: bool
    detail: str
    hint: str = ""
    required: bool = False

    def to_json(self) -> dict[str, Any]:
        """name, ok, required, detail, hint."""
        return {
            "name": self.name,
            "ok": self.ok,
            "required": self.required,
            "detail": self.detail,
            "hint": self.hint,
        }
