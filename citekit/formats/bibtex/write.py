"""CSL items as BibLaTeX or BibTeX text.

The blocks are written here and not by bibtexparser: its import costs as much start-up as one
run of Python. The tests read every block back with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData
from citekit.formats.bibtex.fields import Entry, entry_of
from citekit.formats.bibtex.mapping import Dialect, crosswalk
from citekit.formats.latex.write import LatexWriter
from citekit.formats.one_line import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_NOT_IN_KEYS = frozenset("{},")  # BibTeX reads a key up to white space, a comma or a brace


def write_bibtex(
    items: Iterable[Mapping[str, Any]],
    dialect: Dialect,
    *,
    ascii: bool = False,  # noqa: A002  # the word users know
) -> str:
    r"""The items as entries, one blank line between two; keys are the items' ids.

    Only what TeX would run when it writes the key into its files, ``\`` and ``^^``, is a hyphen.
    With ``ascii`` letters beyond ASCII are LaTeX commands. Raises InvalidData when an id cannot be
    a key.
    """
    items = list(items)
    keys = frozenset(str(item.get("id")) for item in items) if len(items) > 1 else frozenset()
    return "\n".join(bibtex_entries(items, dialect, beside=keys, ascii=ascii))


def bibtex_entries(
    items: Iterable[Mapping[str, Any]],
    dialect: Dialect,
    *,
    beside: Collection[str] = (),
    ascii: bool = False,  # noqa: A002  # as above
) -> Iterator[str]:
    """Each item as an entry that ends with a newline; what ``write_bibtex`` puts together.

    ``beside`` are the keys of all entries of the file: from them an entry may inherit.
    """
    walk, latex = crosswalk(dialect), LatexWriter(dialect, ascii=ascii)
    return (_block(entry_of(item, walk, latex, beside=beside)) for item in items)


def _block(entry: Entry) -> str:
    key = check_bibtex_key(str(entry.item.get("id", "")))
    key = key.replace("\\", "-").replace("^^", "--")
    lines = [
        f"  {name} = {text if name in entry.typed else _value(name, text)}"
        for name, text in entry.fields.items()
    ]
    return ",\n".join([f"@{entry.type}{{{key}", *lines]) + "\n}\n"


def _value(name: str, text: str) -> str:
    """The value in braces; a month is a macro and a year a number."""
    bare = name == "month" or (name == "year" and text.isascii() and text.isdigit())
    return text if bare else f"{{{text}}}"


def check_bibtex_key(key: str) -> str:
    """The key, if a BibTeX entry can have it; raises InvalidData."""
    if not key or key != fold(key) or _NOT_IN_KEYS & set(key):
        raise InvalidData(
            f"cannot be the key of a BibTeX entry: {key!r}",
            hint="give the item another id, without spaces at its ends, commas and braces",
        )
    return key
