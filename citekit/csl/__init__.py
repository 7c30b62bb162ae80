"""CSL 1.0.2: styles, items and citations in, formatted text out; pure, and usable on its own."""

from __future__ import annotations

from citekit.csl.compiled.program import Program
from citekit.csl.document import Citation, CiteItem, Document
from citekit.csl.output.explain import Origin
from citekit.csl.output.render import renderer
from citekit.csl.process import Result, explain, process, process_formats
from citekit.csl.style.find import StyleSource, find_style
from citekit.csl.style.installed import styles_folder
from citekit.csl.style.kept import parse_style
from citekit.csl.style.search import search_styles

__all__ = [
    "Citation",
    "CiteItem",
    "Document",
    "Origin",
    "Program",
    "Result",
    "StyleSource",
    "explain",
    "find_style",
    "parse_style",
    "process",
    "process_formats",
    "renderer",
    "search_styles",
    "styles_folder",
]
