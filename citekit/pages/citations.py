"""Citations and references of the site, made by the CSL processor.

The citations of the whole project are formatted in one document, in order, because numbers, "ibid."
and year suffixes depend on what came before. The processor's tokens become elements, so that every
builder can write them.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from citekit.app.citing.citation_syntax import read_locator
from citekit.app.citing.styled import DEFAULT_STYLE
from citekit.csl import Citation as CslCitation
from citekit.csl import Document, StyleSource, find_style, parse_style
from citekit.csl.compiled.program import Program
from citekit.csl.output.tokens import Close, Open
from citekit.csl.output.writer import flatten
from citekit.errors import UsageError
from citekit.model.value import Value
from citekit.pages import wording
from citekit.pages.element import Content, Element, h, is_web_address, joined, to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from citekit.csl.output.tokens import Token
    from citekit.model.item import Item

_LONGEST_CITED: Final = 1000
"""So many signs of a name or a title stand in a citation: one line of a note can cite it anew."""
Mode = Literal["p", "t", "author", "year", "alp"]

_TAGS: Final = {
    ("font-style", "italic"): "em",
    ("font-style", "oblique"): "em",
    ("font-weight", "bold"): "strong",
    ("vertical-align", "sup"): "sup",
    ("vertical-align", "sub"): "sub",
}


# {see}KEY{p. 3}: words before and after a key, as sphinxcontrib-bibtex writes them
_CITE: Final = re.compile(
    r"(?:\{(?P<prefix>[^{}]*)\})?(?P<key>[^{},;]+)(?:\{(?P<suffix>[^{}]*)\})?"
)


class Cite(Value):
    """One item inside a citation, with words before and after it (a pinpoint, mostly)."""

    key: str
    prefix: str = ""
    suffix: str = ""


class Citation(Value):
    """One citation in a page: ``p`` in parentheses, ``t`` part of the sentence, ``alp`` bare."""

    cites: tuple[Cite, ...]
    mode: Mode = "p"


def read_cites(text: str) -> list[tuple[str, Cite]]:
    """The cites in the text of a role, each as it is written and as it is meant."""
    return [
        (
            match[0],
            Cite(
                key=match["key"].strip(),
                prefix=(match["prefix"] or "").strip(),
                suffix=(match["suffix"] or "").strip(),
            ),
        )
        for match in _CITE.finditer(text)
    ]


class Style:
    """A CSL style in one language, which is the style's own where it has one."""

    def __init__(self, source: StyleSource, locale: str) -> None:
        self.source = source
        self.parsed = parse_style(source.xml, source.path)
        self.locale = source.default_locale or locale

    @classmethod
    def find(cls, name: str | None, locale: str) -> Self:
        """The style of that name (apa where there is none); raises NotFound, InvalidData."""
        return cls(find_style(name or DEFAULT_STYLE), locale)

    def _document(self, items: Iterable[Item]) -> Document:
        """A document that can cite these items."""
        fitting = [self.source.fit(item.csl()) for item in items]
        return Document(self._program, fitting)

    @cached_property
    def _program(self) -> Program:
        """The compiled style: compiled once, it serves every reference and document."""
        return Program(self.parsed, self.locale)

    @property
    def _is_note(self) -> bool:
        return self.parsed.style_class == "note"

    def reference(self, item: Item) -> list[Content]:
        """The item's reference by itself, as ``citekit cite KEY`` prints it."""
        document = self._document([item])
        return dict(self._entries(document, [item.key])).get(item.key, [item.key])

    def references(
        self, items: Mapping[str, Item], keys: Sequence[str]
    ) -> dict[str, list[Content]]:
        """The bibliography of these items, in the order of the style."""
        document = self._document(items[key] for key in keys)
        return dict(self._entries(document, keys))

    def citations(
        self, items: Mapping[str, Item], citations: Sequence[Citation]
    ) -> list[list[Content]]:
        """The text of each citation, in the order given; the names lead to the items' pages."""
        cited = dict.fromkeys(cite.key for citation in citations for cite in citation.cites)
        fitting = [self.source.fit(_shortened(items[key].csl())) for key in cited]
        document = Document(self._program, fitting)
        for number, citation in enumerate(citations, 1):
            document.insert(self._csl(citation, number))
        document.changes()
        return [
            self._shown(document, items, citation, str(number))
            for number, citation in enumerate(citations, 1)
        ]

    def _shown(
        self, document: Document, items: Mapping[str, Item], citation: Citation, number: str
    ) -> list[Content]:
        """One citation of a settled document in its mode."""
        match citation.mode:
            case "year":
                years = [to("item", c.key, wording.year(items[c.key])) for c in citation.cites]
                return joined(years, ", ")
            case "t":
                parts = [_in_sentence(document, items[c.key], c) for c in citation.cites]
                return joined(parts, ", ")
            case _:
                return _linked(document, citation, document.tokens(number))

    def _entries(
        self, document: Document, keys: Sequence[str]
    ) -> Iterator[tuple[str, list[Content]]]:
        if self._is_note and not self.parsed.bibliography:
            for key in keys:
                tree = document.cite([{"id": key}])
                yield key, elements(flatten(tree, document.program.locale))
            return
        for key in keys:
            document.list_item(key)
        for key, tree in document.bibliography():
            yield key, elements(flatten(tree, document.program.locale))

    def _csl(self, citation: Citation, number: int) -> CslCitation:
        cites = tuple(_csl_cite(cite) for cite in citation.cites)
        note = number if self._is_note else 0
        mode = "author-only" if citation.mode == "author" else ""
        return CslCitation(id=str(number), cites=cites, note=note, mode=mode)


def elements(tokens: Iterable[Token]) -> list[Content]:
    """The processor's tokens as elements; text stays text."""
    stack: list[tuple[Open | None, list[Content]]] = [(None, [])]
    for token in tokens:
        if isinstance(token, Open):
            stack.append((token, []))
        elif isinstance(token, Close):
            opened, content = stack.pop()
            stack[-1][1].append(_element(opened, content))
        else:
            stack[-1][1].append(token)
    return stack[0][1]


def _element(token: Open | None, content: list[Content]) -> Content:
    if token is None:
        return content
    if token.kind == "link":
        return h("a", content, href=token.value) if is_web_address(token.value) else content
    tag = _TAGS.get((token.kind, token.value))
    if tag:
        return h(tag, content)
    return h("span", content, class_=f"ck-csl-{token.value}")


def _shortened(value: Any) -> Any:  # noqa: ANN401  # CSL-JSON
    """An item for citations, with no text longer than ``_LONGEST_CITED``."""
    match value:
        case str():
            return wording.shorten(value, _LONGEST_CITED) if len(value) > _LONGEST_CITED else value
        case list():
            return [_shortened(one) for one in value]
        case dict():
            return {name: _shortened(one) for name, one in value.items()}
        case _:
            return value


def _csl_cite(cite: Cite) -> dict[str, Any]:
    data: dict[str, Any] = {"id": cite.key}
    if cite.prefix:
        data["prefix"] = f"{cite.prefix} "
    if cite.suffix:
        try:
            data |= read_locator(cite.suffix)
        except UsageError:
            data["suffix"] = f", {cite.suffix}"
    return data


def _in_sentence(document: Document, item: Item, cite: Cite) -> Element:
    """A citation as part of the sentence: ``Moreau (2023)``, ``Moreau [1]``.

    The names are taken out of the whole citation where they begin it. Without an author the style
    puts the title in the names' place; a numeric style has neither, so names of ours come first.
    """
    shown = _text(document, [_csl_cite(cite)])
    names = _text(document, [{"id": item.key}], "author-only")
    bracket, rest = shown[:1], shown[1:]
    if bracket in ("(", "[") and names and rest.startswith(names):
        return to("item", cite.key, f"{names} {bracket}{rest.removeprefix(names).lstrip(', ')}")
    if not item.names("author") and names and names != shown:
        return to("item", cite.key, _text(document, [_csl_cite(cite)], "composite"))
    return to("item", cite.key, f"{wording.short_names(item)} {shown}")


def _text(document: Document, cites: list[dict[str, Any]], mode: str = "") -> str:
    tokens = flatten(document.cite(cites, mode), document.program.locale)
    return "".join(token for token in tokens if isinstance(token, str))


def _linked(document: Document, citation: Citation, tokens: list[Token]) -> list[Content]:
    """The citation with links to the items' pages, where it can be told which words are whose."""
    if citation.mode == "alp":
        tokens = _without_brackets(tokens)
    if len(citation.cites) == 1:
        return [to("item", citation.cites[0].key, _unlinked(elements(tokens)))]
    if not all(isinstance(token, str) for token in tokens):
        return elements(tokens)
    text, made = "".join(str(token) for token in tokens), list[Content]()
    for cite in citation.cites:
        alone = _text(document, [{"id": cite.key}]).strip("()[] ")
        before, found, after = text.partition(alone)
        if found and alone:
            made += [before, to("item", cite.key, alone)]
            text = after
    return [*made, text]


def _unlinked(content: Iterable[Content]) -> list[Content]:
    """The content without links of its own: a link may not stand in a link."""
    return [
        _unlinked(part.children)
        if isinstance(part, Element) and part.tag == "a"
        else h(part.tag, _unlinked(part.children), class_=part.attributes.get("class"))
        if isinstance(part, Element)
        else part
        for part in content
    ]


def _without_brackets(tokens: list[Token]) -> list[Token]:
    kept = list(tokens)
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].removeprefix("(").removeprefix("[")
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].removesuffix(")").removesuffix("]")
    return kept
