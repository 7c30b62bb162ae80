"""The things that a page's data describe, with the names that schema.org has for their parts.

JSON-LD gives names to names: a context may have prefixes (``schema:headline``), other words for
``@id`` and ``@type``, or a name for each property. Here they are all read, so that what follows
knows schema.org's alone. Source: JSON-LD 1.1 §4.1, as far as it needs nothing from the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from citekit.extract.pages.declared.loose_json import read_loose_json
from citekit.extract.pages.tree import clean
from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from citekit.extract.shared.evidence import Json

Node = Mapping[str, Any]

_MOST_SCRIPTS, _MOST_NODES, _DEEPEST, _MOST_TERMS = 60, 5_000, 60, 300
_SCHEMA = re.compile(r"^(?:https?://)?(?:www\.)?schema\.org/(?:#|version/latest/)?", re.IGNORECASE)
_PREFIXES: Final = {
    "schema": "http://schema.org/",
    "sdo": "http://schema.org/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}
_DUBLIN_CORE: Final = {
    "creator": "author",
    "title": "headline",
    "issued": "datePublished",
    "date": "datePublished",
    "modified": "dateModified",
    "publisher": "publisher",
    "language": "inLanguage",
}
# What a thing has inside these is the thing itself, or what the page is about; all else is a part.
_WHOLE: Final = frozenset({"@graph", "@included", "mainEntity", "mainEntityOfPage"})


class Thing(Value):
    """One object of a page's data: its node, where it stands, and whether as a part of another."""

    node: Node
    path: str
    origin: str
    is_part: bool = False


def read_things(root: HtmlElement) -> list[Thing]:
    """All objects of all JSON-LD scripts, in order."""
    found: list[Thing] = []
    scripts = root.xpath("//script[contains(translate(@type,'LDJSON','ldjson'),'ld+json')]")
    for number, script in enumerate(scripts[:_MOST_SCRIPTS]):
        values = read_loose_json(script.text or "")
        for position, value in enumerate(values):
            path = f"script[{number}]" + (f"[{position}]" if len(values) > 1 else "")
            found += _walk(_expand(value, _Context()), path, _MOST_NODES - len(found))
    return found


def _walk(value: Json, path: str, most: int) -> list[Thing]:
    """The objects in a value, each before its parts."""
    found: list[Thing] = []
    stack: list[tuple[Any, str, bool]] = [(value, path, False)]
    while stack and len(found) < most:
        value, path, is_part = stack.pop()
        if isinstance(value, dict):
            found.append(Thing(node=value, path=path, origin="json-ld", is_part=is_part))
            stack += [
                (inner, f"{path}.{key}", is_part or key not in _WHOLE)
                for key, inner in reversed(value.items())
            ]
        elif isinstance(value, list):
            stack += [
                (inner, f"{path}[{i}]", is_part) for i, inner in reversed(list(enumerate(value)))
            ]
    return found


class _Context(Value):
    """What the words of a JSON-LD object mean: words to addresses or ``@`` words."""

    terms: Mapping[str, str] = NOTHING

    def within(self, declared: Json) -> _Context:
        """The context of an object that declares one of its own."""
        terms = dict(self.terms)
        for one in declared if isinstance(declared, list) else [declared]:
            if isinstance(one, dict):
                for term, meaning in islice(one.items(), _MOST_TERMS):
                    meant = meaning.get("@id") if isinstance(meaning, dict) else meaning
                    if isinstance(meant, str) and len(terms) < _MOST_TERMS:
                        terms[term] = meant
        return _Context(terms=terms)

    def name(self, word: str) -> str:
        """The name that schema.org or JSON-LD has for a word."""
        for _ in range(3):  # a term may stand for a prefixed word, and the prefix for an address
            if word in self.terms:
                word = self.terms[word]
            prefix, colon, rest = word.partition(":")
            base = self.terms.get(prefix) or _PREFIXES.get(prefix)
            if not colon or rest.startswith("//") or base is None:
                break
            word = base + rest
        if "purl.org/dc/" in word:
            local = word.rpartition("/")[2]
            return _DUBLIN_CORE.get(local, local)
        return _SCHEMA.sub("", word)


def _expand(value: Json, context: _Context, depth: int = 0) -> Json:
    """A value with schema.org's names; what is nested deeper than any page needs is left out."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_expand(one, context, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    if "@context" in value:
        context = context.within(value["@context"])
    named = {context.name(key): inner for key, inner in value.items() if key != "@context"}
    for word in ("@value", "@list", "@set"):
        if word in named:
            return _expand(named[word], context, depth + 1)
    return {
        key: _types(inner, context) if key == "@type" else _expand(inner, context, depth + 1)
        for key, inner in named.items()
    }


def _types(kinds: Json, context: _Context) -> list[str]:
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [context.name(kind).rpartition("/")[2] for kind in listed if isinstance(kind, str)]


def types_of(node: Node) -> list[str]:
    """The types of a node in lower case."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [kind.casefold() for kind in listed if isinstance(kind, str)]


def by_id(things: Iterable[Thing]) -> dict[str, Node]:
    """The nodes that others refer to by ``@id``; of several with one, that which says most."""
    found: dict[str, Node] = {}
    for thing in things:
        name = thing.node.get("@id")
        if isinstance(name, str) and len(thing.node) > max(1, len(found.get(name, ()))):
            found[name] = thing.node
    return found


def resolve(value: Json, known: Mapping[str, Node]) -> Node:
    """The node that a value is or refers to; a text is the name of one."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return known.get(value) or {"name": value}
    if not isinstance(value, dict):
        return {}
    if "name" not in value and isinstance(value.get("@id"), str):
        return known.get(value["@id"], value)
    return value


def links_of(node: Node) -> Iterator[str]:
    """The addresses that a node gives for itself."""
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value


def text_in(value: Json) -> str | None:
    """A value as a text on one line, or None."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return clean(value) or None if isinstance(value, str) else None
