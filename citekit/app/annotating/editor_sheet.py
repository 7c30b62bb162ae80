"""The sheet that opens in an editor: numbered paragraphs, and lines of annotations under them.

    [p3] The paragraph …
    > "words of it" a note #tag @entity

A line without quoted words is about the whole paragraph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.app.annotating.passages import ItemText

_HELP = """\
Annotate {key}: under a paragraph, write lines that start with ">":
  > "words of the paragraph" your note #tag @entity
Without quoted words the line is about the whole paragraph. Save and close when done;
change nothing else. Leave no such line to annotate nothing.
"""


class Entry(Value):
    """One annotation read from a sheet; ``line`` counts from 1."""

    line: int
    passage: str
    quote: str | None
    note: str
    tags: tuple[str, ...]
    entities: tuple[str, ...]


def make_sheet(text: ItemText) -> str:
    """The sheet for a text."""
    head = "".join(f"# {line}\n" for line in _HELP.format(key=text.key).splitlines())
    paragraphs = [
        f"[p{number}] {text.text[start:end]}\n"
        for number, (start, end) in enumerate(text.map.paragraphs, 1)
    ]
    return head + "\n" + "\n".join(paragraphs)


def read_sheet(sheet: str) -> tuple[Entry, ...]:
    r"""The annotations written into a sheet, in its order.

    >>> read_sheet('[p2] Some words.\n> "words" why #fact @nato')[0].tags
    ('fact',)
    """
    entries: list[Entry] = []
    passage = ""
    for number, line in enumerate(sheet.splitlines(), 1):
        named = re.match(r"\[(p\d+)\]", line)
        if named:
            passage = named[1]
        elif line.startswith(">") and passage:
            entries.append(_read_entry(line[1:].strip(), number, passage))
    return tuple(entries)


def _read_entry(line: str, number: int, passage: str) -> Entry:
    quoted = re.match(r"[\"“„«](.+?)[\"”“»](?=\s|$)", line)
    rest = line[quoted.end() :] if quoted else line
    tags = tuple(re.findall(r"(?<!\S)#([\w-]+)", rest))
    entities = tuple(re.findall(r"(?<!\S)@([a-z0-9-]+)", rest))
    note = " ".join(re.sub(r"(?<!\S)(?:#[\w-]+|@[a-z0-9-]+)", "", rest).split())
    return Entry(
        line=number,
        passage=passage,
        quote=quoted[1] if quoted else None,
        note=note,
        tags=tags,
        entities=entities,
    )
