"""What is certain of private files: what the last seal took in, and what this computer noted since.

Whoever can write in the folder can write lines into the ledger. What the log has the root of, they
cannot change: that is what the signed word is about. What is said since to have gone for good is
believed only of lines that are this computer's own (``ledger``); a seal asks about all else.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.errors import CitekitError
from citekit.model.value import Value
from citekit.store.private.ledger import (
    Ledger,
    PrivateSeal,
    is_immutable,
    is_purge,
    read_ledger,
)
from citekit.store.private.sealed_roots import private_roots
from citekit.store.private.second_copy import is_any_here, last_seal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.store.layout import Layout


class Vouched(Value):
    """The ``ledger``, and the last ``seal`` of the log that can be opened here; None without one.

    Of a seal that ``read_vouched`` gives, the tree is right.
    """

    ledger: Ledger
    seal: PrivateSeal | None = None

    @property
    def sealed(self) -> Mapping[str, str]:
        """What that seal was made of: path -> digest."""
        return self.seal.files if self.seal else {}

    @property
    def purged(self) -> set[str]:
        """The payloads that were removed for good, as it was sealed or noted here."""
        return {d for path, d in self.sealed.items() if is_purge(path)} | self.ledger.erased

    def stands(self, path: str) -> str | None:
        """The digest that an immutable file was sealed with; None for others."""
        if not is_immutable(path):
            return None
        return self.sealed.get(path) or self.ledger.first.get(path)

    def has_gone(self, path: str) -> bool:
        """Whether a file that is not here was removed by this computer, or before the last seal."""
        is_said = path not in self.ledger.files
        return is_said and (path not in self.sealed or path in self.ledger.gone)

    def losses(self, disk: Mapping[str, str]) -> Iterator[str]:
        """Sealed files that are not on the disk, and that this computer has not noted as gone.

        Of payloads, the path that stands for their purge. A capture record that nobody at all has
        noted as gone is none of them: it is missing.
        """
        for path in sorted(self.sealed.keys() - disk.keys() - self.ledger.purges.keys()):
            is_missing = is_immutable(path) and path in self.ledger.files
            if not (is_missing or path in self.ledger.gone):
                yield path
        for path, digest in sorted(self.ledger.purges.items()):
            if digest not in self.purged:
                yield path


def read_vouched(layout: Layout) -> Vouched:
    """Read what is certain; raises InvalidData where the ledger does not give a root of the log."""
    if not is_any_here(layout):  # as a rule, and the log need not be read for it
        return Vouched(ledger=read_ledger(layout))
    roots: list[bytes] = []
    with suppress(CitekitError):  # a damaged log is told elsewhere
        roots = [root for _, root in private_roots(layout)]
    seal = last_seal(layout, roots)
    if seal is not None:
        seal.tree()
    return Vouched(ledger=read_ledger(layout), seal=seal)
