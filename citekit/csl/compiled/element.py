"""What compiled elements are, and the setting in which those of one area are compiled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from citekit.csl.output.tree import map_text
from citekit.csl.values.numbers import page_range
from citekit.csl.values.textcase import apply_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from citekit.csl.compiled.state import State
    from citekit.csl.output.tree import Node
    from citekit.csl.style.ir import Area, Look, Style
    from citekit.csl.style.ir import Element as Source
    from citekit.csl.style.locale import Locale

Out: TypeAlias = "list[Node | str]"
Element: TypeAlias = "Callable[[State, Out], None]"
"""A compiled element: it appends its output."""
Compile: TypeAlias = "Callable[[Source], Element]"
"""How an element compiles those inside it."""

_FULL_STOP = re.compile(r"\.(?![a-z])")


class Setting:
    """What the elements of one area share: style, locale, options, and ways to write a text.

    ``sorting`` holds the name options of a sort key, and is None where no key is made.
    """

    def __init__(
        self,
        style: Style,
        locale: Locale,
        area: Area,
        *,
        sorting: Mapping[str, str] | None = None,
        links: bool = True,
    ) -> None:
        self.style = style
        self.locale = locale
        self.area = area
        self.sorting = sorting
        self.links = links
        self.has_year_suffix = "year-suffix" in area.texts
        self.capitalizes = not (style.style_class == "in-text" and area.kind == "citation")
        self.page_delimiter = locale.text("page-range-delimiter") or "–"
        self._ampersand = locale.text("and", "symbol") or "&"
        self._page_format = style.options.get("page-range-format")

    def option(self, name: str) -> str | None:
        """A name option of the area, or of the style."""
        value = self.area.options.get(name)
        return value if value is not None else self.style.options.get(name)

    def styled(self, children: Sequence[Node | str], look: Look, lang: str) -> Sequence[Node | str]:
        """Text-case and strip-periods, on whatever was rendered."""
        if look.text_case:
            children = apply_case(children, look.text_case, lang or self.locale.lang.lower())
        return stripped(children) if look.strip_periods else children

    def term(self, text: str, look: Look) -> tuple[Sequence[Node | str], Sequence[Node | str]]:
        """A term or label as ``own_words`` gives it; strip-periods takes all its full stops."""
        return self.own_words([text.replace(".", "") if look.strip_periods else text], look)

    def own_words(
        self, children: Sequence[Node | str], look: Look
    ) -> tuple[Sequence[Node | str], Sequence[Node | str]]:
        """Words of the style or locale in their letter case, and beside items that keep theirs.

        Title case is for English titles, but a style raises its own words in any language. Beside
        the titles of laws and cases its words keep their case too: so the reference processor.
        """
        styled = self.styled(children, look, "en" if look.text_case == "title" else "")
        if look.text_case != "title":
            return styled, styled
        return styled, stripped(children) if look.strip_periods else children

    def pages(self, text: str) -> str:
        """The pages of an item, their ranges as the style writes them."""
        return page_range(text, self._page_format, self.page_delimiter, self._ampersand)

    def locator(self, text: str, label: str) -> str:
        """A locator with this label; only ranges of pages are shortened."""
        style = self._page_format if label == "page" else None
        return page_range(text, style, self.page_delimiter, self._ampersand, keeps_dashes=True)


def nothing(_state: State, _out: Out) -> None:
    """The compiled element of whatever never renders anything."""


def stripped(
    children: Sequence[Node | str], copies: dict[int, Node] | None = None
) -> Sequence[Node | str]:
    """Without full stops; those inside a word (``example.org``) are none. See ``map_text``."""
    return [
        _without_periods(c) if isinstance(c, str) else map_text(c, _without_periods, copies)
        for c in children
    ]


def _without_periods(text: str) -> str:
    return _FULL_STOP.sub("", text)
