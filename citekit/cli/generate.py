"""The table of commands and its reference page, made from the typed functions in ``cli.commands``.

    python -m citekit.cli.generate

writes ``citekit/cli/command_table.py``, which the fast path and the shell's completion read, and
``docs/reference/cli.md``. A test fails while they say something else than the functions do.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from typer.models import ArgumentInfo, DefaultPlaceholder, OptionInfo
from typer.utils import get_params_from_function

from citekit.cli.call import door
from citekit.cli.declared import Option, command_of
from citekit.cli.reference import reference
from citekit.cli.typer_app import app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import typer

Row = dict[str, Any]

TABLE = Path(__file__).with_name("command_table.py")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"

_HEAD = '''\
"""Every command with its arguments and options, as the fast path reads them.

Made from the functions in ``citekit.cli.commands`` by ``python -m citekit.cli.generate``: change
those, and run it.
"""

# fmt: off
# ruff: noqa: E501, Q000

from typing import Any

'''


def table() -> str:
    """The module with the table."""
    parts = [
        _HEAD,
        f"TOP_OPTIONS: tuple[dict[str, Any], ...] = {_shown(_top_options())}\n",
        f"\nGROUPS: dict[str, str] = {_shown(groups())}\n",
        f"\nCOMMANDS: dict[str, dict[str, Any]] = {_shown(commands())}\n",
    ]
    return "".join(parts)


def groups() -> dict[str, str]:
    """The help of each group, by its name."""
    return {group.name: _told(group.typer_instance.info.help) for group in _named_groups()}


def commands() -> dict[str, Row]:
    """Each command by its name."""
    found: dict[str, Row] = {}
    for group in app.registered_groups:
        assert group.typer_instance is not None  # noqa: S101  # add_typer gives it
        found |= _commands_of(group.typer_instance, group.name)
    return dict(sorted(found.items(), key=lambda pair: " " in pair[0]))  # groups come last


def _named_groups() -> Iterator[Any]:
    return (group for group in app.registered_groups if isinstance(group.name, str))


def _commands_of(owner: typer.Typer, group: object) -> dict[str, Row]:
    """The commands of one application, with the group's name before theirs where it has one.

    One that is called like its group is what the group does when none of its commands is named.
    """
    start = f"{group} " if isinstance(group, str) else ""
    return {
        str(c.name) if c.name == group else f"{start}{c.name}": _command(c.callback)
        for c in owner.registered_commands
    }


def _command(declaration: Callable[..., Any] | None) -> Row:
    assert declaration is not None  # noqa: S101  # a command is registered by its function
    declared = list(_parameters(declaration))
    return {
        "help": _told(declaration.__doc__),
        "door": door(declaration),
        "arguments": tuple(row for info, row in declared if isinstance(info, ArgumentInfo)),
        "options": tuple(row for info, row in declared if isinstance(info, OptionInfo)),
    }


def _top_options() -> tuple[Row, ...]:
    callback = app.registered_callback
    assert callback is not None  # noqa: S101  # the application has one
    assert callback.callback is not None  # noqa: S101  # likewise
    return tuple(row for _, row in _parameters(callback.callback))


def _parameters(declaration: Callable[..., Any]) -> Iterator[tuple[Any, Row]]:
    """What typer reads from a signature, each with its row."""
    for name, parameter in get_params_from_function(declaration).items():
        if isinstance(parameter.default, ArgumentInfo):
            yield parameter.default, _argument(name, parameter.annotation, parameter.default)
        elif isinstance(parameter.default, OptionInfo):
            yield parameter.default, _option(name, parameter.annotation, parameter.default)


def _argument(name: str, kind: Any, info: ArgumentInfo) -> Row:  # noqa: ANN401  # a type
    is_many, _, _ = _of(kind)
    row = _filled(
        name=info.metavar,
        parameter=name,
        help=_told(info.help),
        is_many=is_many,
        completion=_completion(info),
    )
    is_required = info.default is ... and info.default_factory is None
    return row if is_required else {**row, "is_required": False}


def _option(name: str, kind: Any, info: OptionInfo) -> Row:  # noqa: ANN401  # a type
    """The row of an option; raises TypeError for a type that the fast path does not read."""
    is_many, plain, choices = _of(kind)
    if plain not in (str, int, bool):
        raise TypeError(f"{name}: teach citekit/cli/arguments.py to read {plain}")
    long, *short = info.param_decls or ()
    metavar = "" if plain is bool else info.metavar or long.strip("-").upper()
    return _filled(
        name=long,
        parameter=name,
        help=_told(info.help),
        metavar=metavar,
        short="".join(short),
        is_many=is_many,
        is_integer=plain is int,
        least=info.min,
        most=info.max,
        choices=choices,
        completion=_completion(info),
    )


def _filled(**fields: Any) -> Row:  # noqa: ANN401  # of the records in citekit.cli.declared
    """The fields that are not left at their default."""
    return {
        name: value
        for name, value in fields.items()
        if value not in ("", ()) and value is not None and value is not False
    }


def _of(kind: Any) -> tuple[bool, Any, tuple[str, ...]]:  # noqa: ANN401  # a type
    """Whether a parameter takes many values, the type of one, and what can be chosen."""
    if get_origin(kind) in (Union, UnionType):  # typer takes no union but with None
        kind = next(part for part in get_args(kind) if part is not NoneType)
    is_many = get_origin(kind) is list
    kind = get_args(kind)[0] if is_many else kind
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    return is_many, str if choices else kind, choices


def _completion(info: ArgumentInfo | OptionInfo) -> str:
    return info.autocompletion.__name__ if info.autocompletion else ""


def _told(help_: str | DefaultPlaceholder | None) -> str:
    """Help as it reads: typer's printer takes brackets for mark-up, unless they are escaped."""
    text = help_.value if isinstance(help_, DefaultPlaceholder) else help_
    return inspect.cleandoc(text or "").replace("\\[", "[")


def _shown(value: Any, depth: int = 0) -> str:  # noqa: ANN401  # rows within rows
    """A value as Python, one row a line."""
    inner = "    " * (depth + 1)
    if isinstance(value, dict) and (depth == 0 or "arguments" in value):
        lines = [f"{inner}{key!r}: {_shown(part, depth + 1)},\n" for key, part in value.items()]
        return "".join(["{\n", *lines, "    " * depth, "}"])
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        lines = [f"{inner}{part!r},\n" for part in value]
        return "".join(["(\n", *lines, "    " * depth, ")"])
    return repr(value)


def page() -> str:
    """The reference page."""
    options = tuple(Option(**row) for row in _top_options())
    return reference([command_of(name, row) for name, row in commands().items()], groups(), options)


def main() -> None:
    """Write both files."""
    TABLE.write_text(table(), "utf-8", newline="\n")
    PAGE.write_text(page(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
