"""A page as a plain tree: what is staged for Sphinx, and all that a page maker has to know.

Pages are made as elements, kept as JSON and turned into docutils nodes by ``sphinx.parser``. Text
is always text: nothing here is parsed as markup, so hostile titles and names stay words. Tags are
those of HTML and a few of our own (the parser has the table):

- ``ref`` links into the site: ``to`` is ``item:KEY``, ``item:KEY#p3``, ``entity:ID`` or
``claim:ID``
- ``page`` links to a page of the site by its name, ``to``
- ``file`` links to a file that a site has beside its pages: ``name`` counts from the site's root
- ``site`` holds what only a site has; books are built without it
- ``md`` holds Markdown of the archive's owner; ``source`` and ``line`` say where it stands
- ``bibliography`` stands for the references of all items, with what Zotero reads
- ``withheld`` stands for ``length`` characters that are not shown
- ``backlinks`` stands for the list of pages that name ``object``
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from citekit.errors import InvalidData
from citekit.model.records.control_characters import REPLACED
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.model.records.json_text import Json


class Element(Value):
    """One element: a tag, attributes, and children that are elements or text."""

    tag: str
    attributes: Mapping[str, str]
    children: tuple[Element | str, ...]

    def to_json(self) -> Json:
        """The element as ``[tag, attributes, child, …]``."""
        children = [c if isinstance(c, str) else c.to_json() for c in self.children]
        return [self.tag, dict(self.attributes), *children]

    @classmethod
    def from_json(cls, data: Json) -> Element:
        """Read what ``to_json`` wrote; raises InvalidData."""
        match data:
            case [str(tag), {**attributes}, *children]:
                return cls(
                    tag=tag,
                    attributes={str(name): str(value) for name, value in attributes.items()},
                    children=tuple(c if isinstance(c, str) else cls.from_json(c) for c in children),
                )
            case _:
                raise InvalidData("a staged page holds something that is no element")

    def text(self) -> str:
        """All text inside."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


# What steers a reader, what no page of XML can hold, and what stands for it.
# Source: XML 1.0 §2.2, Char.
_UNWRITABLE: Final = {
    **REPLACED,
    **dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd"),
    **{ord(white): white for white in "\t\n\r"},
    **{ord(white): " " for white in "\v\f"},
}

Content: TypeAlias = "Element | str | Iterable[Content] | None"


def h(tag: str, *content: Content, **attributes: str | None) -> Element:
    """An element; what is None or empty is left out.

    A control character becomes U+FFFD: with it, a page of a book could not be opened, and one of
    direction would show other words than are there.
    ``class_`` stands for ``class``, other underscores for hyphens.

    >>> h("p", "Seen ", h("em", "twice"), None, class_="note").to_json()
    ['p', {'class': 'note'}, 'Seen ', ['em', {}, 'twice']]
    """
    named = {
        name.rstrip("_").replace("_", "-"): shown(value)
        for name, value in attributes.items()
        if value is not None
    }
    return Element(tag=tag, attributes=named, children=tuple(_flat(content)))


def shown(text: str) -> str:
    """Text as a page can hold it: U+FFFD for what steers a reader, and for what no XML can have."""
    return text.translate(_UNWRITABLE)


def _flat(content: Iterable[Content]) -> Iterable[Element | str]:
    for part in content:
        if part is None or part == "":
            continue
        if isinstance(part, str):
            yield shown(part)
        elif isinstance(part, Element):
            yield part
        else:
            yield from _flat(part)


def to(kind: str, name: str, *content: Content, class_: str | None = None) -> Element:
    """A link to the page of an item, entity or claim, or to the ``entry`` of an item in a list."""
    return h("ref", *content, to=f"{kind}:{name}", class_=class_)


def page_link(name: str, *content: Content) -> Element:
    """A link to a page of the site by its name, such as ``explanation/index``."""
    return h("page", *content, to=name)


def file_link(name: str, *content: Content, class_: str | None = None) -> Element:
    """A link to a file beside the pages, such as ``items/KEY.json``."""
    return h("file", *content, name=name, class_=class_)


def link(url: str, *content: Content, class_: str | None = None) -> Element | str:
    """A link to another site; an address that is not http(s) is shown as words, not linked."""
    if not is_web_address(url):
        return h("span", *content)
    return h("a", *content, href=url, class_=class_)


def is_web_address(url: str) -> bool:
    """Whether the address may be linked: ``javascript:`` and ``data:`` are never."""
    return url.lower().startswith(("https://", "http://")) and not set(url) & set(
        ' "<>\\^`{|}\n\r\t'
    )


def make_anchor(words: str) -> str:
    """The name by which a heading can be linked: ASCII letters and digits with hyphens.

    >>> make_anchor("group Années 1990")
    'group-annees-1990'
    """
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", " ".join(plain.split())).strip("-")


def joined(parts: Iterable[Content], separator: str) -> list[Content]:
    """The parts with a separator between them; empty parts are left out."""
    kept = [part for part in parts if part not in (None, "")]
    pieces: list[Content] = [piece for part in kept for piece in (separator, part)]
    return pieces[1:]
