"""CSL 1.0.2: styles, items and citations in, formatted text out; pure, and usable on its own."""

from __future__ import annotations

from citekit.csl.citation import Citation, CiteItem
from citekit.csl.compiled.program import Program
from citekit.csl.document import Document
from citekit.csl.output.explain import Origin
from citekit.csl.output.render import register_format, renderer
from citekit.csl.output.render.base import OutputFormat
from citekit.csl.output.runs import Run
from citekit.csl.output.spacing import Spacing
from citekit.csl.process import Result, compile_style, explain, process, process_formats
from citekit.csl.references import References
from citekit.csl.selection import FieldTest, Selectors
from citekit.csl.style.find import StyleSource, find_style
from citekit.csl.style.installed import styles_folder
from citekit.csl.style.kept import parse_style
from citekit.csl.style.search import search_styles
from citekit.csl.values.abbreviations import Abbreviations
from citekit.csl.values.notice import Notice

__all__ = [
    "Abbreviations",
    "Citation",
    "CiteItem",
    "Document",
    "FieldTest",
    "Notice",
    "Origin",
    "OutputFormat",
    "Program",
    "References",
    "Result",
    "Run",
    "Selectors",
    "Spacing",
    "StyleSource",
    "compile_style",
    "explain",
    "find_style",
    "parse_style",
    "process",
    "process_formats",
    "register_format",
    "renderer",
    "search_styles",
    "styles_folder",
]
