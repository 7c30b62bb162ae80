"""What one edit of a long document costs: the milliseconds that the promise is about.

    python tests/bench/csl_editing.py [CITATIONS]

A document of as many citations as items; each time a citation is put in or changed in the middle,
and both the citations and the entries that read differently are asked for. The least CPU
time of nine counts. A new item in the middle renumbers all that follow in a numbered style: there
"insert before the last" is the edit that changes two. "renumber" gives every note after the middle
the next number.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from citekit.csl import Citation, Document, Program, find_style, parse_style

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = ("apa", "ieee", "chicago-notes-bibliography", "chicago-author-date")
TIMES = 9


def item(number: int) -> dict[str, Any]:
    """A book by one of several hundred people."""
    author = [{"family": f"Adler{number % 700}", "given": f"Iris {chr(65 + number % 26)}."}]
    issued = {"date-parts": [[1900 + number % 120, 1 + number % 12]]}
    return {
        "id": f"i{number}", "type": "book", "title": f"Kelp and tide {number}", "author": author,
        "issued": issued, "publisher": "Reed", "publisher-place": "Leeds",
    }  # fmt: skip


def milliseconds(edit: Callable[[int], None], document: Document) -> tuple[float, int, int]:
    """The least time of an edit with its questions; how many citations and entries changed last."""
    best, citations, entries = 1e9, 0, 0
    for number in range(TIMES):
        start = time.process_time()
        edit(number)
        citations, entries = len(document.changes()), len(document.entry_changes())
        best = min(best, time.process_time() - start)
    return best * 1000, citations, entries


def main() -> None:
    """Print a line for each style and kind of edit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for style in STYLES:
        program = Program(parse_style(find_style(style).xml), "en-US")
        document = Document(program, [item(n) for n in range(count + 2 * TIMES + 1)])
        is_note = program.style.style_class == "note"
        for n in range(count):
            cites = ({"id": f"i{n}"},)
            document.insert(Citation(id=str(n), cites=cites, note=n + 1 if is_note else 0))
        start = time.process_time()
        document.changes()
        document.entry_changes()
        first = (time.process_time() - start) * 1000
        print(f"{style}: {count} citations at once {first:.0f} ms")
        middle = str(count // 2)

        def insert_new(n: int, document: Document = document, middle: str = middle) -> None:
            cite = {"id": f"i{count + n}"}
            document.insert(Citation(id=f"new{n}", cites=(cite,)), before=middle)

        def insert_known(n: int, document: Document = document, middle: str = middle) -> None:
            document.insert(Citation(id=f"again{n}", cites=({"id": "i7"},)), before=middle)

        def insert_late(
            n: int, document: Document = document, last: str = str(count - 1), base: int = count
        ) -> None:
            cite = {"id": f"i{base + TIMES + n}"}
            document.insert(Citation(id=f"late{n}", cites=(cite,)), before=last)

        note = count // 2 + 1 if is_note else 0

        def change(
            n: int, document: Document = document, middle: str = middle, note: int = note
        ) -> None:
            cite = {"id": f"i{middle}", "locator": str(n)}
            document.replace(Citation(id=middle, cites=(cite,), note=note))

        def renumber(n: int, document: Document = document) -> None:
            document.arrange(
                [
                    Citation(id=c.id, cites=c.cites, note=i + (i > count // 2) * (n % 2))
                    for i, c in enumerate(document.citations, 1)
                ]
            )

        edits: list[tuple[str, Callable[[int], None]]] = [
            ("insert a new item", insert_new),
            ("cite a known item", insert_known),
            ("change a locator", change),
            ("insert before the last", insert_late),
        ]
        if is_note:
            edits.append(("renumber half the notes", renumber))
        for name, edit in edits:
            best, citations, entries = milliseconds(edit, document)
            print(f"  {name:24} {best:7.1f} ms   {citations} citations, {entries} entries")


if __name__ == "__main__":
    main()
