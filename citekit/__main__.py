"""Where the command ``citekit`` starts; kept tiny, since every command pays for it."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from citekit.version import __version__

TYPE_CHECKING = False  # importing typing would cost --version half of its time
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> int:
    """Run the command line and return its exit code."""
    if sys.argv[1:] == ["--version"] and "_CITEKIT_COMPLETE" not in os.environ:
        sys.stdout.write(f"citekit {__version__}\n")
        return 0
    from citekit.cli.run import run

    gc.set_threshold(50_000)  # start-up makes many objects that stay: looking through them is waste
    return _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter apart, a fifth of what a short call costs.

    What has asked to be told of the end is told. Where the streams cannot be flushed, an error that
    was told keeps its exit code; else Python ends as it always does.
    """
    atexit._run_exitfuncs()  # noqa: SLF001  # there is no public way to do so before _exit
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        if not code:
            sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
