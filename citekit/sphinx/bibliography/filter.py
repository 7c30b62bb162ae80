"""The filters of sphinxcontrib-bibtex: ``:filter: author % "Knuth" and docname in docnames``.

Python's syntax, of which comparisons, ``and``, ``or``, ``not``, ``in``, sets of texts and ``%`` (a
regular expression, found anywhere, whatever the case) count. Nothing is called.
Source: sphinxcontrib-bibtex 2.7, "Filtering".
"""

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING, Any, Final

from citekit.extract.shared.names import display_name
from citekit.model.item import Item
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_LONGEST: Final = 2_000
_COMPARED: Final[Mapping[type, Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_JOINED: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Mod: lambda left, right: re.search(right, left, re.IGNORECASE) is not None,
}
# What BibTeX calls the variables of an item.
_VARIABLES: Final = {
    "journal": "container-title",
    "booktitle": "container-title",
    "address": "publisher-place",
    "pages": "page",
    "number": "issue",
    "note": "note",
    "doi": "DOI",
    "url": "URL",
    "isbn": "ISBN",
}
_TYPES: Final = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "thesis": "phdthesis",
    "report": "techreport",
}


class FilterError(ValueError):
    """A filter that cannot be understood."""


class Subject(Value):
    """An entry that a filter is asked about, the page with the list, the pages that cite it."""

    item: Item
    docname: str
    cited: frozenset[str]


def check_filter(text: str) -> None:
    """Raise FilterError for what is no filter."""
    _parsed(text)


def accepts(text: str, subject: Subject) -> bool:
    """Whether a filter takes an entry; raises FilterError."""
    try:
        return bool(_value(_parsed(text), subject))
    except (TypeError, re.error, RecursionError) as error:
        raise FilterError(str(error)) from error


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip()[:_LONGEST], mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FilterError(f"is no filter: {text}") from error


def _value(node: ast.expr, subject: Subject) -> Any:  # noqa: ANN401  # truth, text or set
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(value, subject) for value in values)
        case ast.BoolOp(values=values):
            return any(_value(value, subject) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, subject)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _JOINED:
            return _JOINED[type(op)](_value(left, subject), _value(right, subject))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            return _COMPARED[type(op)](_value(left, subject), _value(right, subject))
        case ast.Constant(value=str() | bool() as value):
            return value
        case ast.Set(elts=elements) | ast.Tuple(elts=elements) | ast.List(elts=elements):
            return frozenset(_value(element, subject) for element in elements)
        case ast.Name(id=name):
            return _named(name, subject)
        case _:
            raise FilterError(f"a filter has no {type(node).__name__}")


def _named(name: str, subject: Subject) -> Any:  # noqa: ANN401  # as above
    item = subject.item
    match name:
        case "cited":
            return bool(subject.cited)
        case "docname":
            return subject.docname
        case "docnames":
            return subject.cited
        case "key":
            return item.key.lower()
        case "type":
            return _TYPES.get(item.type, item.type)
        case "author" | "editor":
            return " and ".join(map(display_name, item.data.get(name) or ()))
        case "year":
            date = item.date()
            return str(date.parts[0][0]) if date and date.parts else ""
        case _:
            value = item.data.get(_VARIABLES.get(name, name), "")
            return value if isinstance(value, str) else str(value)
