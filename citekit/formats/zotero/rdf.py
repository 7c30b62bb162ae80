"""Zotero RDF: items with containers, people, notes, files and collections as a graph.

What each field becomes there, and back, is that of Zotero's own export: what has a place in Dublin
Core, PRISM, FOAF or vCard stands there, parts and series are nodes above the item, everything else
is ``z:`` and the field's name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import Place
from citekit.formats.zotero.entries import read_item, table
from citekit.formats.zotero.rdf_xml import Node, read_rdf_xml
from citekit.formats.zotero.results import read_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import JsonPath

_MOST_ABOVE: Final = 8
"""So many parts, containers and series lead up from an item."""
_MOST_COLLECTIONS: Final = 20
_OF_ITEM: Final = {
    "title": "dc:title",
    "date": "dc:date",
    "rights": "dc:rights",
    "extra": "dc:description",
    "archiveLocation": "dc:coverage",
    "type": "dc:type",
    "abstractNote": "dcterms:abstract",
    "accessDate": "dcterms:dateSubmitted",
    "issueDate": "dcterms:issued",
    "medium": "dcterms:medium",
    "edition": "prism:edition",
    "pages": "bib:pages",
    "language": "dc:language",
}
_OF_SERIES: Final = {
    "series": "dc:title",
    "seriesTitle": "dcterms:alternative",
    "seriesText": "dc:description",
    "seriesNumber": "dc:identifier",
}
_NUMBERED: Final = re.compile(r"(ISBN|ISSN|DOI)\s+(.+)", re.IGNORECASE)
_NAMED_BY: Final = ("foaf:surname", "foaf:familyName", "foaf:family_name", "foaf:lastName")
_GIVEN: Final = ("foaf:givenName", "foaf:givenname", "foaf:firstName")
_PARTS: Final = frozenset({"bib:Part", "bib:Series"})
_NO_FIELDS: Final = frozenset({"z:itemType", "z:displayTitle", "z:path", "z:linkMode"})


def read_zotero_rdf(text: str) -> ReadResult:
    """The items of an export, with notes and files; see ``read_entries``.

    Raises InvalidData, with the line, where the text is no RDF in XML.
    """
    nodes = read_rdf_xml(text)
    collections = _collections(nodes.values())
    items = list(_items(nodes.values()))
    lines = [node.line for node in items]
    found = [
        (read_item(_item(node), collections.get(node.id, ())), (number,))
        for number, node in enumerate(items)
    ]

    def place_of(path: JsonPath) -> Place:
        first = path[0] if path else None
        return Place(line=lines[first] if isinstance(first, int) else None)

    return read_entries(found, place_of)


def _items(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes that are items: not those that are a note, file or container of one."""
    nodes = list(nodes)
    parts = {
        part.id
        for node in nodes
        for name in ("link:link", "dcterms:isReferencedBy", "dcterms:isPartOf")
        for part in node.nodes(name)
    }
    for node in nodes:
        kind = _kind(node)
        if kind and (node.id not in parts or (kind not in ("attachment", "note") and _says(node))):
            yield node


def _says(node: Node) -> bool:
    """Whether a node says itself that it is an item: containers do not."""
    return bool(node.text("z:itemType"))


def _kind(node: Node) -> str:
    """What Zotero calls the type of an item; empty for a node that is none."""
    said = node.text("z:itemType")
    if said:
        return said
    types = set(node.types)
    if "z:Attachment" in types:
        return "attachment"
    if "bib:Memo" in types:
        return "note"
    named = (table("rdf-types").get(name.removeprefix("bib:")) for name in node.types)
    kind = next(filter(None, named), "")
    above = {name for part in _above(node) for name in part.types}
    if kind == "journalArticle" and "bib:Newspaper" in above:
        return "newspaperArticle"
    return "magazineArticle" if kind == "journalArticle" and "bib:Periodical" in above else kind


def _item(node: Node) -> dict[str, Any]:
    """The item in the form of Zotero's JSON."""
    kind = _kind(node)
    item: dict[str, Any] = {"itemType": kind}
    for field, name in _OF_ITEM.items():
        item[field] = node.text(name)
    item |= {
        name.removeprefix("z:"): text
        for name in node.properties
        if name.startswith("z:") and name not in _NO_FIELDS and (text := node.text(name))
    }
    if kind == "computerProgram":
        item["versionNumber"] = item.pop("edition", "")
    item |= _publisher(node) | _containers(node, kind) | _identifiers(node)
    meeting = next(node.nodes("bib:presentedAt"), None)
    item["conferenceName"] = meeting.text("dc:title") if meeting else ""
    item["creators"] = list(_creators(node))
    item["tags"], item["callNumber"] = _subjects(node)
    item["notes"] = [_note(note) for note in node.nodes("dcterms:isReferencedBy")]
    item["attachments"] = [_attachment(file) for file in node.nodes("link:link")]
    if kind == "note":
        item["note"] = node.text("rdf:value")
    if kind == "attachment":
        item |= _attachment(node)
    return {name: value for name, value in item.items() if value}


def _publisher(node: Node) -> dict[str, str]:
    house = next(node.nodes("dc:publisher"), None)
    if house is None:
        return {"publisher": node.text("dc:publisher")}
    place = next(house.nodes("vcard:adr"), None)
    return {
        "publisher": house.text("foaf:name"),
        "place": place.text("vcard:locality") if place else "",
    }


def _containers(node: Node, kind: str) -> dict[str, str]:
    """What stands above the item: section, journal or book, series; and their numbers."""
    found: dict[str, str] = {}
    number = table("numbers").get(kind, "number")
    for part in [*_above(node), node]:
        if "bib:Part" in part.types:
            found.setdefault("section", part.text("dc:title"))
        elif "bib:Series" in part.types:
            found |= {field: part.text(name) for field, name in _OF_SERIES.items()}
        elif part is not node:
            found.setdefault("publicationTitle", part.text("dc:title"))
        if not _PARTS.intersection(part.types):
            said = {
                "journalAbbreviation": part.text("dcterms:alternative"),
                "volume": part.text("prism:volume"),
                number: part.text("prism:number"),
            }
            found |= {field: text for field, text in said.items() if text and field not in found}
    return found


def _above(node: Node) -> list[Node]:
    """The parts, containers and series above an item, the nearest first; a circle ends."""
    found: list[Node] = []
    level = [node]
    while level and len(found) < _MOST_ABOVE:
        level = [part for one in level for part in one.nodes("dcterms:isPartOf")][:_MOST_ABOVE]
        level = [part for part in level if part not in found and part is not node]
        found += level
    return found


def _identifiers(node: Node) -> dict[str, str]:
    """ISBN, ISSN and DOI, of the item or its container; the address; what else identifies it."""
    found: dict[str, str] = {}
    for part in [node, *_above(node)]:
        if "bib:Series" in part.types:
            continue
        for text in part.texts("dc:identifier"):
            match = _NUMBERED.fullmatch(text)
            if match:
                found.setdefault(match[1].upper(), match[2].strip())
            elif part is node:
                found.setdefault("accessionNumber", text)
        for address in part.nodes("dc:identifier"):
            if "dcterms:URI" in address.types:
                found.setdefault("url", address.text("rdf:value"))
    return found


def _creators(node: Node) -> Iterator[dict[str, str]]:
    """People by their kinds: ``bib:authors``, ``z:translators`` … each a list in a node."""
    for name, values in node.properties.items():
        prefix, _, role = name.partition(":")
        if prefix not in ("bib", "z") or not role.endswith("s"):
            continue
        for holder in (value for value in values if isinstance(value, Node)):
            members = holder.nodes("rdf:li") if "rdf:li" in holder.properties else iter((holder,))
            for person in members:
                family = next(filter(None, map(person.text, _NAMED_BY)), "")
                given = next(filter(None, map(person.text, _GIVEN)), "")
                whole = person.text("foaf:name")
                yield {"creatorType": role[:-1], "lastName": family, "firstName": given,
                       **({"name": whole} if whole else {})}  # fmt: skip


def _subjects(node: Node) -> tuple[list[str], str]:
    """Tags, and the call number, which stands among them."""
    tags, call_number = list(node.texts("dc:subject")), ""
    for subject in node.nodes("dc:subject"):
        text = subject.text("rdf:value")
        if "z:AutomaticTag" in subject.types:
            tags.append(text)
        else:
            call_number = call_number or text
    return tags, call_number


def _note(node: Node) -> dict[str, Any]:
    return {"note": node.text("rdf:value"), "tags": _subjects(node)[0]}


def _attachment(node: Node) -> dict[str, Any]:
    """A file: its path is that of ``rdf:resource``, or of ``z:path``."""
    paths = [*(target.id for name in ("rdf:resource", "z:path") for target in node.nodes(name))]
    return {
        "title": node.text("dc:title"),
        "path": next(iter(paths), node.text("z:path") or node.text("rdf:resource")),
        "url": _identifiers(node).get("url", ""),
        "accessDate": node.text("dcterms:dateSubmitted"),
        "note": node.text("dc:description"),
    }


def _collections(nodes: Iterable[Node]) -> dict[str, list[str]]:
    """By the id of an item the names of its collections, each with those above it."""
    collections = {node.id: node for node in nodes if "z:Collection" in node.types}
    above = {part.id: node for node in collections.values() for part in node.nodes(_PART)}
    found: dict[str, list[str]] = defaultdict(list)
    for node in collections.values():
        way: list[Node] = []
        higher: Node | None = node
        while higher is not None and higher not in way and len(way) < _MOST_COLLECTIONS:
            way.append(higher)
            higher = above.get(higher.id)
        name = "/".join(filter(None, (one.text("dc:title") for one in reversed(way))))
        for part in node.nodes(_PART):
            if part.id not in collections:
                found[part.id].append(name)
    return found


_PART: Final = "dcterms:hasPart"
