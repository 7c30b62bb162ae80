"""The child that reads: it limits itself, answers requests, and holds no archive.

Time and memory grow with what is to be read, so that a small hostile file costs little. A system
without such limits (Windows; macOS has none of memory) leaves the clock of ``reader_process``;
``citekit doctor`` tells which are there.
``python -m citekit.app.intake.reading_child`` is the child.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

try:
    import resource
except ImportError:  # Windows
    _HAS_LIMITS = False
else:
    _HAS_LIMITS = True

# Of each kind the module whose ``answer`` reads it; a bibliography loads no reader of pages.
_READERS: Final = {
    "document": "citekit.app.intake.document_reading",
    "bibliography": "citekit.app.intake.bibliography_reading",
}
_LEAST_MEMORY_BYTES, _MOST_MEMORY_BYTES = 1 << 30, 4 << 30
_TIMES_BYTES: Final = 64
"""So many times the size of a file its reading may take more: a tree of HTML takes thirty."""
_LEAST_S, _MOST_S = 10, 60
_LEAST_BYTES, _BYTES_A_SECOND = 1_000_000, 200_000


def memory_bytes(size_bytes: int) -> int:
    """The bytes of address space that reading so many bytes may take, libraries included.

    >>> memory_bytes(0) >> 20, memory_bytes(1_000_000) >> 20, memory_bytes(100_000_000) >> 20
    (1024, 1085, 4096)
    """
    return min(_LEAST_MEMORY_BYTES + _TIMES_BYTES * size_bytes, _MOST_MEMORY_BYTES)


def computing_s(size_bytes: int) -> int:
    """The seconds of a processor that reading so many bytes may take.

    >>> computing_s(1_000_000), computing_s(5_000_000), computing_s(100_000_000)
    (10, 30, 60)
    """
    more = max(size_bytes - _LEAST_BYTES, 0) // _BYTES_A_SECOND
    return min(_LEAST_S + more, _MOST_S)


def limits_memory() -> bool:
    """Whether the system keeps a process to the memory that it was given; tried, not assumed."""
    if not _HAS_LIMITS:
        return False
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        _limit(resource.RLIMIT_AS, _MOST_MEMORY_BYTES)
        bytearray(_MOST_MEMORY_BYTES + 1)  # nothing is written into it, so it takes no memory
    except MemoryError:
        return True
    except (OSError, ValueError):
        return False
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, before)
    return False


def limits_computing() -> bool:
    """Whether the system counts a process's computing time and ends it for too much."""
    return _HAS_LIMITS


def _limit_all(size_bytes: int) -> None:
    """Bound what the next request may take, where the system can."""
    if not _HAS_LIMITS:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + computing_s(size_bytes)
    with suppress(OSError, ValueError):  # a system that has the name alone
        _limit(resource.RLIMIT_CPU, seconds)
        _limit(resource.RLIMIT_AS, memory_bytes(size_bytes))


def _limit(what: int, value: int) -> None:
    """Set a limit of this process that it may raise again for what it reads next."""
    _, most = resource.getrlimit(what)
    least = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(what, (least, most))


def answer(line: bytes) -> dict[str, Any]:
    """What was read for one request; ``gave_up`` and the reason where memory did not suffice."""
    request = json.loads(line)
    size_bytes = request.pop("size_bytes")
    _limit_all(size_bytes)
    try:
        return {"read": import_module(_READERS[request.pop("kind")]).answer(request)}
    except MemoryError:
        limit = memory_bytes(size_bytes) / 10**9
        return {"gave_up": f"reading took more than {limit:.1f} GB of memory"}


def main() -> int:
    """Answer the requests on stdin, one a line, until one has used up the memory."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    if _HAS_LIMITS:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        said = answer(line)
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()
        if "gave_up" in said:  # whatever the libraries hold by now is no good start
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
