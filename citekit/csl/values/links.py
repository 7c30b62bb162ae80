"""Links to what a reference names (CSL 1.0.2, Appendix VI).

A printed DOI, PMID, PMCID or URL is a link. An entry of the bibliography that prints none of them,
of an item that has one, is linked by its title, or as a whole where it prints no title either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.output.tree import Linked, Node, Rich, exchange
from citekit.csl.style.ir import Look
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.csl.values.entry import Entry

IDENTIFIERS = ("DOI", "PMCID", "PMID", "URL")
"""The variables that are links, in the order in which an item is asked for one."""
_BASES = {
    "DOI": "https://doi.org/",
    "PMID": "https://www.ncbi.nlm.nih.gov/pubmed/",
    "PMCID": "https://www.ncbi.nlm.nih.gov/pmc/articles/",
}
_SAFE = re.compile(r"^https?://[^\s<>\"]+$", re.IGNORECASE)
_ENCODED = str.maketrans({"<": "%3C", ">": "%3E", '"': "%22", "#": "%23", "?": "%3F"})
"""What an old DOI may hold (10.1002/…17:15/16<1661::AID…) and the path of an address may not."""
_TITLES = ("title", "title-short")


def link_for(variable: str, text: str) -> str | None:
    """The address for this identifier, None when it would not be a safe web address.

    >>> link_for("DOI", "10.1000/182")
    'https://doi.org/10.1000/182'
    """
    text = text.strip()
    if variable == "URL" or text.lower().startswith(("http://", "https://")):
        address = text
    else:
        address = _BASES.get(variable, "") + text.translate(_ENCODED)
    return address if _SAFE.match(address) else None


def with_link(tree: Node, entry: Entry) -> Node:
    """A bibliography entry as it is where it holds a link, otherwise linked by its title."""
    address = _address(entry)
    if address is None:
        return tree
    titles: list[Node] = []
    if _has_link(tree, titles):
        return tree
    if not titles:
        return _linked_whole(tree, address)
    title = titles[0]
    return exchange(tree, title, type(title)(replace(title.look, link=address), title.children))


def _address(entry: Entry) -> str | None:
    for variable in IDENTIFIERS:
        text = entry.text(variable)
        address = link_for(variable, text) if text else None
        if address:
            return address
    return None


def _has_link(node: Node, titles: list[Node]) -> bool:
    """Whether a tree holds a link; the titles before it are noted, in one walk of every entry."""
    look = node.look
    if look.link:
        return True
    if look.variable in _TITLES and isinstance(node, Rich):
        titles.append(node)
    return any(not isinstance(child, str) and _has_link(child, titles) for child in node.children)


def _linked_whole(tree: Node, address: str) -> Node:
    """The text of an entry as one link; where it is set in blocks, that of the last block."""
    blocks = [c for c in tree.children if not isinstance(c, str) and c.look.display]
    place = blocks[-1] if blocks else tree
    look = Look(link=address, delimiter=place.look.delimiter)
    linked = Node(place.look, [Linked(look, place.children)])
    return exchange(tree, place, linked) if blocks else linked
