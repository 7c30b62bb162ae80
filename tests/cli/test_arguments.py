"""Argument lists: global options anywhere, and a fast path that agrees with typer."""

from __future__ import annotations

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st

from citekit.cli import arguments as parse
from citekit.cli import typer_app
from citekit.cli.arguments import Globals, read_fast, take_globals
from citekit.cli.table import COMMANDS, GLOBALS, GROUPS, Command

GIVEN = [
    (["--archive", "a", "cite", "x"], Globals(archive="a"), ["cite", "x"]),
    (["cite", "x", "--archive=a", "--json"], Globals(archive="a", json=True), ["cite", "x"]),
    (["cite", "--json", "x", "-q"], Globals(json=True, quiet=True), ["cite", "x"]),
    (["annotate", "x", "--note", "--json"], Globals(), ["annotate", "x", "--note", "--json"]),
    (["cite", "--", "--json"], Globals(), ["cite", "--", "--json"]),
    (["--archive", "my --json folder", "list"], Globals(archive="my --json folder"), ["list"]),
    (["list", "--archive"], Globals(), ["list", "--archive"]),
    (["search", "-f"], Globals(), ["search", "-f"]),
]


@pytest.mark.parametrize(("words", "found", "rest"), GIVEN)
def test_global_options_stand_anywhere(words: list[str], found: Globals, rest: list[str]) -> None:
    """Global options are taken before and after the command, but never from another's value."""
    assert take_globals(words) == (found, rest)


@given(
    st.lists(st.sampled_from(["cite", "--json", "--archive", "--", "x", "--format=ris", "-q", ""]))
)
def test_no_word_is_lost(words: list[str]) -> None:
    """Whatever stands in the list either is a global option or stays, in its order."""
    found, rest = take_globals(words)
    taken = len(words) - len(rest)
    assert taken <= 2 * words.count("--archive") + words.count("--json") + words.count("-q")
    iterator = iter(words)
    assert all(word in iterator for word in rest)
    assert isinstance(found, Globals)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["cite"],
        ["cite", "--help"],
        ["cite", "x", "--frobnicate"],
        ["show"],
        ["show", "x", "y"],
        ["cite", "x", "--format"],
        ["list", "--access", "secret"],
        ["search", "x", "--limit", "many"],
        ["search", "x", "--limit="],
        ["add", "file"],
        ["frob"],
        ["entity"],
        ["cite", "x", "--format", ""],
    ],
)
def test_what_is_odd_is_left_to_typer(words: list[str]) -> None:
    """The fast path answers nothing that it does not know to be right."""
    assert read_fast(words) is None


def test_fast_path_reads_arguments_and_options() -> None:
    """Options before, between and after arguments are read; ``--`` ends them."""
    read = read_fast(["cite", "--format=ris", "a", "-o", "out.ris", "--", "-b"])
    assert read is not None
    command, values = read
    assert command.name == "cite"
    assert values["key"] == ["a", "-b"]
    assert (values["format_"], values["output_"]) == ("ris", "out.ris")


def click_command(name: str) -> object:
    """The click command that typer made for a name of one or two words."""
    command: object = typer.main.get_command(typer_app.make_app())
    for word in name.split():
        command = command.commands[word]  # type: ignore[attr-defined]  # a group
    return command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_typer_knows_what_the_table_says(command: Command) -> None:
    """Each command has in typer exactly the arguments and options of the table, with its help."""
    made = click_command(command.name)
    parameters = {p.name: p for p in made.params}  # type: ignore[attr-defined]  # a command
    options = {option.parameter: option for option in command.options}
    assert set(parameters) == {a.parameter for a in command.arguments} | set(options)
    for name, option in options.items():
        assert set(parameters[name].opts) == {w for w in (option.name, option.short) if w}
        assert bool(parameters[name].multiple) == option.is_many
        assert parameters[name].help == option.description
    for argument in command.arguments:
        assert parameters[argument.parameter].required == argument.is_required
    assert made.help == command.help  # type: ignore[attr-defined]  # a command


def test_typer_knows_the_groups_and_global_options() -> None:
    """Groups and global options are shown by --help."""
    app = click_command("")
    assert set(GROUPS) < set(app.commands)  # type: ignore[attr-defined]  # a group
    shown = {word for p in app.params for word in p.opts}  # type: ignore[attr-defined]  # a group
    assert {option.name for option in GLOBALS} | {"--version"} <= shown


FAST = [command for command in COMMANDS if command.is_fast]


@pytest.mark.parametrize("command", FAST, ids=lambda command: command.name)
def test_fast_path_and_typer_call_with_the_same_values(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For one argument list both ways give the command's function the same keyword arguments."""
    words = command.name.split() + ["w1" for _ in command.arguments]
    for option in command.options:
        value = option.choices[0] if option.choices else "7"
        words += [option.name, value] if option.metavar else [option.name]
    fast = parse.read_fast(words)
    seen: list[object] = []

    def record(called: Command, values: parse.Values, _: Globals) -> int:
        seen.append((called, values))
        return 0

    monkeypatch.setattr(typer_app, "call", record)
    assert typer_app.run_typer(words, Globals()) == 0
    assert seen == [fast]
