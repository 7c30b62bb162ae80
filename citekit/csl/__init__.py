"""CSL 1.0.2: styles, items and citations in, formatted text out; pure, and usable on its own."""

from __future__ import annotations

from citekit.csl.document import Citation, Document
from citekit.csl.explain import Origin, explain
from citekit.csl.parse import parse_style
from citekit.csl.process import Result, process, process_formats

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
