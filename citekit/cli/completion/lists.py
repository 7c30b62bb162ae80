"""The lists that the shell completes from, made of the archive and of what is installed.

All the slow modules are imported here, so that a kept list is read without them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.app.looking.listing import list_items
from citekit.cli.completion.cache import Entry, as_text
from citekit.csl import search_styles
from citekit.csl.style.locale import locale_tags
from citekit.errors import CitekitError
from citekit.store.files import write_whole
from citekit.store.reading import ArchiveReader

if TYPE_CHECKING:
    from pathlib import Path


def list_keys(root: Path) -> list[Entry]:
    """Every citekey with its title."""
    return [(row.key, row.title) for row in list_items(_reader(root))]


def list_entities(root: Path) -> list[Entry]:
    """Every entity's id with its name."""
    return [(entity.id, entity.name) for entity in _reader(root).entities()]


def list_claims(root: Path) -> list[Entry]:
    """Every claim's id with its statement."""
    return [(claim.id, claim.statement) for claim in _reader(root).claims()]


def _reader(root: Path) -> ArchiveReader:
    """Without what is private: a list is kept outside the archive, and shown to who looks on."""
    return ArchiveReader.open(root).for_others()


def list_styles() -> list[Entry]:
    """Every style's id and short names with its title, sorted."""
    found = search_styles()
    names = {name: style.title for style in found for name in style.short_names}
    return sorted((names | {style.id: style.title for style in found}).items())


def list_locales() -> list[Entry]:
    """Every language that has terms of its own."""
    return [(tag, "") for tag in locale_tags()]


_OF_ARCHIVE: Final = {"items": list_keys, "entities": list_entities, "claims": list_claims}
_INSTALLED: Final = {"styles": list_styles, "locales": list_locales}


def keep_list(name: str, root: Path | None, path: Path, stamp: str) -> str:
    """A list by its name, of an archive or of what is installed, as text; kept where that works."""
    entries = _INSTALLED[name]() if root is None else _OF_ARCHIVE[name](root)
    text = as_text(stamp, entries)
    with suppress(CitekitError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode(), staging=path.parent, root=path.parent)
    return text
