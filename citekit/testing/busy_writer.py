"""A program that changes an archive and seals it, again and again, for a test that reads it then.

    python -m citekit.testing.busy_writer ARCHIVE KEY PAUSE_S

Every round sets the title of the item with that key, and adds an item that it renames, seals with
the rest in every second round, and else removes. It ends when it is stopped.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from citekit.app.archive import Archive
from citekit.app.sealing.seal import seal
from citekit.store.archive import ArchiveStore


def main(root: str, key: str, pause_s: str) -> None:
    """Write until somebody ends this process."""
    store = ArchiveStore.open(Path(root))
    archive = Archive(store)
    for number in itertools.count():
        with store.writing() as writer:
            writer.replace_item(store.item(key).with_data(title=f"Title {number}"))
        article = f"A headline {number}\n\nBy Ada Quill\n\nThe tide was {number} inches high.\n"
        added = archive.add(article.encode(), name=f"{number}.txt").item.key
        renamed = f"tide{number}inches2024"
        archive.rename(added, renamed)
        if number % 2:
            archive.remove(renamed)
        seal(store)
        time.sleep(float(pause_s))


if __name__ == "__main__":
    main(*sys.argv[1:])
