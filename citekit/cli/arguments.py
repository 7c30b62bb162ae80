"""Argument lists: made regular once, then read for every command that is called as it should be.

The reader answers only for what it knows to be right. For anything else – a call for help, an
unknown option, a missing argument – it answers None, and typer explains.
"""

from __future__ import annotations

from citekit.cli.command_table import GROUPS
from citekit.cli.declared import GLOBALS, Command, Option, find_command
from citekit.model.value import Value

Values = dict[str, object]


class Globals(Value):
    """The global options of one call."""

    archive: str | None = None
    json: bool = False
    quiet: bool = False


_SWITCHES = {word: o.parameter for o in GLOBALS if not o.metavar for word in o.words}


def normalise(words: list[str]) -> tuple[Globals, list[str]]:
    """Split the global options off an argument list, and a short option off its value.

    >>> normalise(["cite", "--archive", "a", "x", "--json", "-o=x.txt"])
    (Globals(archive='a', json=True, quiet=False), ['cite', 'x', '-o', 'x.txt'])

    Global options are taken wherever they stand before ``--``; the value of another option is never
    taken for one. A global option that lacks its value stays, for the caller to complain about.
    ``-oFILE`` and ``-o=FILE`` mean what ``-o FILE`` does.
    """
    found: Values = {}
    rest: list[str] = []
    valued: frozenset[str] | None = None  # not known before the command is
    left = list(reversed(words))
    while left:
        word = left.pop()
        name, equals, value = word.partition("=")
        if word == "--":
            return Globals(**found), [*rest, word, *reversed(left)]  # type: ignore[arg-type]  # see below
        if name == "--archive" and (equals or left):
            found["archive"] = value if equals else left.pop()
        elif word in _SWITCHES:
            found[_SWITCHES[word]] = True
        else:
            is_second = len(rest) == 1 and rest[0] in GROUPS
            if (valued is None or is_second) and not word.startswith("-"):
                valued = _valued(find_command([*rest, word]))
            rest += _apart(word, valued or frozenset())
            if left and rest[-1] == word and word in (valued or ()):
                rest.append(left.pop())
    return Globals(**found), rest  # type: ignore[arg-type]  # keys and types are those of _SWITCHES


def _valued(command: Command | None) -> frozenset[str] | None:
    """The words of the command's options that take a value; None where there is no command yet."""
    if command is None:
        return None
    return frozenset(word for o in command.options if o.metavar for word in o.words)


def _apart(word: str, valued: frozenset[str]) -> list[str]:
    """``-oFILE`` and ``-o=FILE`` as two words; every other word alone."""
    if len(word) > 2 and word[1] != "-" and word[:2] in valued:
        return [word[:2], word[2:].removeprefix("=")]
    return [word]


def read(words: list[str]) -> tuple[Command, Values] | None:
    """The command and its keyword arguments, or None when typer should have a look."""
    command = find_command(words)
    if command is None:
        return None
    split = _split(command, words[len(command.name.split()) :])
    if split is None:
        return None
    plain, options = split
    arguments = _place(command, plain)
    return None if arguments is None else (command, {**arguments, **options})


def _split(command: Command, words: list[str]) -> tuple[list[str], Values] | None:
    """The words by place, and the options' values."""
    by_word = {word: option for option in command.options for word in option.words}
    given: dict[str, list[str]] = {}
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
        given.setdefault(option.parameter, []).append(value)
    options: Values = {}
    for option in command.options:
        if not _store(option, given.get(option.parameter, []), options):
            return None
    return plain, options


def _store(option: Option, given: list[str], options: Values) -> bool:
    """Keep an option's value; False when it is not one the option takes.

    Of an option that is given again where one value has a place, the last counts, and it alone is
    judged: so typer does.
    """
    if not option.metavar:
        options[option.parameter] = bool(given)
        return True
    counted = given if option.is_many else given[-1:]
    if not all(_is_taken(option, value) for value in counted):
        return False
    typed = [int(value) if option.is_integer else value for value in counted]
    options[option.parameter] = typed if option.is_many else next(iter(typed), None)
    return True


def _is_taken(option: Option, value: str) -> bool:
    if (option.choices and value not in option.choices) or value == "":
        return False
    return not option.is_integer or _is_in_range(value, option)


def _is_in_range(value: str, option: Option) -> bool:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return False
    number = int(value)
    return (option.least is None or option.least <= number) and (
        option.most is None or number <= option.most
    )


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
