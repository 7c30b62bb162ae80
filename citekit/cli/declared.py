"""The commands as the fast path knows them: plain values, read from the generated table.

A command's values are made when it is called, not when the table is loaded: a start-up counts in
milliseconds. ``door`` names the function that does the command, ``module:function`` below
``citekit.cli.actions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.cli.command_table import COMMANDS, GROUPS, TOP_OPTIONS
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Argument(Value):
    """A word by its place; ``completion`` names what the shell offers for it."""

    name: str
    parameter: str
    help: str
    is_many: bool = False
    is_required: bool = True
    completion: str = ""


class Option(Value):
    """A word by its name; ``metavar`` empty means a switch without a value."""

    name: str
    parameter: str
    help: str
    metavar: str = ""
    short: str = ""
    is_many: bool = False
    is_integer: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    completion: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that call it."""
        return (self.name, self.short) if self.short else (self.name,)


class Command(Value):
    """One command; a name of two words is a command of a group."""

    name: str
    help: str
    door: str
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()


TOP = tuple(Option(**row) for row in TOP_OPTIONS)
"""The options of citekit itself."""

GLOBALS = tuple(option for option in TOP if option.parameter in ("archive", "json", "quiet"))
"""Those that every command takes, too."""

HELP = ("--help", "Show what it does and takes.")


def find_command(words: list[str]) -> Command | None:
    """The command that an argument list without global options calls.

    A group may be a command as well, which does what none of the group's commands is named for.
    """
    name = words[0] if words else ""
    if name in GROUPS and (inner := " ".join(words[:2])) in COMMANDS:
        name = inner
    return read_command(name) if name in COMMANDS else None


def read_command(name: str) -> Command:
    """The command of this name; raises KeyError."""
    return command_of(name, COMMANDS[name])


def command_of(name: str, row: Mapping[str, Any]) -> Command:
    """A command from its row in the table."""
    return Command(
        name=name,
        help=row["help"],
        door=row["door"],
        arguments=tuple(Argument(**each) for each in row["arguments"]),
        options=tuple(Option(**each) for each in row["options"]),
    )
