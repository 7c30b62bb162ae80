"""The time, where a caller gives none."""

from __future__ import annotations

from citekit.store.clock import now

__all__ = ["now"]
