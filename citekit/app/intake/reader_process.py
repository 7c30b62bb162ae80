"""A child process that reads documents for this one, a line of JSON each way.

It is started for the first document and serves those that follow, so that a batch pays for one
start. A document that takes too long costs the child; so does one that brings it down. The child
ends with its standard input, so none is left behind by a parent that is killed.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from typing import IO, Final, cast

_MOST_DOCUMENTS: Final = 500
"""After so many a fresh child takes over: what parsers keep in memory goes with the old one."""


class GaveUp(Exception):
    """The child did not answer; the message says why."""


class ReaderProcess:
    """Whatever ``python -m MODULE`` answers, one line to each line it is sent."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: _Child | None = None
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def ask(self, request: bytes, *, timeout_s: float) -> bytes:
        """The answer; raises GaveUp.

        A child that has read other documents may have died of them: then a fresh one is asked.
        """
        with self._lock:
            child = self._ready()
            answer = child.ask(request, timeout_s)
            if answer is None and child.served > 1 and not child.is_late:
                child = self._ready()
                answer = child.ask(request, timeout_s)
        if answer is not None:
            return answer
        if child.is_late:
            raise GaveUp(f"reading took more than {timeout_s:.0f} s")
        raise GaveUp(f"its reader ended with {child.process.returncode}")

    def stop(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _ready(self) -> _Child:
        """A child that can be asked."""
        child = self._child
        if child is None or not child.can_serve:
            self.stop()
            child = self._child = _Child(self._module)
        return child


class _Child:
    """One running child."""

    def __init__(self, module: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # our own interpreter
            # -P: the folder that citekit is called in may hold a json.py of somebody else's
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._requests = cast("IO[bytes]", self.process.stdin)
        self._answers = cast("IO[bytes]", self.process.stdout)
        self.served = 0
        self.is_late = False
        self._parent = os.getpid()

    @property
    def can_serve(self) -> bool:
        """Whether it is alive, not worn, and ours: a fork must not talk into its parent's pipes.

        One that was stopped just as it answered may not have ended yet.
        """
        is_good = self._parent == os.getpid() and not self.is_late
        return is_good and self.served < _MOST_DOCUMENTS and self.process.poll() is None

    def ask(self, request: bytes, timeout_s: float) -> bytes | None:
        """Its answer, None when it died over it or was stopped for being late."""
        self.served += 1
        timer = threading.Timer(timeout_s, self._stop_late)
        timer.start()
        try:
            answer = self._exchange(request)
        finally:
            timer.cancel()
        if answer.endswith(b"\n"):
            return answer
        self.end()
        return None

    def end(self) -> None:
        """Kill it where it still runs, and close its pipes."""
        if self._parent == os.getpid():
            self.process.kill()
            self.process.communicate()

    def _exchange(self, request: bytes) -> bytes:
        try:
            self._requests.write(request + b"\n")
            self._requests.flush()
        except OSError:
            return b""
        return self._answers.readline()

    def _stop_late(self) -> None:
        self.is_late = True
        self.process.kill()
