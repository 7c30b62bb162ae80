"""The reference page of the command line, ``docs/reference/cli.md``, from what is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.cli.declared import Argument, Command, Option

_HEAD = """\
# Command line

<!-- Made from the functions in citekit/cli/commands: python -m citekit.cli.generate -->

Every command takes these options, before or after its name:

{globals}

Without `--archive`, the archive is the folder that `CITEKIT_ARCHIVE` names, else the nearest one
upwards that holds `archive.toml`, or an `archive` folder there. The answer goes to stdout,
everything else to stderr.

These stand without a command:

{own}

Completion knows the keys, entities and claims of the archive, styles, languages, and all that can
be chosen; for everything else the shell offers files.

Exit codes have a [page of their own](exit-codes.md). With `--json` an error is one document on
stderr, `error` with code, message, place and hint.

## Files named by `--output`

A regular file is replaced whole, or stays as it was. A link is followed and stays; what it leads to
is written. Devices, named pipes and sockets are never replaced: `cite` writes into a device or a
pipe (`/dev/stdout`, a FIFO, a shell's `>(…)`), and what has to be a file or a folder (`prove`,
`export`, `keygen`, `site`) is refused there.
"""

_SHARED = ("archive", "json", "quiet")


def reference(
    commands: Sequence[Command], groups: Mapping[str, str], options: Sequence[Option]
) -> str:
    """The whole page in Markdown; ``options`` are citekit's own."""
    shared = [option for option in options if option.parameter in _SHARED]
    own = [option for option in options if option.parameter not in _SHARED]
    head = _HEAD.format(globals=_options(shared), own=_options(own))
    parts = [head, *(_section(command) for command in commands if " " not in command.name)]
    for group, text in groups.items():
        parts.append(f"## citekit {group} …\n\n{text}\n")
        parts += [_section(c, "###") for c in commands if c.name.startswith(f"{group} ")]
    return "\n".join(parts)


def _section(command: Command, level: str = "##") -> str:
    words = " ".join([f"citekit {command.name}", *map(_usage, command.arguments)])
    usage = f"{words} [OPTIONS]" if command.options else words
    arguments = [f"`{a.name}`\n: {a.help}\n" for a in command.arguments]
    text = f"{level} citekit {command.name}\n\n{command.help}\n\n```text\n{usage}\n```\n"
    described = "\n".join([*arguments, _options(command.options)]).strip()
    return f"{text}\n{described}\n" if described else text


def _usage(argument: Argument) -> str:
    word = f"{argument.name}…" if argument.is_many else argument.name
    return word if argument.is_required else f"[{word}]"


def _options(options: Sequence[Option]) -> str:
    return "\n".join(f"`{_names(option)}`\n: {_help(option)}\n" for option in options)


def _names(option: Option) -> str:
    words = ", ".join(word for word in (option.short, option.name) if word)
    return f"{words} {option.metavar}".strip()


def _help(option: Option) -> str:
    if all(choice in option.help for choice in option.choices):
        return option.help
    return f"{option.help} One of {', '.join(f'`{choice}`' for choice in option.choices)}."
