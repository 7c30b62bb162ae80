"""``seal = "auto"``: every change seals itself, and is stamped where authorities are named.

A change that is done stays done, whatever becomes of its seal: what failed is a warning.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from citekit.app.sealing.seal import seal_recorded
from citekit.app.sealing.stamp import not_stamped, stamp
from citekit.errors import CitekitError

if TYPE_CHECKING:
    from citekit.findings import Finding
    from citekit.store.archive import ArchiveStore

_log = logging.getLogger(__name__)


class AutoSeal:
    """Seals each change of an archive under its lock (``store.archive.AfterChange``).

    With ``stamps_each`` every seal is stamped when the lock is free, and what fails is logged; else
    its owner calls ``stamp`` after several changes.
    """

    def __init__(self, *, stamps_each: bool = False, allow_private: bool = False) -> None:
        self._stamps_each = stamps_each
        self._allow_private = allow_private
        self._is_new = False

    def under_lock(self, store: ArchiveStore) -> None:
        """Seal what was just noted."""
        try:
            rest = seal_recorded(store)
            self._is_new = True
            if rest:
                _log.warning("%s wait that this command did not make: citekit seal", _count(rest))
        except CitekitError as error:
            _log.warning("not sealed: %s", error)

    def when_free(self, store: ArchiveStore) -> None:
        """Have the seal stamped, where each is to be."""
        for finding in self.stamp(store) if self._stamps_each else ():
            _log.warning("%s; %s", finding.message, finding.hint)

    def stamp(self, store: ArchiveStore) -> tuple[Finding, ...]:
        """Have the last seal stamped, once, by the authorities that ``archive.toml`` names.

        A warning for each that gives nothing, and for a lock that does not come free.
        """
        urls = store.settings.tsa
        if not urls or not self._is_new:
            return ()
        self._is_new = False
        try:
            return stamp(store, urls, allow_private=self._allow_private)[1]
        except CitekitError as error:
            return (not_stamped(", ".join(urls), error),)


def _count(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"
