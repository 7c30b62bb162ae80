"""Stopping a program at its n-th change of the disk, to see what it leaves.

The calls are counted at ``os``, below everything that citekit does. Where the n-th call is a
write, half of its bytes are written first.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGING_CALLS: Final = (
    *("open", "write", "fsync", "replace", "rename", "mkdir", "unlink", "rmdir"),
    *("remove", "link", "symlink", "chmod", "utime", "truncate", "ftruncate"),
)


def killed_at(n: int, change: Callable[[], object]) -> bool:
    """Do the change in a child that is killed at its n-th call; False when it was done before.

    Raises AssertionError when the child failed in another way.
    """
    child = os.fork()
    if child == 0:
        try:
            counter = count_calls(n, _die, setattr)
            sys.addaudithook(lambda event, args: _count_unseen(counter, n, event, args))
            change()
        except BaseException:  # noqa: BLE001  # a child must not go on as a second test runner
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status not in (0, signal.SIGKILL):
        raise AssertionError(f"the child failed at call {n}: status {status}")
    return status == signal.SIGKILL


def count_calls(n: int, stop: Callable[[], None], set_attribute: Callable[..., None]) -> list[int]:
    """Have ``stop`` called before the n-th changing call; the list holds the number so far."""
    counter = [0]

    def counted(call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # whatever os takes
            if name == "open" and not args[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
                return call(*args, **kwargs)
            counter[0] += 1
            if counter[0] == n:
                if name == "write":
                    call(args[0], bytes(args[1])[: len(args[1]) // 2])
                stop()
            return call(*args, **kwargs)

        return wrapper

    for name in CHANGING_CALLS:
        set_attribute(os, name, counted(getattr(os, name), name))
    return counter


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _count_unseen(counter: list[int], n: int, event: str, args: tuple[Any, ...]) -> None:
    """Count, and die, where a file is opened for writing by other means than ``os``."""
    if event == "open" and isinstance(args[1], str) and not {*"wxa+"}.isdisjoint(args[1]):
        counter[0] += 1
        if counter[0] == n:
            _die()
