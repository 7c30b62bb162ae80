"""Argument lists: global options out of any place, and the fast path's own reading.

The fast path reads only what it knows to be right. For anything else – a help request, an unknown
option, a missing argument – it answers None, and typer explains.
"""

from __future__ import annotations

from typing import NamedTuple

from citekit.cli.table import ARCHIVE, COMMANDS, GLOBALS, GROUPS, Command, Option

Values = dict[str, object]


class Globals(NamedTuple):
    """The global options of one call."""

    archive: str | None = None
    json: bool = False
    quiet: bool = False


def take_globals(words: list[str]) -> tuple[Globals, list[str]]:
    """Split the global options off an argument list, wherever they stand before ``--``.

    >>> take_globals(["cite", "--archive", "a", "x", "--json"])
    (Globals(archive='a', json=True, quiet=False), ['cite', 'x'])

    The value of another option is never taken for a global option. A global option that lacks its
    value stays in the list, for the caller to complain about.
    """
    found: Values = {}
    rest: list[str] = []
    valued = _valued_options(words)
    position = 0
    while position < len(words):
        word = words[position]
        if word == "--":
            rest += words[position:]
            break
        name, equals, value = word.partition("=")
        if name == ARCHIVE.name and (equals or position + 1 < len(words)):
            found["archive"] = value if equals else words[position + 1]
            position += 1 if equals else 2
        elif word in _SWITCHES:
            found[_SWITCHES[word]] = True
            position += 1
        else:
            width = 2 if word in valued else 1
            rest += words[position : position + width]
            position += width
    return Globals(**found), rest  # type: ignore[arg-type]  # keys and types are those above


_SWITCHES = {
    word: option.parameter
    for option in GLOBALS
    if not option.metavar
    for word in (option.name, option.short)
    if word
}


def _valued_options(words: list[str]) -> set[str]:
    """The options of the called command that take a value."""
    command = find_command([word for word in words if not word.startswith("-")])
    options = command.options if command else ()
    if command is None:  # the archive's folder may stand before the command's name
        options = tuple(option for other in COMMANDS for option in other.options)
    return {word for o in options if o.metavar for word in (o.name, o.short) if word}


def find_command(words: list[str]) -> Command | None:
    """The command that an argument list without global options calls."""
    if not words:
        return None
    name = " ".join(words[:2]) if words[0] in GROUPS else words[0]
    return next((command for command in COMMANDS if command.name == name), None)


def read_fast(words: list[str]) -> tuple[Command, Values] | None:
    """The command and its function's keyword arguments, or None when typer should have a look."""
    command = find_command(words)
    if command is None or not command.is_fast:
        return None
    split = _split(command, words[len(command.name.split()) :])
    if split is None:
        return None
    plain, options = split
    arguments = _place(command, plain)
    return None if arguments is None else (command, {**arguments, **options})


def _split(command: Command, words: list[str]) -> tuple[list[str], Values] | None:
    """The words by place, and the options' values."""
    by_word = {w: o for o in command.options for w in (o.name, o.short) if w}
    options: Values = {o.parameter: _absent(o) for o in command.options}
    plain: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            plain += rest
            break
        if not word.startswith("-") or word == "-":
            plain.append(word)
            continue
        name, equals, value = word.partition("=")
        option = by_word.get(name)
        if option is None or bool(equals) > bool(option.metavar):
            return None
        if option.metavar and not equals:
            value = next(rest, "")
        if not _store(option, value, options):
            return None
    return plain, options


def _absent(option: Option) -> object:
    if option.is_many:
        return []
    return None if option.metavar else False


def _store(option: Option, value: str, options: Values) -> bool:
    """Keep an option's value; False when it is not one the option takes."""
    if not option.metavar:
        options[option.parameter] = True
        return True
    if (option.choices and value not in option.choices) or value == "":
        return False
    if option.is_integer and not _is_in_range(value, option):
        return False
    typed = int(value) if option.is_integer else value
    if option.is_many:
        values = options[option.parameter]
        options[option.parameter] = [*(values if isinstance(values, list) else []), typed]
    else:
        options[option.parameter] = typed
    return True


def _is_in_range(value: str, option: Option) -> bool:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return False
    return option.least <= int(value) and (option.most is None or int(value) <= option.most)


def _place(command: Command, plain: list[str]) -> Values | None:
    """The arguments by name; only the last one of a command may take many words."""
    values: Values = {}
    for argument in command.arguments:
        if argument.is_many:
            if argument.is_required and not plain:
                return None
            values[argument.parameter], plain = plain, []
        elif plain:
            values[argument.parameter], plain = plain[0], plain[1:]
        elif argument.is_required:
            return None
        else:
            values[argument.parameter] = None
    return None if plain else values
