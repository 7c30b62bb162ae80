"""Citations and references of the site, made by the CSL processor.

The citations of the whole project are formatted in one document, in order, because numbers, "ibid."
and year suffixes depend on what came before. The processor's tokens become elements, so that every
builder can write them. A cite leads to its entry: which page lists it, the builder knows.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from citekit.app.citing.locator_syntax import read_locator
from citekit.app.citing.styled import DEFAULT_STYLE, short_forms
from citekit.csl import Citation as CslCitation
from citekit.csl import Document, StyleSource, find_style, parse_style
from citekit.csl.compiled.program import Program
from citekit.csl.output.runs import linked_tokens
from citekit.csl.output.tokens import Close, Open
from citekit.csl.output.writer import flatten
from citekit.errors import UsageError
from citekit.model.value import NOTHING, Value
from citekit.pages import wording
from citekit.pages.element import Content, Element, h, is_web_address, joined, to

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from citekit.csl.output.tokens import Token
    from citekit.model.item import Item

_LONGEST_CITED: Final = 1000
"""So many signs of a name or a title stand in a citation: one line of a note can cite it anew."""
Mode = Literal["p", "t", "author", "year", "alp", "empty"]

_TAGS: Final = {
    ("font-style", "italic"): "em",
    ("font-style", "oblique"): "em",
    ("font-weight", "bold"): "strong",
    ("vertical-align", "sup"): "sup",
    ("vertical-align", "sub"): "sub",
}
_ENTRY: Final = "entry:"
_LABEL: Final = "ck-csl-left-margin"
_SOME_NUMBER: Final = "987654"  # no item has it, and no style changes it
_BRACKETS: Final = {"(": ")", "[": "]"}

# {see}KEY{p. 3}: words before and after a key, as sphinxcontrib-bibtex writes them
_CITE: Final = re.compile(
    r"(?:\{(?P<prefix>[^{}]*)\})?(?P<key>[^{},;]+)(?:\{(?P<suffix>[^{}]*)\})?"
)


class Cite(Value):
    """One item inside a citation, with words before and after it (a pinpoint, mostly).

    ``of_list`` is what stands before its key where it was cited for a list of its own (keyprefix).
    """

    key: str
    prefix: str = ""
    suffix: str = ""
    of_list: str = ""


class Citation(Value):
    """One citation in a page: ``p`` in parentheses, ``t`` part of the sentence, ``alp`` bare.

    ``full`` names all authors, ``capital`` begins with a capital letter, ``bracketed`` puts names
    or years into parentheses; ``empty`` is cited and not shown.
    """

    cites: tuple[Cite, ...]
    mode: Mode = "p"
    full: bool = False
    capital: bool = False
    bracketed: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether the page has a text for it."""
        return self.mode != "empty"


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
    """A CSL style in one language, which is the style's own where it has one, with short forms."""

    def __init__(
        self, source: StyleSource, locale: str, abbreviations: Mapping[str, Any] = NOTHING
    ) -> None:
        self.source = source
        self.abbreviations = short_forms(abbreviations)
        self.parsed = parse_style(source.xml, source.path)
        self.locale = source.default_locale or locale

    @classmethod
    def find(
        cls, name: str | None, locale: str, abbreviations: Mapping[str, Any] = NOTHING
    ) -> Self:
        """The style of that name (apa where there is none); raises NotFound, InvalidData."""
        return cls(find_style(name or DEFAULT_STYLE), locale, abbreviations)

    def but(self, name: str | None, locale: str | None) -> Style:
        """Another style or another language, with the same short forms; raises NotFound."""
        if name is None and locale is None:
            return self
        source = find_style(name) if name else self.source
        other = Style(source, locale or self.locale)
        other.abbreviations = self.abbreviations
        other.locale = locale or other.locale
        return other

    def _document(self, items: Iterable[dict[str, Any]]) -> Document:
        """A document that can cite these items."""
        fitting = [self.source.fit(item) for item in items]
        return Document(self._program, fitting, abbreviations=self.abbreviations)

    @cached_property
    def _program(self) -> Program:
        """The compiled style: compiled once, it serves every reference and document."""
        return Program(self.parsed, self.locale)

    @property
    def _is_note(self) -> bool:
        return self.parsed.style_class == "note"

    def reference(self, item: Item) -> list[Content]:
        """The item's reference by itself, as ``citekit cite KEY`` prints it."""
        made = self.project({item.key: item}, listed=[item.key]).references([item.key])
        return made.get(item.key, [item.key])

    def paragraph(self, item: Item) -> list[Content]:
        """A citation of a paragraph of the item; its number is marked ``ck-number-of``."""
        cite = Cite(key=item.key, suffix=f"para. {_SOME_NUMBER}")
        made = self.project({item.key: item}, [Citation(cites=(cite,))]).citations()
        return [_numbered(content) for content in made[0]]

    def project(
        self,
        items: Mapping[str, Item],
        citations: Sequence[Citation] = (),
        listed: Iterable[str] = (),
    ) -> Project:
        """The citations of a project and the items that it lists besides, settled together."""
        cited = dict.fromkeys(cite.key for citation in citations for cite in citation.cites)
        keys = list(cited | dict.fromkeys(listed))
        csl = {key: items[key].csl() for key in keys}
        document = self._document(
            _shortened(csl[key]) if key in cited else csl[key] for key in keys
        )
        for number, citation in enumerate(citations, 1):
            document.insert(self._csl(citation, number))
        for key in keys:
            document.list_item(key)
        document.changes()
        return Project(document, items, citations)

    def _csl(self, citation: Citation, number: int) -> CslCitation:
        cites = tuple(_csl_cite(cite) for cite in citation.cites)
        note = number if self._is_note else 0
        mode = "author-only" if citation.mode == "author" else ""
        return CslCitation(id=str(number), cites=cites, note=note, mode=mode)


class Project:
    """Citations and references that share numbers, letters and order."""

    def __init__(
        self, document: Document, items: Mapping[str, Item], citations: Sequence[Citation]
    ) -> None:
        self._document = document
        self._items = items
        self._citations = citations

    def citations(self) -> list[list[Content]]:
        """The text of each citation, in order; each cite leads to its entry."""
        return [
            self._shown(citation, str(number)) for number, citation in enumerate(self._citations, 1)
        ]

    def references(self, keys: Collection[str]) -> dict[str, list[Content]]:
        """The entries of these items by their keys, in the order of the style."""
        document, locale = self._document, self._document.program.locale
        style = document.program.style
        if style.style_class == "note" and not style.bibliography:
            return {key: elements(flatten(document.cite([{"id": key}]), locale)) for key in keys}
        wanted = frozenset(keys)
        trees = document.bibliography(lambda item: item["id"] in wanted)
        return {key: elements(flatten(tree, locale)) for key, tree in trees}

    def _shown(self, citation: Citation, number: str) -> list[Content]:
        """One citation in its mode."""
        match citation.mode:
            case "year":
                years = [
                    to("entry", c.key, wording.year(self._items[c.key])) for c in citation.cites
                ]
                return _in_parentheses(joined(years, ", "), wanted=citation.bracketed)
            case "author":
                names = [self._called(cite, citation) for cite in citation.cites]
                return _in_parentheses(joined(names, ", "), wanted=citation.bracketed)
            case "t" if citation.full or citation.capital:
                return joined([self._named_in_full(c, citation) for c in citation.cites], ", ")
            case "t":
                return joined([self._in_sentence(cite) for cite in citation.cites], ", ")
            case "alp":
                alone = _text(self._tokens(Cite(key=citation.cites[0].key)))
                linked = self._document.tokens(number, link=_entry_of)
                return elements(_without_brackets(linked, alone))
            case _:
                return elements(self._document.tokens(number, link=_entry_of))

    def _called(self, cite: Cite, citation: Citation) -> Content:
        """The names of a cite as a citation wishes them."""
        if not (citation.full or citation.capital):
            return self._names(cite)
        item = self._items[cite.key]
        names = wording.all_names(item) if citation.full else wording.short_names(item)
        return to("entry", cite.key, names[:1].upper() + names[1:] if citation.capital else names)

    def _named_in_full(self, cite: Cite, citation: Citation) -> list[Content]:
        """As ``_in_sentence``, with names of ours before what the style prints without them."""
        rest = self._tokens(cite, "suppress-author")
        is_raised = isinstance(first := rest[0], Open) and first.kind == "vertical-align"
        return [self._called(cite, citation), None if is_raised else " ", elements(rest)]

    def _names(self, cite: Cite) -> Content:
        """The names of a cite; ours where the style prints none."""
        bare = Cite(key=cite.key)
        if _text(self._tokens(bare, "composite")) == _text(self._tokens(bare)):
            return to("entry", cite.key, wording.short_names(self._items[cite.key]))
        return elements(self._tokens(bare, "author-only"))

    def _in_sentence(self, cite: Cite) -> list[Content]:
        """A citation as part of the sentence: ``Moreau (2023)``, ``Moreau [1]``.

        A numeric style has no names to take out of the citation, so names of ours come first.
        """
        shown, composite = self._tokens(cite), self._tokens(cite, "composite")
        if _text(composite) != _text(shown):
            return elements(_without_comma(composite))
        is_raised = isinstance(first := shown[0], Open) and first.kind == "vertical-align"
        return [self._names(cite), None if is_raised else " ", elements(shown)]

    def _tokens(self, cite: Cite, mode: str = "") -> list[Token]:
        tree = self._document.cite([_csl_cite(cite)], mode)
        return linked_tokens(tree, self._document.program.locale, _entry_of)


def _numbered(content: Content) -> Content:
    """The content with a marked 1 in the place of some number, so that it can be another."""
    if isinstance(content, str):
        before, number, after = content.partition(_SOME_NUMBER)
        mark = h("span", "1", class_="ck-number-of") if number else None
        return [before, mark, _numbered(after) if after else None]
    if isinstance(content, Element):
        inside = [_numbered(child) for child in content.children]
        is_link = content.tag == "ref"  # to an entry: this one stands on the item's own page
        return inside if is_link else h(content.tag, inside, **content.attributes)
    return content


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
    if token.kind == "link" and token.value.startswith(_ENTRY):
        return to("entry", token.value.removeprefix(_ENTRY), content)
    if token.kind == "link":
        return h("a", content, href=token.value) if is_web_address(token.value) else content
    tag = _TAGS.get((token.kind, token.value))
    if tag:
        return h(tag, content)
    shown = h("span", content, class_=f"ck-csl-{token.value}")
    return [shown, " "] if token.value == "left-margin" else shown  # where nothing has a margin


def without_number(content: Iterable[Element | str]) -> list[Element | str]:
    """An entry without the number or label that its style puts before it."""
    kept = [one for one in content if isinstance(one, str) or one.attributes.get("class") != _LABEL]
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    return kept


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


def _entry_of(cite: Mapping[str, Any]) -> str:
    """What a cite leads to: an address of no website, so that no item can have it."""
    return f"{_ENTRY}{cite['id']}"


def _text(tokens: Iterable[Token]) -> str:
    return "".join(token for token in tokens if isinstance(token, str))


def _in_parentheses(content: list[Content], *, wanted: bool) -> list[Content]:
    return ["(", *content, ")"] if wanted else content


def _without_comma(tokens: Iterable[Token]) -> list[Token]:
    """The citation without a comma that nothing stands before: ``Okoye (passim)``."""
    kept: list[Token] = []
    before = ""
    for token in tokens:
        if isinstance(token, str) and before.endswith((*_BRACKETS, " ")):
            kept.append(token.removeprefix(", "))
        else:
            kept.append(token)
        before = token if isinstance(token, str) else before
    return kept


def _without_brackets(tokens: Iterable[Token], alone: str) -> list[Token]:
    """The citation without the brackets around it, or around each of its cites: ``1, 2``.

    They are those that a cite of the same style has that stands ``alone``.
    """
    kept = list(tokens)
    start, end = alone[:1], _BRACKETS.get(alone[:1])
    if end is None or not alone.endswith(end):
        return kept
    depth = 0
    for i, token in enumerate(kept):
        if not isinstance(token, str):
            continue
        left = ""
        for letter in token:
            depth -= letter == end
            left += "" if depth == 0 and letter in (start, end) else letter
            depth += letter == start
        kept[i] = left
    return kept
