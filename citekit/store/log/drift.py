"""How the files on the disk differ from what the log says: the one judgement of seal and verify."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from citekit.model.event import Action
from citekit.model.value import Value
from citekit.store.log.log_state import Known
from citekit.store.log.record_kinds import IMMUTABLE, action_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from citekit.store.log.log_state import History


class Difference(Value):
    """One file that is not as the log says.

    ``known`` is the log's last word (None: it never heard of the file); ``digest`` is the file's
    (None: it is absent).
    """

    path: str
    action: Action
    known: Known | None
    digest: str | None

    @property
    def is_immutable(self) -> bool:
        """Whether a change of this file is tampering: it never changes once it is recorded."""
        return self.action in IMMUTABLE and self.known is not None


def differences(history: History, disk: Mapping[str, str]) -> Iterator[Difference]:
    """Compare the log's state with the digests of the files (path -> digest), in path order."""
    found: list[tuple[str, Known | None, str | None]] = []
    all_known = dict(history.files())
    for path, digest in disk.items():
        known = all_known.get(path)
        if known is None or known.digest != digest:
            found.append((path, known, digest))
    for path, known in all_known.items():
        if known.digest is not None and path not in disk:
            found.append((path, known, None))
    for path, last, now in sorted(found, key=itemgetter(0)):
        action = action_of(path)
        if action:
            yield Difference(path=path, action=action, known=last, digest=now)


def renamed_groups(
    history: History, disk: Mapping[str, str], resolve: Callable[[str], str | None]
) -> Iterator[tuple[str, str]]:
    """Folders of items that were renamed without an event: old and new, as ``items/<name>``.

    ``resolve`` gives the name of the folder of the item that has an old one's key as its alias.
    """
    left = [
        group
        for group in history.groups()
        if group.startswith("items/") and f"{group}/item.json" not in disk
    ]
    if not left:  # as a rule
        return
    present = {"/".join(path.split("/", 2)[:2]) for path in disk if path.startswith("items/")}
    for group in sorted(left):
        if group not in present and history.in_group(group):
            new = resolve(group.removeprefix("items/"))
            if new and f"items/{new}" in present and not history.in_group(f"items/{new}"):
                yield group, f"items/{new}"
