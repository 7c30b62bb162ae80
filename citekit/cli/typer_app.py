"""The typer application, made from the table: help, completion and complaints about usage."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from citekit import __version__
from citekit.cli import output
from citekit.cli.arguments import Globals
from citekit.cli.call import call
from citekit.cli.table import COMMANDS, GLOBALS, GROUPS, Argument, Command, Option
from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_HELP = (
    "Archive web articles as evidence, cite them in any style, annotate them, "
    "publish an annotated site."
)
_EPILOG = "Every command also takes --archive DIR, --json and --quiet, before or after its name."


def run_typer(words: list[str], found: Globals) -> int:
    """Run an argument list that has no global options left in it; return the exit code."""
    try:
        result = make_app(found)(words, standalone_mode=False, prog_name="citekit")
    except (typer.Abort, KeyboardInterrupt):
        output.note("citekit: stopped")
        return 130
    except Exception as error:
        # typer brings its own copy of click, so the classes of usage errors differ by version
        if not hasattr(error, "format_message"):
            raise
        return _tell_usage(error, found)
    return result if isinstance(result, int) else 0


def _tell_usage(error: Any, found: Globals) -> int:  # noqa: ANN401  # see above
    if found.json:
        output.tell_error(UsageError(error.format_message()), as_json=True)
    else:
        error.show()
    return int(getattr(error, "exit_code", UsageError.exit_code))


def make_app(found: Globals | None = None) -> typer.Typer:
    """The whole application; every command runs with the global options ``found``."""
    app = typer.Typer(
        help=_HELP, epilog=_EPILOG, no_args_is_help=True, pretty_exceptions_enable=False
    )
    app.callback()(_global_options)
    groups = {name: typer.Typer(help=text, no_args_is_help=True) for name, text in GROUPS.items()}
    for command in COMMANDS:
        group, _, name = command.name.rpartition(" ")
        owner = groups[group] if group else app
        owner.command(name, help=command.help, epilog=_EPILOG)(_function(command, found))
    for name, group_app in groups.items():
        app.add_typer(group_app, name=name)
    return app


def _version(value: bool) -> None:
    if value:
        output.answer(f"citekit {__version__}")
        raise typer.Exit


def _global_options(**_: object) -> None:
    """Options for every command; taken from the argument list before typer sees it."""


_VERSION = Annotated[
    bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
]


def _sign(function: Callable[..., object], parameters: dict[str, tuple[Any, Any]]) -> None:
    """Give a function the signature that typer reads its arguments and options from."""
    made = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in parameters.items()
    ]
    signed = cast("Any", function)
    signed.__signature__ = inspect.Signature(made)
    signed.__annotations__ = {name: kind for name, (kind, _) in parameters.items()}


def _option(option: Option) -> tuple[Any, Any]:
    """The type and default of one option."""
    names = [name for name in (option.name, option.short) if name]
    declared = typer.Option(
        *names,
        help=_literal(option.description),
        metavar=option.metavar or None,
        callback=_choice_checker(option) if option.choices else None,
        min=option.least if option.is_integer else None,
        max=option.most,
    )
    if not option.metavar:
        return Annotated[bool, declared], False
    kind: Any = int if option.is_integer else str
    if option.is_many:
        return Annotated[list[kind] | None, declared], None
    return Annotated[kind | None, declared], None


def _literal(text: str) -> str:
    """Help as it is written: typer's printer takes brackets for mark-up."""
    return text.replace("[", "\\[")


def _choice_checker(option: Option) -> Callable[[str | None], str | None]:
    def check(value: str | None) -> str | None:
        if value is not None and value not in option.choices:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(option.choices)}")
        return value

    return check


def _argument(argument: Argument) -> tuple[Any, Any]:
    """The type and default of one argument."""
    declared = typer.Argument(
        help=_literal(argument.help), metavar=argument.name, show_default=False
    )
    kind: Any = list[str] if argument.is_many else str
    if argument.is_required:
        return Annotated[kind, declared], inspect.Parameter.empty
    return Annotated[kind | None, declared], None


def _function(command: Command, found: Globals | None) -> Callable[..., object]:
    """A function with the command's signature, which loads and runs the real one."""

    def run_command(**values: object) -> int:
        given = {name: _plain(command, name, value) for name, value in values.items()}
        return call(command, given, found or Globals())

    parameters = {a.parameter: _argument(a) for a in command.arguments}
    parameters |= {o.parameter: _option(o) for o in command.options}
    _sign(run_command, parameters)
    return run_command


def _plain(command: Command, name: str, value: object) -> object:
    """Many values that are absent are an empty list, as on the fast path."""
    of_many = {argument.parameter for argument in command.arguments if argument.is_many}
    of_many |= {option.parameter for option in command.options if option.is_many}
    return list(cast("list[str]", value or [])) if name in of_many else value


_sign(
    _global_options,
    {"version": (_VERSION, False), **{option.parameter: _option(option) for option in GLOBALS}},
)
