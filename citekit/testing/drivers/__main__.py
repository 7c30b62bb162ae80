"""``python -m citekit.testing.drivers NAME``: run one conformance driver.

A driver is a module of this package with a function ``answer(request) -> answer``. One answer line
goes out for each request line, flushed; an impossible request is answered with ``error``.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module, util
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ECHOED = ("id", "name")


def main(arguments: list[str]) -> int:
    """Run the named driver over stdin; 2 when there is no such driver."""
    name = arguments[0] if len(arguments) == 1 else ""
    module = f"{__package__}.{name}"
    if not name.isidentifier() or name.startswith("_") or util.find_spec(module) is None:
        sys.stderr.write("usage: python -m citekit.testing.drivers anchor|csl|extract|bib|merkle\n")
        return 2
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # both are text files here
    serve(import_module(module).answer, sys.stdin, sys.stdout)
    return 0


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]], lines: IO[str], out: IO[str]) -> None:
    """Answer every line; a driver never dies of a bad request."""
    for line in lines:
        if line.strip():
            out.write(json.dumps(_answer_line(answer, line), ensure_ascii=False) + "\n")
            out.flush()


def _answer_line(answer: Callable[[dict[str, Any]], dict[str, Any]], line: str) -> dict[str, Any]:
    echoed: dict[str, Any] = {}
    try:
        request = json.loads(line)
        echoed = {key: request[key] for key in _ECHOED if key in request}
        return {**echoed, **answer(request)}
    except Exception as error:  # noqa: BLE001  # whatever a request provokes is its answer
        return {**echoed, "error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
