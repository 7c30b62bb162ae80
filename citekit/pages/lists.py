"""What lists the archive: cards, tables and the timeline, on pages and for directives.

Facets need no script: every list is grouped under headings that the page's contents lead to. With
the script a search field and buttons narrow the list down (``assets/citekit.js``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from citekit.model.date import Date, DateError
from citekit.model.value import Value
from citekit.pages import wording
from citekit.pages.claim import tally
from citekit.pages.claims.matrix import claim_matrix
from citekit.pages.element import Content, Element, h, joined, make_anchor, to
from citekit.pages.entity import entity_date
from citekit.pages.item import access_badge, byline
from citekit.pages.metadata import coins
from citekit.pages.pictures.network import network
from citekit.pages.pictures.time_picture import archive_picture
from citekit.pages.provenance import log_page
from citekit.pages.title_markup import rich_title

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from citekit.model.claim import Claim
    from citekit.model.entity import Entity
    from citekit.model.item import Item
    from citekit.pages.library import Library, Shelf

_MOMENTS: Final = {"occurrence": "Occurrence", "item": "Source"}
_FACETS: Final = ("Access", "Publisher", "Kind")


def list_pages(library: Library) -> Iterator[tuple[str, str, list[Element]]]:
    """Name, title and body of each page that lists the archive."""
    yield "items/index", "Sources", items_body(library)
    yield "entities/index", "People, places, organisations", entities_body(library)
    yield "claims/index", "Claims", claims_body(library)
    yield "timeline", "Timeline", timeline_body(library)
    yield "bibliography", "Bibliography", bibliography_body(library)
    yield log_page.NAME, "Provenance", log_page.provenance_body(library)


def items_body(library: Library) -> list[Element]:
    """Every item as a card, the newest year first."""
    if not library.shelves:
        return [_nothing("No item is in the archive yet.")]
    by_year: dict[str, list[Shelf]] = defaultdict(list)
    for shelf in sorted(library.shelves.values(), key=_newest_first, reverse=True):
        by_year[wording.year(shelf.item)].append(shelf)
    columns = zip(*(facet_values(s.item) for s in library.shelves.values()), strict=True)
    facets = [
        (name, Counter(value for value in column if value))
        for name, column in zip(_FACETS, columns, strict=True)
    ]
    groups = [
        _group(year, [item_card(library, shelf) for shelf in shelves])
        for year, shelves in by_year.items()
    ]
    for_zotero = h("div", [_coins(library, key) for key in library.shelves])
    return [_filter("items", "Filter sources", facets), *groups, for_zotero]


def source_cards(library: Library, *, newest: int | None = None) -> Element:
    """The items as cards, the newest first; only so many where a number is given."""
    if not library.shelves:
        return _nothing("No item is in the archive yet.")
    shelves = sorted(library.shelves.values(), key=_newest_first, reverse=True)[:newest]
    return h("div", [item_card(library, shelf) for shelf in shelves], class_="ck-cards")


def item_card(library: Library, shelf: Shelf) -> Element:
    """An item on a few lines: title, publisher, date, access, what the archive holds on it."""
    item = shelf.item
    key = item.key
    claims = len({claim.id for claim, _ in library.claims_of_item.get(key, ())})
    holds = [
        wording.count(len(shelf.annotations), "annotation") if shelf.annotations else None,
        wording.count(claims, "claim") if claims else None,
        "no text captured" if not shelf.captures else None,
    ]
    return h(
        "div",
        h("p", to("item", key, rich_title(item)), class_="ck-cardtitle"),
        h("p", byline(shelf), class_="ck-byline"),
        h("p", access_badge(item.facts.access), " ", joined(holds, " · "), class_="ck-cardfoot"),
        class_="ck-card",
        data_values="\t".join(facet_values(item)),
    )


def facet_values(item: Item) -> tuple[str, ...]:
    """What each facet says of an item, on one line: a tab stands between two of them."""
    values = (wording.ACCESS[item.facts.access], wording.publisher(item), wording.type_label(item))
    return tuple(" ".join(value.split()) for value in values)


def entities_body(library: Library) -> list[Element]:
    """Every entity, by kind, with how often it is named."""
    if not library.entities:
        return [_nothing("No person, place or organisation is in the archive yet.")]
    groups = []
    for kind, (_, plural) in wording.KINDS.items():
        entities = [e for e in library.entities.values() if e.kind == kind]
        entities.sort(key=lambda e: e.name.casefold())
        if entities:
            groups.append(
                _group(plural, [_entity_card(library, e) for e in entities], "ck-cards-small")
            )
    kinds = Counter(_kind(entity) for entity in library.entities.values())
    ties = network(library)
    together = [h("section", h("title", "Named together"), ties, id="network")] if ties else []
    return [_filter("entities", "Filter names", [("Kind", kinds)]), *groups, *together]


def _kind(entity: Entity) -> str:
    return wording.KINDS.get(entity.kind, (entity.kind,))[0]


def _entity_card(library: Library, entity: Entity) -> Element:
    times = len(library.mentions.get(entity.id, ()))
    return h(
        "div",
        h("p", to("entity", entity.id, entity.name), class_="ck-cardtitle"),
        h("p", wording.shorten(entity.description, 110), class_="ck-byline")
        if entity.description
        else None,
        h("p", wording.count(times, "passage") if times else "not named yet", class_="ck-cardfoot"),
        class_="ck-card",
        data_values=_kind(entity),
    )


def timeline_body(library: Library) -> list[Element]:
    """All that has a date, in order, with what narrows it down."""
    moments = [m for m in _moments(library, lambda _kind, _name: True) if m.sort]
    kinds = Counter(_MOMENTS[moment.kind] for moment in moments)
    chooser = [_filter("timeline", "Filter the timeline", [("Kind", kinds)])] if moments else []
    return [*chooser, *timeline(library)]


def claims_body(library: Library) -> list[Element]:
    """Every claim with its sources in numbers, and the answers beside each other."""
    claims = list(library.claims.values())
    matrix = h("section", h("title", "Who says what"), claim_matrix(library, claims), id="matrix")
    sides = Counter(_side(claim) for claim in claims)
    chooser = [_filter("claims", "Filter claims", [("Sources", sides)]), matrix] if claims else []
    return [*chooser[:1], claims_list(claims), *chooser[1:]]


def _side(claim: Claim) -> str:
    """Whether the sources of a claim are at odds over it."""
    stances = {evidence.stance for evidence in claim.evidence}
    return "Disputed" if "disputes" in stances else "Not disputed"


def claims_list(claims: Sequence[Claim]) -> Element:
    """The claims as a table, or that there is none."""
    return claims_table(claims) if claims else _nothing("No claim is in the archive yet.")


def claims_table(claims: Iterable[Claim]) -> Element:
    """Claims as a table: the question, the answer the archive states, who is for and against."""
    head = h("tr", h("th", "Question"), h("th", "Answer"), h("th", "Sources"))
    rows = [
        h(
            "tr",
            h(
                "td",
                to("claim", claim.id, claim.question or claim.statement),
                h("span", data_values=_side(claim)),
            ),
            h("td", claim.statement if claim.question else "–"),
            h("td", tally(claim) or "–"),
        )
        for claim in claims
    ]
    return h("table", head, rows, class_="ck-claims")


class Moment(Value):
    """Something with a date; ``sort`` is the date in EDTF, its beginning."""

    sort: str
    date: str
    kind: str
    what: Element
    more: Content = None


def timeline(
    library: Library, *, keep: Callable[[str, str], bool] = lambda _kind, _name: True
) -> list[Element]:
    """Occurrences and sources in the order of time, as a picture and as a list.

    ``keep`` chooses by kind and name.
    """
    moments = sorted(
        [m for m in _moments(library, keep) if m.sort],
        key=lambda m: (m.sort, m.kind != "occurrence"),
    )
    if not moments:
        return [_nothing("Nothing in the archive has a date yet.")]
    by_day: dict[str, list[Moment]] = {}
    for moment in moments:
        by_day.setdefault(moment.date, []).append(moment)
    days = [
        h("li", h("p", date, class_="ck-day"), map(_moment, together))
        for date, together in by_day.items()
    ]
    picture = archive_picture(library, keep)
    return [*([picture] if picture else []), h("ul", days, class_="ck-timeline")]


def _moment(moment: Moment) -> Element:
    return h(
        "div",
        h("p", moment.what),
        h("p", moment.more, class_="ck-byline") if moment.more else None,
        class_=f"ck-moment ck-moment-{moment.kind}",
        data_values=_MOMENTS[moment.kind],
    )


def _moments(library: Library, keep: Callable[[str, str], bool]) -> Iterator[Moment]:
    for entity in library.entities.values():
        if entity.kind == "occurrence" and entity.date and keep("entity", entity.id):
            yield Moment(
                sort=_begin(entity.date),
                date=entity_date(entity),
                kind="occurrence",
                what=to("entity", entity.id, entity.name),
                more=entity.description,
            )
    for key, shelf in library.shelves.items():
        date = shelf.item.date()
        if date and date.parts and keep("item", key):
            yield Moment(
                sort=_begin(date.to_edtf()),
                date=wording.show_date(date),
                kind="item",
                what=to("item", key, rich_title(shelf.item)),
                more=f"published by {wording.source_name(shelf.item)}",
            )


def _begin(edtf: str) -> str:
    """What a date sorts by; a year before 1 sorts before all others."""
    try:
        parts = next((p for p in Date.from_edtf(edtf).parts if p), ())
    except DateError:
        return ""
    return ".".join(f"{part + (100_000 if i == 0 else 0):06d}" for i, part in enumerate(parts))


def bibliography_body(library: Library) -> list[Element]:
    """Every item's reference, in the order of the style."""
    if not library.shelves:
        return [_nothing("No item is in the archive yet.")]
    sources = wording.count(len(library.shelves), "source")
    intro = f"{sources} in this archive. Zotero can save them all from this page."
    chooser = _filter("bibliography", "Filter references", [])
    return [h("p", intro, class_="ck-faint"), chooser, h("bibliography")]


def entry_anchor(library: Library, key: str) -> str:
    """The anchor of an item's entry in a list of references."""
    return f"ref-{library.page_name(key)}"


def reference_list(
    library: Library,
    entries: Iterable[tuple[str, Content]],
    *,
    with_coins: bool,
    listed: Container[str] = (),
) -> Element:
    """Formatted references, each by its key, with a link to its page and what Zotero reads.

    Links lead to the first entry on a page: those that are ``listed`` already have no anchor here.
    """
    lines = [
        h(
            "li",
            h("p", entry),
            h(
                "p",
                _coins(library, key) if with_coins else None,
                to("item", key, "Source page"),
                class_="ck-traces",
            )
            if key in library.shelves
            else None,
            id=None if key in listed else entry_anchor(library, key),
            class_="ck-entry",
        )
        for key, entry in entries
    ]
    return h("ul", lines, class_="ck-references")


def _coins(library: Library, key: str) -> Element:
    return h("span", class_="Z3988", title=coins(library.citable[key]), aria_hidden="true")


def _newest_first(shelf: Shelf) -> tuple[str, str]:
    date = shelf.item.date()
    return (_begin(date.to_edtf()) if date and date.parts else "", shelf.item.key)


def _group(title: str, cards: list[Element], class_: str = "") -> Element:
    return h(
        "section",
        h("title", title, " ", h("span", str(len(cards)), class_="ck-count")),
        h("div", cards, class_=f"ck-cards {class_}".strip()),
        id=make_anchor(f"group {title}"),
        class_="ck-group",
    )


def _filter(name: str, label: str, facets: list[tuple[str, Counter[str]]]) -> Element:
    """Where the script puts the filter; without it, nothing is shown and the headings serve."""
    return h(
        "div",
        [
            h(
                "div",
                [h("span", value, data_facet=value) for value, _ in counts.most_common(12)],
                title=facet,
                class_="ck-facet",
            )
            for facet, counts in facets
            if len(counts) > 1
        ],
        class_="ck-filter no-search",
        data_filter=name,
        title=label,
    )


def _nothing(text: str) -> Element:
    return h("p", text, class_="ck-faint")
