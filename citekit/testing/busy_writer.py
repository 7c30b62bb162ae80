"""A program that changes an archive and seals it, again and again, for a test that reads it then.

    python -m citekit.testing.busy_writer ARCHIVE KEY PAUSE_S

Every round sets the title of the item with that key and seals; it ends when it is stopped.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from citekit.app.sealing.seal import seal
from citekit.store.archive import ArchiveStore


def main(root: str, key: str, pause_s: str) -> None:
    """Write until somebody ends this process."""
    for number in itertools.count():
        store = ArchiveStore.open(Path(root))
        with store.writing() as writer:
            writer.replace_item(store.item(key).with_data(title=f"Title {number}"))
        seal(store)
        time.sleep(float(pause_s))


if __name__ == "__main__":
    main(*sys.argv[1:])
