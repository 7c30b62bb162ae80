"""Making a citekey once, when an item is made: ``mem2023turkiye``.

{family, or acronym of the literal author, or of the container}{year}{first significant word of
the title}, in ASCII letters and digits. Keys are stored and never computed again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.model.citekey import is_citekey
from citekit.model.identifiers import is_reserved, romanised
from citekit.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_PART: Final = 24
# Words that start many titles and tell nothing, in the languages most often met.
_STOP_WORDS: Final = frozenset(
    """a an the of in on at to for from by with and or is are was were be as it its this that how
    why what who when where der die das den dem ein eine einen im in und von zu zur zum auf le la
    les l un une des du de d et en au aux el los las del y e o os as da do das dos um uma il lo gli
    i uno di della dello dei delle nel nella bir ve ile bu the""".split()  # noqa: SIM905
)


def make_citekey(data: Mapping[str, Any]) -> str:
    """The citekey that an item's own data suggests; ``item`` where they suggest nothing.

    >>> make_citekey({"container-title": "Middle East Monitor", "title": "Turkiye to deploy",
    ...               "issued": {"date-parts": [[2023, 6, 4]]}})
    'mem2023turkiye'
    """
    item = Item.from_json({"id": "x", "type": "document", **data})
    date = item.date()
    year = str(abs(date.year)) if date and date.year else ""
    key = _responsible(item) + year + _first_word(item.title)
    # There may be nothing to make it of; and a made key is one that its folder can have as it is.
    return key if is_citekey(key) and not is_reserved(key) else "item"


def ascii_word(text: str) -> str:
    """The text in ASCII lower-case letters and digits; other scripts are romanised."""
    return re.sub(r"[^a-z0-9]", "", romanised(text).lower())[:_LONGEST_PART]


def _responsible(item: Item) -> str:
    """Who stands at the front of the key: a person's family name, or an acronym."""
    for name in item.names("author")[:1]:
        if name.literal:
            return _acronym(name.literal)
        return ascii_word(name.family or name.given)
    for variable in ("container-title", "publisher"):
        if item.text(variable):
            return _acronym(item.text(variable))
    return ""


def _acronym(text: str) -> str:
    """The initials of several words, or one word whole: ``mem``, ``reuters``."""
    words = re.findall(r"[^\W\d_]+", text)
    words = [word for word in words if word.lower() not in _STOP_WORDS]
    if len(words) < 2:
        return ascii_word(words[0] if words else text)
    return "".join(ascii_word(word)[:1] for word in words)[:_LONGEST_PART]


def _first_word(title: str) -> str:
    """The first word that tells something."""
    plain = re.sub(r"<[^>]{0,40}>", "", title)
    words = [ascii_word(word) for word in re.findall(r"[^\W_]+", plain)]
    told = [word for word in words if word and word not in _STOP_WORDS]
    return next(iter(told or [word for word in words if word]), "")
