"""Which folder an item lies in, and which page of a site is its own, told by its key.

The key is what ``item.json`` says. Its folder has one of two names, both made of the key alone:

- the *plain* name: the key itself, with every character that is no letter, digit, ``_ . + -``
  inside written as its UTF-8 bytes, ``~3a`` for a colon (there is no ``%``, so that no address
  has to be read twice);
- the *marked* name: the plain one, cut if it is long, then ``~`` and six hexadecimal digits of
  the key's SHA-256.

The plain name is taken where it can be. A key has only the marked one if its plain name is
Windows's (``con``), a page of the site (``index``), too long, or another key's marked one. An item
whose plain name another item or alias has, if letter case does not count, gets the marked one when
it comes in. Hard rules: no two keys have a name in common; whoever looks for a key looks under its
marked name first; and a name alone says whether it can be a key's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from citekit.errors import InvalidData
from citekit.model.citekey import check_citekey, is_citekey
from citekit.model.identifiers import is_reserved

try:  # every command asks for a folder, and hashlib loads OpenSSL: a third of Python's own start
    from _sha256 import sha256  # type: ignore[import-not-found]  # Python 3.11
except ImportError:
    try:
        from _sha2 import sha256  # type: ignore[import-not-found]  # Python 3.12 and later
    except ImportError:
        from hashlib import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_CHARACTERS: Final = 120
_MAX_BYTES: Final = 200  # 255 are allowed; files beside a page have longer names than the page
_INSIDE: Final = frozenset("_.+-")
_MARK_LENGTH: Final = 7
_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_PIECE: Final = r"(?:~[0-9a-f]{2})+|[^~]+"


def names_of(key: str) -> tuple[str | None, str]:
    """The plain name of a key's folder (None: it cannot have that) and the marked one.

    >>> names_of("DBLP:conf/x")
    ('DBLP~3aconf~2fx', 'DBLP~3aconf~2fx~31b7a0')
    >>> names_of("CON")
    (None, 'CON~a3dbc4')

    Raises InvalidData for what is no citekey.
    """
    return _names_of(check_citekey(key))


@lru_cache(maxsize=4096)
def _names_of(key: str) -> tuple[str | None, str]:
    pieces = _escaped(key)
    plain = "".join(pieces)
    can_be_plain = (
        len(plain) <= _MAX_CHARACTERS
        and len(plain.encode()) <= _MAX_BYTES
        and not is_reserved(plain)
        and not _is_taken_for_marked(plain)
    )
    return (plain if can_be_plain else None), _marked(key, pieces)


def _marked(key: str, pieces: list[str]) -> str:
    if is_reserved("".join(pieces)):  # Windows looks at what stands before the first dot
        pieces = ["~2e" if piece == "." else piece for piece in pieces]
    base = ""
    for piece in pieces:
        longer = base + piece
        if len(longer) > _MAX_CHARACTERS - _MARK_LENGTH:
            break
        if len(longer.encode()) > _MAX_BYTES - _MARK_LENGTH:
            break
        base = longer
    return f"{base}~{sha256(key.encode()).hexdigest()[: _MARK_LENGTH - 1]}"


def key_of(name: str) -> str | None:
    """The key whose folder has this name; None if the name alone does not say, or is no key's.

    >>> key_of("DBLP~3aconf~2fx"), key_of("smith2020~2a3053"), key_of("con")
    ('DBLP:conf/x', 'smith2020', None)

    A name that was cut does not say: the key is in the folder's ``item.json``.
    """
    if name.isascii() and name.isalnum() and len(name) <= _MAX_CHARACTERS:
        return None if is_reserved(name) else name  # as most are: the rules below say so too
    key = _marked_key(name)
    if key is None:
        key = _unescaped(name)
    return key if key is not None and is_name_of(name, key) else None


def is_name_of(name: str, key: str) -> bool:
    """Whether a folder of this name may hold the item with this key."""
    return is_citekey(key) and name in _names_of(key)


def is_name_of_any(name: str, keys: Iterable[str]) -> bool:
    """Whether a folder of this name may have held an item that had one of these keys."""
    return any(is_name_of(name, key) for key in keys)


def is_cut(name: str) -> bool:
    """Whether this may be the name of a long key, which only ``item.json`` tells."""
    return (
        _has_mark(name)
        and _is_long(name)
        and len(name) <= _MAX_CHARACTERS
        and len(name.encode()) <= _MAX_BYTES
        and _unescaped(name[:-_MARK_LENGTH]) is not None
        and key_of(name) is None
    )


def check_name(name: str) -> str:
    """The name, if it can be an item's folder; raises InvalidData."""
    if key_of(name) is None and not is_cut(name):
        raise InvalidData(
            f"cannot be the folder of an item: {name[:80]!r}",
            hint="the folder of a key is named in the reference of the archive's format",
        )
    return name


def alias_names(folders: Iterable[str], aliases: Iterable[str]) -> dict[str, str]:
    """The names of the pages that lead on from old keys, none of them an item's: alias -> name.

    What is no citekey (an archive may be hostile) has no page.
    """
    taken = {folded(name) for name in folders}
    found = {}
    for alias in sorted(filter(is_citekey, aliases)):
        plain, marked = names_of(alias)
        name = plain if plain is not None and folded(plain) not in taken else marked
        taken.add(folded(name))
        found[alias] = name
    return found


def folded(name: str) -> str:
    """The name as file systems that ignore case or Unicode form see it.

    >>> folded("Straße") == folded("STRASSE")
    True
    """
    if name.isascii():
        return name.lower()
    # Some systems compare in upper case, some in lower: what is one name for either is one here.
    upper = unicodedata.normalize("NFD", name).casefold().upper()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", upper.casefold()))


def _has_mark(name: str) -> bool:
    """Whether the name ends as marked names do; ``smith~3a2001``, of ``smith:2001``, does too."""
    mark = name[-_MARK_LENGTH:]
    return len(mark) == _MARK_LENGTH and mark[0] == "~" and _HEXADECIMAL.issuperset(mark[1:])


def _marked_key(name: str) -> str | None:
    """The key of which this is the marked name, if it was not cut."""
    key = _unescaped(name[:-_MARK_LENGTH]) if _has_mark(name) else None
    if key and is_citekey(key) and _marked(key, _escaped(key)) == name:
        return key
    return None


def _is_taken_for_marked(plain: str) -> bool:
    return _has_mark(plain) and (_is_long(plain) or _marked_key(plain) is not None)


def _is_long(name: str) -> bool:
    """Whether it may have been cut: what was cut off has at most the 12 signs of one character."""
    return len(name) > _MAX_CHARACTERS - 12 or len(name.encode()) > _MAX_BYTES - 12


def _escaped(key: str) -> list[str]:
    """The plain name in pieces that cannot be cut: a character, or all bytes of one."""
    if key.isascii() and key.isalnum():
        return list(key)
    # Composed letters only: macOS would store others in another form than they have here.
    is_composed = unicodedata.is_normalized("NFC", key)
    last = len(key) - 1
    return [
        character
        if _may_stand(character, is_first=i == 0, is_last=i == last)
        and (is_composed or character.isascii())
        else "".join(f"~{byte:02x}" for byte in character.encode())
        for i, character in enumerate(key)
    ]


def _may_stand(character: str, *, is_first: bool, is_last: bool) -> bool:
    """No name begins with a dot or hyphen, nor ends with a dot."""
    if character.isalnum():
        return True
    return character in _INSIDE and not is_first and (character == "_" or not is_last)


def _unescaped(name: str) -> str | None:
    """What was escaped so; None for what is no such name."""
    if "~" not in name:
        return name
    if re.fullmatch(f"(?:{_PIECE})+", name) is None:
        return None
    try:
        return re.sub(
            r"(?:~[0-9a-f]{2})+",
            lambda match: bytes.fromhex(match[0].replace("~", "")).decode(),
            name,
        )
    except UnicodeDecodeError:
        return None
