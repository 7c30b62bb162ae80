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
    """Seals the changes of one archive under its lock; ``stamp`` is for when the lock is free."""

    def __init__(self, store: ArchiveStore, *, allow_private: bool = False) -> None:
        self._store = store
        self._allow_private = allow_private
        self._is_new = False

    def seal(self, store: ArchiveStore) -> None:
        """Seal what was just noted."""
        try:
            seal_recorded(store)
            self._is_new = True
        except CitekitError as error:
            _log.warning("not sealed: %s", error)

    def stamp(self) -> tuple[Finding, ...]:
        """Have the last seal stamped, once, by the authorities that ``archive.toml`` names.

        A warning for each that gives nothing, and for a lock that does not come free.
        """
        urls = self._store.settings.tsa
        if not urls or not self._is_new:
            return ()
        self._is_new = False
        try:
            return stamp(self._store, urls, allow_private=self._allow_private)[1]
        except CitekitError as error:
            return (not_stamped(", ".join(urls), error),)

    def stamp_and_log(self) -> None:
        """The same, with the warnings in the log of this module."""
        for finding in self.stamp():
            _log.warning("%s; %s", finding.message, finding.hint)


def arm(store: ArchiveStore, *, allow_private: bool = False) -> AutoSeal:
    """Have the archive seal itself after every change.

    Its owner says when to ``stamp``: after each change (``after_release``), or after several.
    """
    sealing = AutoSeal(store, allow_private=allow_private)
    store.after_change = sealing.seal
    return sealing
