"""Items that were sealed among the others and are private now: gone from there, and kept here.

That they are kept here, as they were sealed, shows to who has them that nobody else took them away.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.errors import CitekitError
from citekit.integrity.digest import digest_bytes
from citekit.store import files
from citekit.store.log.log_state import is_immutable, is_item_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.store.layout import Layout
    from citekit.store.log.log_state import History, Known


def kept_privately(layout: Layout, history: History, disk: Mapping[str, str]) -> Iterator[str]:
    """Folders that the log has a word on and the disk no file in, and that lie in private whole."""
    if not layout.private_items.is_dir():  # as a rule
        return
    present = {"/".join(path.split("/", 2)[:2]) for path in disk if path.startswith("items/")}
    for folder in sorted(history.groups()):
        if is_item_folder(folder) and folder not in present:
            known = history.in_group(folder)
            if known and _is_kept(layout, folder, known):
                yield folder


def _is_kept(layout: Layout, folder: str, known: Mapping[str, Known]) -> bool:
    """Whether an item lies under ``private/`` with every capture record as it is known."""
    if not (layout.private / folder / "item.json").is_file():
        return False
    captures = {path: said.digest for path, said in known.items() if is_immutable(path)}
    return all(_digest(layout, path) == digest for path, digest in captures.items())


def _digest(layout: Layout, path: str) -> str | None:
    with suppress(CitekitError):
        file = layout.check_inside(layout.private.joinpath(*path.split("/")))
        return digest_bytes(files.read_bytes(file))
    return None
