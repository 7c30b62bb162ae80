"""What a style says: one frozen value per CSL element (CSL 1.0.2), nothing evaluated yet.

``parse`` makes these values, ``compiled`` turns them into functions. Attribute values are kept as
the strings of the specification; ``None`` means "not said here, inherit".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from citekit.errors import Place
from citekit.model.value import Value


class Definition(Value):
    """What one element says; two of them are never equal by what they say, only the same one."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Font(Value):
    """The five formatting attributes; ``None`` leaves what surrounds the text."""

    style: str | None = None
    variant: str | None = None
    weight: str | None = None
    decoration: str | None = None
    align: str | None = None


class Look(Definition):
    """How a piece of output looks, and where in the style that was said."""

    prefix: str = ""
    suffix: str = ""
    delimiter: str = ""
    font: Font | None = None
    quotes: bool = False
    unquoted: bool = False  # quotes="false" was said: what is quoted inside has the outer marks
    display: str | None = None
    text_case: str | None = None
    strip_periods: bool = False
    link: str | None = None
    variable: str | None = None
    macro: str | None = None
    line: int = 0
    affixes_inside: bool = False  # cs:layout formats its affixes, every other element does not

    @property
    def is_bare(self) -> bool:
        """Whether it adds nothing to what it surrounds."""
        return not (
            self.prefix
            or self.suffix
            or self.delimiter
            or self.font
            or self.quotes
            or self.unquoted
            or self.display
            or self.text_case
            or self.strip_periods
        )


PLAIN = Look()


class Text(Definition):
    """``cs:text``."""

    look: Look
    kind: Literal["variable", "macro", "term", "value"]
    what: str
    form: str
    plural: bool


class Number(Definition):
    """``cs:number``."""

    look: Look
    variable: str
    form: str


class Label(Definition):
    """``cs:label``, by itself (with a variable) or inside ``cs:names``."""

    look: Look
    variable: str
    form: str
    plural: str


class DatePart(Definition):
    """``cs:date-part``; a localized date may override the look of its parts."""

    look: Look
    name: str
    form: str | None
    range_delimiter: str | None
    said: tuple[str, ...] = ()  # attributes present in the XML, for overriding


class Date(Definition):
    """``cs:date`` of a style or of a locale."""

    look: Look
    variable: str
    form: str | None
    date_parts: str
    parts: tuple[DatePart, ...]


class NamePart(Definition):
    """``cs:name-part``."""

    look: Look
    name: str


class Name(Definition):
    """``cs:name``: its own look and parts; all other attributes are in ``options``."""

    look: Look
    options: dict[str, str]
    parts: tuple[NamePart, ...]


class EtAl(Definition):
    """``cs:et-al``."""

    look: Look
    term: str


class Names(Definition):
    """``cs:names``; ``None`` children are taken from the enclosing ``cs:names`` of a substitute."""

    look: Look
    variables: tuple[str, ...]
    delimiter: str | None
    name: Name | None
    et_al: EtAl | None
    label: Label | None
    label_first: bool
    substitute: tuple[Element, ...]
    substitutes: bool = False  # stands in the cs:substitute of another


class Group(Definition):
    """``cs:group``."""

    look: Look
    children: tuple[Element, ...]


class Branch(Definition):
    """``cs:if``, ``cs:else-if`` or ``cs:else`` (which has no tests)."""

    match: str
    tests: tuple[tuple[str, str], ...]  # (condition, one value of its list)
    children: tuple[Element, ...]
    line: int


class Choose(Definition):
    """``cs:choose``."""

    branches: tuple[Branch, ...]
    line: int


Element = Text | Number | Label | Date | Names | Group | Choose


class SortKey(Definition):
    """``cs:key``."""

    variable: str | None
    macro: str | None
    descending: bool
    options: dict[str, str]
    line: int


class Area(Definition):
    """``cs:citation`` or ``cs:bibliography``: options, sort keys and the layout."""

    kind: Literal["citation", "bibliography"]
    options: dict[str, str]
    sort: tuple[SortKey, ...]
    look: Look
    children: tuple[Element, ...]
    texts: frozenset[str]
    """The variables that it, or a macro it reaches, renders by ``cs:text``."""


class Macro(Definition):
    """``cs:macro``."""

    name: str
    children: tuple[Element, ...]
    line: int


class Term(Definition):
    """One form of a term; ``multiple`` is the plural, equal to ``single`` where there is none."""

    single: str
    multiple: str
    gender: str | None = None
    match: str | None = None


class StyleRemark(Value):
    """Something in a style or locale that is not in CSL 1.0.2, which is read without it."""

    path: str
    line: int
    message: str

    @property
    def place(self) -> Place:
        """File and line."""
        return Place(path=self.path, line=self.line)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class LocaleData(Definition):
    """``cs:locale`` of one file: only what that file says."""

    lang: str | None
    terms: dict[tuple[str, str, str], Term]  # (name, form, gender-form) -> term
    dates: dict[str, Date]
    options: dict[str, str]
    remarks: tuple[StyleRemark, ...] = ()


class Style(Definition):
    """A whole independent style."""

    path: str
    title: str
    style_class: str
    default_locale: str | None
    options: dict[str, str]
    macros: Mapping[str, Macro]
    citation: Area
    bibliography: Area | None
    locales: tuple[LocaleData, ...] = ()
    names: frozenset[str]
    """All that it prints as text or number, labels, tests for or sorts by."""
    remarks: tuple[StyleRemark, ...] = ()

    def __repr__(self) -> str:
        return f"<Style {self.title or self.path}>"
