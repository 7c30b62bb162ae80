"""The words that can stand next in a command line."""

from __future__ import annotations

from citekit.cli.arguments import normalise
from citekit.cli.command_table import COMMANDS, GROUPS
from citekit.cli.completion.sources import SOURCES
from citekit.cli.declared import GLOBALS, HELP, TOP, Argument, Command, Option, find_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from citekit.cli.completion.cache import Entry


def complete(before: list[str], incomplete: str) -> list[Entry]:
    """The words that begin like this one and may follow those before, each with its help.

    None where anything goes: the shell then offers files.
    """
    _, rest = normalise(before)
    if rest and rest[-1] in _words_with_value(GLOBALS):  # the value is what is being typed
        return []
    command = find_command(rest)
    if command is None:
        return _starting(_names(rest, incomplete), incomplete)
    plain, waiting, are_options_over = _walk(command, rest[len(command.name.split()) :])
    if waiting is not None:
        return _values(waiting, before, incomplete)
    if incomplete.startswith("-") and not are_options_over:
        return _options(command, before, incomplete)
    argument = _argument_at(command, len(plain))
    values = _values(argument, before, incomplete) if argument else []
    is_group = len(rest) == 1 and rest[0] in GROUPS  # which is a command as well
    return [*_starting(_names(rest, incomplete), incomplete), *values] if is_group else values


def _names(rest: list[str], incomplete: str) -> list[Entry]:
    """Commands and groups; what may stand before them."""
    if not rest:
        if incomplete.startswith("-"):
            return _described(TOP)
        names = [(name, row["help"]) for name, row in COMMANDS.items() if " " not in name]
        return sorted({**dict(names), **GROUPS}.items())
    if len(rest) == 1 and rest[0] in GROUPS:
        start = f"{rest[0]} "
        names = [(n, row["help"]) for n, row in COMMANDS.items() if n.startswith(start)]
        return [(name.removeprefix(start), told) for name, told in names]
    option = next((option for option in TOP if rest == [option.name]), None)
    return [(choice, "") for choice in option.choices] if option else []


def _walk(command: Command, words: list[str]) -> tuple[list[str], Option | None, bool]:
    """The words by place, the option that waits for its value, and whether ``--`` stood there."""
    valued = {word: option for option in command.options if option.metavar for word in option.words}
    plain: list[str] = []
    waiting: Option | None = None
    for position, word in enumerate(words):
        if waiting is not None:
            waiting = None
        elif word == "--":
            return [*plain, *words[position + 1 :]], None, True
        elif word in valued:
            waiting = valued[word]
        elif not word.startswith("-") or word == "-":
            plain.append(word)
    return plain, waiting, False


def _argument_at(command: Command, position: int) -> Argument | None:
    """The argument that the next word by place belongs to."""
    if position < len(command.arguments):
        return command.arguments[position]
    last = command.arguments[-1] if command.arguments else None
    return last if last and last.is_many else None


def _options(command: Command, before: list[str], incomplete: str) -> list[Entry]:
    """The options that begin like this, or the values behind ``--option=``."""
    name, equals, start = incomplete.partition("=")
    options = (*command.options, *GLOBALS)
    if not equals:
        given = {word for word in before if word.startswith("--")}
        left = [option for option in options if option.is_many or option.name not in given]
        return _starting([*_described(left), HELP], incomplete)
    named = [option for option in options if option.name == name and option.metavar]
    return [(f"{name}={word}", told) for o in named for word, told in _values(o, before, start)]


def _values(asked: Argument | Option, before: list[str], incomplete: str) -> list[Entry]:
    """What an argument or option can be."""
    if isinstance(asked, Option) and asked.choices:
        return _starting([(choice, "") for choice in asked.choices], incomplete)
    source = SOURCES.get(asked.completion)
    return source(before, incomplete) if source else []


def _described(options: tuple[Option, ...] | list[Option]) -> list[Entry]:
    return [(option.name, option.help) for option in options]


def _starting(entries: list[Entry], start: str) -> list[Entry]:
    return [entry for entry in entries if entry[0].startswith(start)]


def _words_with_value(options: tuple[Option, ...]) -> set[str]:
    return {word for option in options if option.metavar for word in option.words}
