"""Doing one command: every way it can end becomes an exit code; errors are told, never traced."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from citekit.cli import output
from citekit.cli.arguments import Globals
from citekit.cli.context import Context
from citekit.errors import CitekitError, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import typer

INTERNAL_ERROR = 70  # sysexits.h EX_SOFTWARE: a bug of citekit itself
STOPPED = 130  # 128 and SIGINT, as shells count

_COMMANDS = "citekit.cli.commands."
_ACTIONS = "citekit.cli.actions."

# What a disk, its owner or its limits refuse. Any other OSError that gets here is a mistake of
# ours: the store and its files report theirs as StorageFailed, with the path.
_REFUSALS = frozenset(
    (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO,
     errno.EMFILE, errno.ENFILE, errno.ENOMEM)
)  # fmt: skip


def door(declaration: Callable[..., object]) -> str:
    """The name of the function that does what a function of ``cli.commands`` declares."""
    return f"{declaration.__module__.removeprefix(_COMMANDS)}:{declaration.__name__}"


def hand_on(ctx: typer.Context) -> int:
    """Do the command that typer has read, with the values it found; return the exit code."""
    declaration = ctx.command.callback
    assert declaration is not None  # noqa: S101  # it is the one that calls this
    return call(door(declaration), ctx.params, ctx.find_object(Globals) or Globals())


def call(name: str, values: Mapping[str, Any], found: Globals) -> int:
    """Do one command, ``module:function``; every way it can end becomes an exit code.

    This is the only place that loads commands, each one alone: start-up time is a promise.
    """
    module, _, function = name.partition(":")
    context = Context(archive=found.archive, json=found.json, quiet=found.quiet, at_end=[])
    try:
        code: int = getattr(import_module(_ACTIONS + module), function)(context, **values)
        sys.stdout.flush()
        for finish in context.at_end:
            output.tell_findings(finish(), quiet=found.quiet)
    except BrokenPipeError:
        output.abandon_stdout()
        return 0
    except KeyboardInterrupt:
        output.note("citekit: stopped")
        return STOPPED
    except Exception as error:
        told, code = told_of(error)
        if code == INTERNAL_ERROR and os.environ.get("CITEKIT_DEBUG"):
            raise
        output.tell_error(told, as_json=found.json)
    return code


def told_of(error: Exception) -> tuple[CitekitError, int]:
    """What is told of an error, and its exit code."""
    if isinstance(error, CitekitError):
        return error, error.exit_code
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        reason = error.strerror or str(error)
        place = str(error.filename) if error.filename else None
        return StorageFailed(reason, place=place), StorageFailed.exit_code
    bug = CitekitError(
        f"a bug in citekit: {type(error).__name__}: {error}",
        hint="please report it; CITEKIT_DEBUG=1 shows where it happened",
    )
    return bug, INTERNAL_ERROR
