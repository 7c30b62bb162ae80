"""CSL 1.0.2: styles, items and citations in, formatted text out; pure, and usable on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.document import Citation, Document
from citekit.csl.process import Result, process, process_formats
from citekit.csl.style.parse import parse_style

if TYPE_CHECKING:
    from citekit.csl.output.explain import Origin, explain

__all__ = [
    "Citation",
    "Document",
    "Origin",
    "Result",
    "explain",
    "parse_style",
    "process",
    "process_formats",
]


def __getattr__(name: str) -> object:
    """Find what few calls need when it is asked for."""
    if name in ("Origin", "explain"):
        from importlib import import_module

        return getattr(import_module("citekit.csl.output.explain"), name)
    raise AttributeError(f"module 'citekit.csl' has no attribute {name!r}")
