"""A style in a locale, compiled: the functions of its areas, made when first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from citekit.csl.compiled.compiler import Compiler
from citekit.csl.compiled.element import Setting
from citekit.csl.compiled.numbers import with_labels
from citekit.csl.compiled.sort_keys import SortKey, compile_keys
from citekit.csl.output.tree import Node
from citekit.csl.style.facts import citations_test, shortens_later_names
from citekit.csl.style.ir import PLAIN
from citekit.csl.style.locale import load_locale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from citekit.csl.compiled.element import Element, Out
    from citekit.csl.compiled.state import State
    from citekit.csl.style.find import StyleSource
    from citekit.csl.style.ir import Area, Style
    from citekit.csl.style.locale import Locale


class Program:
    """What can be run: cites, bibliography entries and sort keys of one style and locale.

    ``locale`` is a language tag, None for the style's own language or else US English; a tag that
    nobody has data for becomes one of the ``warnings``, behind those of the style. Without
    ``links`` nothing becomes a link. ``source`` is where the style was found, and says how it wants
    its items. Threads may share a program.
    """

    def __init__(
        self,
        style: Style,
        locale: str | None = None,
        *,
        links: bool = True,
        source: StyleSource | None = None,
    ) -> None:
        self.style = style
        self.source = source
        self.links = links
        self.locale: Locale
        self.locale, warnings = load_locale(style, locale)
        self.warnings = [*map(str, style.remarks), *warnings]

    @property
    def name(self) -> str:
        """The id of a style that was found, else its title, and the locale."""
        return f"{self.source.id if self.source else self.style.title}, {self.locale.lang}"

    def __repr__(self) -> str:
        return f"<Program of {self.name}>"

    def fit(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """The item as the style asks for it, where the style was found (``StyleSource.fit``)."""
        return item if self.source is None else self.source.fit(item)

    @cached_property
    def _citation(self) -> list[Element]:
        return self._compiled(self.style.citation)

    @cached_property
    def _bibliography(self) -> list[Element]:
        area = self.style.bibliography
        return [] if area is None else self._compiled(area)

    def _compiled(self, area: Area) -> list[Element]:
        setting = Setting(self.style, self.locale, area, links=self.links)
        return Compiler(setting).elements(area.children)

    @cached_property
    def citation_keys(self) -> tuple[SortKey, ...]:
        """The sort keys of citations."""
        return compile_keys(self.style, self.locale, self.style.citation)

    @cached_property
    def bibliography_keys(self) -> tuple[SortKey, ...]:
        """The sort keys of the bibliography."""
        area = self.style.bibliography
        return () if area is None else compile_keys(self.style, self.locale, area)

    @cached_property
    def has_numbers(self) -> bool:
        """Whether bibliography entries show their number."""
        area = self.style.bibliography
        return area is not None and "citation-number" in area.texts

    @cached_property
    def uses_numbers(self) -> bool:
        """Whether anything depends on the numbers of items."""
        collapses = self.style.citation.options.get("collapse") == "citation-number"
        return collapses or "citation-number" in self.style.names

    @cached_property
    def uses_labels(self) -> bool:
        """Whether anything depends on the labels that are made for items."""
        return "citation-label" in self.style.names

    @cached_property
    def uses_first_notes(self) -> bool:
        """Whether later cites tell in which note the first one stands."""
        return "first-reference-note-number" in self.style.names

    @cached_property
    def uses_near_notes(self) -> bool:
        """Whether anything depends on how far back the cite before is."""
        return "near-note" in self.style.names

    @cached_property
    def tests_position(self) -> bool:
        """Whether later cites of an item look different from the first."""
        return shortens_later_names(self.style) or citations_test(self.style, "position")

    @cached_property
    def tests_disambiguation(self) -> bool:
        """Whether anything in the style asks ``disambiguate="true"``."""
        return citations_test(self.style, "disambiguate")

    def cite(self, state: State) -> Node:
        """The tree of one cite, without the cite's own affixes."""
        return Node(PLAIN, _run(self._citation, state))

    def entry(self, state: State) -> Out:
        """The top-level pieces of one bibliography entry."""
        return _run(self._bibliography, state)


def _run(elements: list[Element], state: State) -> Out:
    out: Out = []
    for element in elements:
        element(state, out)
    return with_labels(state, out) if state.used.has_bare_labels else out
