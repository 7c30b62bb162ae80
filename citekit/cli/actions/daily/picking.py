"""Items that are chosen on a terminal, by parts of their key, names, year or title.

What is typed is shown on stderr, so that the answer can go into a file. The work is
prompt_toolkit's, an optional package.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from citekit.app.looking.listing import list_items
from citekit.errors import MissingExtra, NotFound
from citekit.model.records.control_characters import visible
from citekit.model.title_markup import without_markup

try:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, FuzzyCompleter, WordCompleter
    from prompt_toolkit.document import Document
    from prompt_toolkit.output import create_output
except ImportError:
    _IS_THERE = False
else:
    _IS_THERE = True

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.index.sqlite import Row
    from citekit.store.reading import ArchiveReader

_HELP: Final = "parts of key, name, year or title; arrows choose, Enter takes, Enter alone ends"


def pick(store: ArchiveReader) -> list[str]:
    """The keys of the items that somebody chooses, in the order of choosing.

    Raises MissingExtra without prompt_toolkit, NotFound where there is nothing to choose from.
    """
    if not _IS_THERE:
        error = MissingExtra("prompt_toolkit", extra="pick", purpose="choosing items here")
        error.hint = f"{error.hint}; or name the items: citekit list shows the keys"
        raise error
    keys = {_line(row): row.key for row in list_items(store)}
    if not keys:
        raise NotFound("no items to choose from", hint="citekit add archives something")
    return _ask(keys)


def _line(row: Row) -> str:
    year = "" if row.year is None else str(row.year)
    parts = (row.key, row.author, year, without_markup(row.title))
    return visible("  ".join(" ".join(part.split()) for part in parts if part))


def _ask(keys: Mapping[str, str]) -> list[str]:
    """Ask until nothing more is typed."""
    completer = FuzzyCompleter(WordCompleter(list(keys), sentence=True), pattern=r"^.+")
    session: PromptSession[str] = PromptSession(
        output=create_output(stdout=sys.stderr),
        completer=completer,
        complete_while_typing=True,
        bottom_toolbar=_HELP,
    )
    chosen: list[str] = []
    while True:
        try:
            typed = session.prompt("and: " if chosen else "cite: ").strip()
        except EOFError:
            return chosen
        if not typed:
            return chosen
        line = _meant(typed, keys, completer)
        if line is None:
            sys.stderr.write("nothing is like that\n")
        elif keys[line] not in chosen:
            chosen.append(keys[line])


def _meant(typed: str, keys: Mapping[str, str], completer: FuzzyCompleter) -> str | None:
    """The line that was chosen, or the one that stood first in the list."""
    if typed in keys:
        return typed
    offered = completer.get_completions(Document(typed), CompleteEvent())
    return next((one.text for one in offered), None)
