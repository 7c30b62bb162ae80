"""The page of one person, organisation, place or occurrence: where the archive names it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from citekit.model.date import Date, DateError
from citekit.model.entity import AUTHORITIES, Entity
from citekit.pages import wording
from citekit.pages.element import Content, Element, h, joined, link, to
from citekit.pages.item import byline
from citekit.pages.text.article import make_article
from citekit.pages.title_markup import rich_title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.model.annotation import Annotation
    from citekit.pages.library import Library

_MOST_NEIGHBOURS = 24


def entity_body(library: Library, entity: Entity) -> list[Element]:
    """Everything on an entity's page below its name."""
    parts = [
        _head(library, entity),
        _mentions(library, entity),
        _claims(library, entity),
        _neighbours(library, entity),
        h("backlinks", object=f"entity:{entity.id}"),
    ]
    return [part for part in parts if part is not None]


def entity_date(entity: Entity) -> str:
    """The entity's date for reading; one that cannot be read comes back as it is."""
    try:
        return wording.show_date(Date.from_edtf(entity.date)) if entity.date else ""
    except DateError:
        return entity.date or ""


def _head(library: Library, entity: Entity) -> Element:
    place = library.entities.get(entity.place or "")
    others = ", ".join(name for name in entity.names if name != entity.name)
    rows: list[tuple[str, Content]] = [
        ("Also known as", [others] if others else []),
        ("When", [entity_date(entity)] if entity.date else []),
        ("Where", [to("entity", place.id, place.name)] if place else []),
        ("In authority files", _authorities(entity)),
    ]
    kind = wording.KINDS.get(entity.kind, (entity.kind,))[0]
    return h(
        "div",
        h("p", h("span", kind, class_="ck-kind"), class_="ck-eyebrow"),
        h("p", entity.description, class_="ck-lead") if entity.description else None,
        h(
            "dl",
            [(h("dt", name), h("dd", value)) for name, value in rows if value],
            class_="ck-facts-list",
        )
        if any(value for _, value in rows)
        else None,
        class_="ck-head",
    )


def _authorities(entity: Entity) -> list[Element | str]:
    found: list[Element | str] = []
    for name, identifier in entity.authorities.items():
        address = AUTHORITIES.get(name)
        label = f"{name} {identifier}"
        link_ = link(address.format(identifier), label, class_="ck-out") if address else label
        found += [" · ", link_]
    return found[1:]


def _mentions(library: Library, entity: Entity) -> Element:
    """The passages that name it, by item, the oldest item first."""
    pairs = sorted(library.mentions.get(entity.id, ()), key=lambda pair: _age(library, pair[0]))
    if not pairs:
        return h("p", "No passage in the archive names it yet.", class_="ck-faint")
    groups = [
        _item_mentions(library, key, [annotation for _, annotation in group])
        for key, group in groupby(pairs, key=lambda pair: pair[0])
    ]
    title = f"Named in {wording.count(len(pairs), 'passage')}"
    return h("section", h("title", title), groups, id="mentions")


def _age(library: Library, key: str) -> tuple[str, str]:
    date = library.shelves[key].item.date()
    return (date.to_edtf() if date else "9999", key)


def _item_mentions(library: Library, key: str, annotations: Iterable[Annotation]) -> Element:
    shelf = library.shelves[key]
    return h(
        "div",
        h("p", to("item", key, rich_title(shelf.item)), class_="ck-cardtitle"),
        h("p", byline(shelf), class_="ck-byline"),
        h("ul", [_mention(library, key, a) for a in annotations], class_="ck-passages"),
        class_="ck-card",
    )


def _mention(library: Library, key: str, annotation: Annotation) -> Element:
    """One passage that names the entity: where, its words, and what the note says."""
    article = make_article(library, key)
    quoted = article.quotes.get(annotation.short_id)
    number = article.paragraph(annotation)
    label = f"¶ {number}" if number else "the item"
    where = to("item", f"{key}#a-{annotation.short_id}", label, class_="ck-where")
    words = h("q", wording.shorten(quoted, 160)) if quoted else None
    said = wording.shorten(wording.plain(library.readable(annotation.note)), 160)
    note = h("span", said, class_="ck-faint") if annotation.note else None
    return h("li", h("p", where, " ", words, " ", note))


def _claims(library: Library, entity: Entity) -> Element | None:
    claims = library.claims_of_entity.get(entity.id, ())
    if not claims:
        return None
    lines = [h("li", h("p", to("claim", c.id, c.question or c.statement))) for c in claims]
    return h("section", h("title", "Claims about it"), h("ul", lines), id="claims")


def _neighbours(library: Library, entity: Entity) -> Element | None:
    near = library.neighbours(entity.id)[:_MOST_NEIGHBOURS]
    chips = [
        to(
            "entity",
            other,
            library.entities[other].name,
            f" {times}" if times > 1 else "",
            class_="ck-chip",
        )
        for other, times in near
    ]
    if not chips:
        return None
    return h(
        "section",
        h("title", "Named in the same articles"),
        h("p", joined(chips, " "), class_="ck-chips"),
        id="neighbours",
        class_="no-search",  # else a name finds every page that it is a neighbour on
    )
