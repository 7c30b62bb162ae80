"""Argument lists: global options anywhere, and a fast reader that agrees with typer."""

from __future__ import annotations

import contextlib
import inspect
import io
from importlib import import_module
from itertools import combinations
from pkgutil import walk_packages

import pytest
import typer
import typer.main
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citekit import formats
from citekit.app.packages.export import FORMATS
from citekit.cli import call, commands, generate, typer_app
from citekit.cli.arguments import Globals, Values, normalise, read
from citekit.cli.command_table import COMMANDS, GROUPS
from citekit.cli.completion.sources import formats as completed_formats
from citekit.cli.declared import GLOBALS, TOP, Command, read_command

GIVEN = [
    (["--archive", "a", "cite", "x"], Globals(archive="a"), ["cite", "x"]),
    (["cite", "x", "--archive=a", "--json"], Globals(archive="a", json=True), ["cite", "x"]),
    (["cite", "--json", "x", "-q"], Globals(json=True, quiet=True), ["cite", "x"]),
    (
        ["claim", "-q", "show", "--json", "x"],
        Globals(json=True, quiet=True),
        ["claim", "show", "x"],
    ),
    (["annotate", "x", "--note", "--json"], Globals(), ["annotate", "x", "--note", "--json"]),
    (["cite", "--", "--json"], Globals(), ["cite", "--", "--json"]),
    (["--archive", "my --json folder", "list"], Globals(archive="my --json folder"), ["list"]),
    (["--archive", "cite", "list", "-s"], Globals(archive="cite"), ["list", "-s"]),
    (["list", "--archive"], Globals(), ["list", "--archive"]),
    (["search", "-f"], Globals(), ["search", "-f"]),
    (["cite", "x", "-o=out.txt"], Globals(), ["cite", "x", "-o", "out.txt"]),
    (["cite", "x", "-oout.txt", "-q"], Globals(quiet=True), ["cite", "x", "-o", "out.txt"]),
    (["cite", "x", "-o", "-q"], Globals(), ["cite", "x", "-o", "-q"]),
    (["cite", "x", "-o==", "--", "-o=x"], Globals(), ["cite", "x", "-o", "=", "--", "-o=x"]),
]


@pytest.mark.parametrize(("words", "found", "rest"), GIVEN)
def test_argument_lists_are_made_regular(words: list[str], found: Globals, rest: list[str]) -> None:
    """Global options are taken anywhere but from another's value; ``-oX`` becomes two words."""
    assert normalise(words) == (found, rest)


UNITS = st.sampled_from([["x"], ["--format=ris"], ["-s", "--json"], ["--locator", "-q"], [""]])
SHARED = st.sampled_from([["--json"], ["-q"], ["--quiet"], ["--archive", "a"], ["--archive=b"]])


@given(st.lists(UNITS, max_size=4), st.lists(st.tuples(st.integers(0, 5), SHARED), max_size=4))
def test_no_word_is_lost(units: list[list[str]], shared: list[tuple[int, list[str]]]) -> None:
    """Global options put anywhere into a call are found, and the call is left as it was."""
    call_alone = [["cite"], *units]
    mixed = list(call_alone)
    for place, option in shared:
        mixed.insert(place, option)
    found, rest = normalise([word for unit in mixed for word in unit])
    given = [" ".join(unit) for unit in mixed if unit in [option for _, option in shared]]
    folders = [word[-1] for word in given if word.startswith("--archive")]
    assert rest == [word for unit in call_alone for word in unit]
    assert found.archive == (folders[-1] if folders else None)
    assert found.json == ("--json" in given)
    assert found.quiet == ("-q" in given or "--quiet" in given)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["cite", "--help"],
        ["cite", "x", "--frobnicate"],
        ["show"],
        ["show", "x", "y"],
        ["cite", "x", "--format"],
        ["list", "--access", "secret"],
        ["search", "x", "--limit", "many"],
        ["search", "x", "--limit="],
        ["search", "x", "--limit", "0"],
        ["site", "serve", "--port", "65536"],
        ["frob"],
        [""],
        ["entity"],
        ["entity", "frob"],
        ["cite", "x", "--format", ""],
    ],
)
def test_what_is_odd_is_left_to_typer(words: list[str]) -> None:
    """The fast reader answers nothing that it does not know to be right."""
    assert read(words) is None


def test_the_fast_reader_reads_arguments_and_options() -> None:
    """Options before, between and after arguments are read; ``--`` ends them."""
    found = read(["cite", "--format=ris", "a", "-o", "out.ris", "--", "-b"])
    assert found is not None
    command, values = found
    assert command.door == "cite:cite"
    assert values["key"] == ["a", "-b"]
    assert (values["format_"], values["output_"]) == ("ris", "out.ris")


ORDINARY = [
    ["cite", "x", "y", "--style", "apa", "-f", "html", "--in-text"],
    ["list", "--access=public"],
    ["search", "old", "lighthouse", "--limit", "5"],
    ["show", "x"],
    ["styles", "chicago"],
    ["annotations", "x"],
    ["add", "page.html", "--url", "https://coast.example/", "--set", "title=A", "--set=date=2024"],
    ["annotate", "x#p3", "--note", "N", "--tag", "a", "--tag", "b"],
    ["site", "serve", "--port", "0"],
    ["claim", "link", "c", "x", "--stance", "disputes"],
    ["verify"],
]


@pytest.mark.parametrize("words", ORDINARY, ids=" ".join)
def test_ordinary_calls_go_the_fast_way(words: list[str]) -> None:
    """Calls as people make them do not need typer."""
    _, rest = normalise(words)
    assert read(rest) is not None


MADE = typer.main.get_command(typer_app.app)


def by_typer(words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, Values] | None:
    """The door and values that typer calls with, or None where it refuses."""
    seen: list[tuple[str, Values]] = []

    def record(door: str, values: Values, _: Globals) -> int:
        seen.append((door, dict(values)))
        return 0

    monkeypatch.setattr(call, "call", record)
    monkeypatch.setattr(typer_app, "app", MADE)  # making it anew takes most of the time
    out = io.StringIO()
    with contextlib.redirect_stderr(out), contextlib.redirect_stdout(out):
        typer_app.run_typer(words, Globals())
    return seen[0] if seen else None


VALUES = st.sampled_from(
    ["x", "-", "-x", "--", "", "7", "07", "+7", "-5", "0", "65536", "²", "a b", "public", "ris",
     "supports", "@a", "[see @a, p. 4]", "--help", "-h", "=", "=x", "a=b", "--json", "-q"]
)  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> list[str]:
    """Argument lists: a command, then options of it in every form of writing, and words."""
    name = draw(st.sampled_from(sorted(COMMANDS)))
    words = name.split()
    option_words = [word for option in read_command(name).options for word in option.words]
    forms = ["{o}={v}", "{o}{v}", "{o}\0{v}", "{o}"]
    for _ in range(draw(st.integers(0, 5))):
        value = draw(VALUES)
        if draw(st.booleans()) and option_words:
            option = draw(st.sampled_from(option_words))
            words += draw(st.sampled_from(forms)).format(o=option, v=value).split("\0")
        else:
            words.append(value)
    return words


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls())
def test_both_readers_find_the_same(words: list[str]) -> None:
    """Wherever the fast reader answers, typer calls the same function with the same values."""
    _, rest = normalise(words)
    fast = read(rest)
    with pytest.MonkeyPatch.context() as monkeypatch:
        slow = by_typer(rest, monkeypatch)
    if fast is not None:
        assert slow == (fast[0].door, fast[1])


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls())
def test_what_typer_takes_the_fast_reader_takes(words: list[str]) -> None:
    """Only calls with an empty value or an oddly written number are left to typer, and mistakes."""
    _, rest = normalise(words)
    with pytest.MonkeyPatch.context() as monkeypatch:
        slow = by_typer(rest, monkeypatch)
    if slow is None or "" in rest or any(word.endswith("=") for word in rest):
        return
    if any(odd in word for word in rest for odd in ("+7", "²", "-5")):
        return
    assert read(rest) is not None


@pytest.mark.parametrize("name", COMMANDS)
def test_all_options_at_once_mean_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every option of a command, both readers find the same values."""
    command = read_command(name)
    words = name.split() + ["w1" for _ in command.arguments]
    for option in command.options:
        value = option.choices[0] if option.choices else "7"
        words += [option.name, value] if option.metavar else [option.name]
    fast = read(words)
    assert fast is not None
    assert by_typer(words, monkeypatch) == (command.door, fast[1])


def test_the_table_is_up_to_date() -> None:
    """The committed table says what the functions declare: ``python -m citekit.cli.generate``."""
    assert generate.TABLE.read_text("utf-8") == generate.table()


def action(command: Command) -> inspect.Signature:
    """The signature of the function that does a command."""
    module, _, function = command.door.partition(":")
    return inspect.signature(getattr(import_module(f"citekit.cli.actions.{module}"), function))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_done_by_what_takes_its_values(name: str) -> None:
    """The function that does a command takes the context and exactly the declared values."""
    command = read_command(name)
    declared = {a.parameter for a in command.arguments}
    declared |= {o.parameter for o in command.options}
    taken = action(command).parameters
    assert next(iter(taken)) == "context"
    assert set(taken) - {"context"} == declared
    assert all(taken[word].kind is inspect.Parameter.KEYWORD_ONLY for word in declared)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_word_means_two_things(name: str) -> None:
    """No option of a command has the words of another one, or of a global option."""
    options = (*read_command(name).options, *TOP)
    for one, other in combinations(options, 2):
        assert not set(one.words) & set(other.words)


def test_the_help_shows_groups_and_global_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Groups, commands and global options are shown by --help."""
    assert typer_app.run_typer(["--help"], Globals()) == 0
    shown = capsys.readouterr().out
    for word in (*GROUPS, *(option.name for option in GLOBALS), "--version", "cite", "verify"):
        assert word in shown


def test_help_keeps_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in brackets in a help text is not taken for mark-up."""
    assert typer_app.run_typer(["cite", "--help"], Globals()) == 0
    assert "[see" in capsys.readouterr().out


def test_a_type_that_the_fast_reader_does_not_know_is_told() -> None:
    """Whoever declares an option of another type learns where to teach it."""
    app = typer.Typer()

    @app.command()
    def odd(*, share: float = 0.5) -> None: ...

    info = typer.Option("--share")
    info.param_decls = ("--share",)
    with pytest.raises(TypeError, match=r"arguments\.py"):
        generate._option("share", float, info)


def test_every_declared_command_is_in_the_table() -> None:
    """No module of commands was left out of typer's application."""
    found = [
        import_module(m.name)
        for m in walk_packages(commands.__path__, f"{commands.__name__}.")
        if not m.ispkg
    ]
    apps = [value for m in found for value in vars(m).values() if isinstance(value, typer.Typer)]
    declared = [c.callback for app in apps for c in app.registered_commands]
    assert {call.door(one) for one in declared if one} == {row["door"] for row in COMMANDS.values()}


def test_every_bibliography_format_can_be_chosen() -> None:
    """The formats of ``citekit.formats`` are those that the command line names."""
    (read,) = (o for o in read_command("import").options if o.name == "--format")
    (written,) = (o for o in read_command("cite").options if o.name == "--format")
    assert set(formats.READ) <= set(read.choices)
    assert all(name in written.help for name in formats.FORMATS)
    assert set(formats.FORMATS) <= {name for name, _ in completed_formats([], "")}


def test_every_package_can_be_chosen() -> None:
    """The packages that can be exported are those that the command line names."""
    (option,) = (o for o in read_command("export").options if o.name == "--format")
    assert option.choices == FORMATS
