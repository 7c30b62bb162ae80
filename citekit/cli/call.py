"""Doing one command: every way it can end becomes an exit code; errors are told, never traced."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from citekit.cli import output
from citekit.cli.context import Context
from citekit.errors import CitekitError, StorageFailed

if TYPE_CHECKING:
    from citekit.cli.arguments import Globals, Values
    from citekit.cli.table import Command

INTERNAL_ERROR = 70  # sysexits.h EX_SOFTWARE: a bug of citekit itself


def call(command: Command, values: Values, found: Globals) -> int:
    """Do one command; every way it can end becomes an exit code."""
    module, _, function = command.function.partition(":")
    context = Context(**found._asdict(), at_end=[])
    try:
        code: int = getattr(import_module(module), function)(context, **values)
        sys.stdout.flush()
        for finish in context.at_end:
            output.tell_findings(finish(), quiet=found.quiet)
    except CitekitError as error:
        output.tell_error(error, as_json=found.json)
        return error.exit_code
    except BrokenPipeError:
        output.abandon_stdout()
        return 0
    except KeyboardInterrupt:
        output.note("citekit: stopped")
        return 130
    except OSError as error:
        output.tell_error(_storage_error(error), as_json=found.json)
        return StorageFailed.exit_code
    except Exception as error:
        if os.environ.get("CITEKIT_DEBUG"):
            raise
        output.tell_error(_internal_error(error), as_json=found.json)
        return INTERNAL_ERROR
    return code


def _storage_error(error: OSError) -> StorageFailed:
    reason = error.strerror or str(error)
    return StorageFailed(reason, place=str(error.filename) if error.filename else None)


def _internal_error(error: Exception) -> CitekitError:
    return CitekitError(
        f"a bug in citekit: {type(error).__name__}: {error}",
        hint="please report it; CITEKIT_DEBUG=1 shows where it happened",
    )
