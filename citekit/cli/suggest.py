"""What was meant by a word that does not exist: a command, an option, a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.cli.command_table import COMMANDS, GROUPS
from citekit.cli.declared import GLOBALS, find_command
from citekit.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.cli.declared import Option


def suggest(words: list[str]) -> str | None:
    """A hint for an argument list that is wrong, or None where nothing is near.

    >>> suggest(["sho", "smith2020"])
    'did you mean show?'
    >>> suggest(["cite", "smith2020", "--fromat", "ris"])
    'did you mean --format?'
    >>> suggest(["list", "--access", "pubic"])
    'did you mean public?'
    """
    if not words:
        return None
    command = find_command(words)
    if command is None:
        return _nearest_command(words)
    known = {word: option for option in (*command.options, *GLOBALS) for word in option.words}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--":
            return None
        name, equals, value = word.partition("=")
        if name in known:
            near = _nearest_choice(known[name], value if equals else following)
        else:
            near = _nearest_option(name, known) if name.startswith("--") else None
        if near:
            return near
    return None


def _nearest_command(words: list[str]) -> str | None:
    if words[0] in GROUPS:
        names = [name.split()[1] for name in COMMANDS if name.startswith(f"{words[0]} ")]
        return _nearest(words[1], names) if len(words) > 1 else None
    names = [name for name in COMMANDS if " " not in name]
    return _nearest(words[0], [*names, *GROUPS])


def _nearest_choice(option: Option, value: str) -> str | None:
    if value in option.choices:
        return None
    return _nearest(value, option.choices)


def _nearest_option(word: str, known: Iterable[str]) -> str | None:
    """The dashes are left out: they would make any two short options alike."""
    names = [name.removeprefix("--") for name in known if name.startswith("--")]
    near = nearest(word.removeprefix("--"), names, most=1)
    return f"did you mean --{near[0]}?" if near else None


def _nearest(word: str, known: Iterable[str]) -> str | None:
    harmless = [name for name in known if not destroys(name)]
    near = nearest(word, harmless, most=1)
    return f"did you mean {near[0]}?" if near else None


def destroys(name: str) -> bool:
    """Whether a command takes something away: who mistypes a name must not be led there."""
    return name in ("purge", "remove", "rm")
