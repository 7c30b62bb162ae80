"""A child process that reads for this one by other people's parsers, a line of JSON each way.

It is started for the first document and serves those that follow, so that a batch pays for one
start. A document that takes too long costs the child; so does one that brings it down. The child
ends with its standard input, so none is left behind by a parent that is killed.

There is one for all that a run reads in its turn (``READER``), and others where files are read
ahead; ``reading_child`` says what they answer and which limits they set themselves.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S: Final = 60.0
_MOST_DOCUMENTS: Final = 500
"""After so many a fresh child takes over: what parsers keep in memory goes with the old one."""
_MOST_ANSWER_BYTES: Final = 1 << 30
"""Nothing that a child was made to say is larger; a longer answer is none."""


class GaveUp(Exception):
    """The child did not answer; the message says why."""


class ReaderProcess:
    """Whatever ``python -m MODULE`` answers, one line to each line it is sent."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: _Child | None = None
        self._is_closed = False
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def ask(self, request: bytes, *, timeout_s: float) -> bytes:
        """The answer; raises GaveUp.

        A child that has read other documents may have died of them: then a fresh one is asked.
        """
        with self._lock:
            child = self._ready()
            answer = child.ask(request, timeout_s)
            if answer is None and child.served > 1 and not child.is_over:
                child = self._ready()
                answer = child.ask(request, timeout_s)
        if answer is not None:
            return answer
        if child.is_late:
            raise GaveUp(f"reading took more than {timeout_s:.0f} s")
        if child.used_its_time:
            raise GaveUp("reading took more time than its size allows")
        raise GaveUp(f"its reader ended with {child.process.returncode}")

    def read(
        self, kind: str, request: Mapping[str, Any], *, size_bytes: int, timeout_s: float
    ) -> Any:  # noqa: ANN401  # JSON
        """What a reader of ``reading_child`` says of a request; raises GaveUp.

        ``size_bytes`` is how large the input is: limits of time and memory grow with it.
        """
        line = json.dumps({**request, "kind": kind, "size_bytes": size_bytes}).encode()
        answer = json.loads(self.ask(line, timeout_s=timeout_s))
        if "gave_up" in answer:
            raise GaveUp(answer["gave_up"])
        return answer["read"]

    def stop(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """End the child, and start no other: whoever waits for an answer gets none."""
        self._is_closed = True
        self.stop()
        atexit.unregister(self.stop)

    def _ready(self) -> _Child:
        """A child that can be asked."""
        if self._is_closed:
            raise GaveUp("it is asked no more")
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

    @property
    def is_over(self) -> bool:
        """Whether the last document took longer than it may: a fresh child would, too."""
        return self.is_late or self.used_its_time

    @property
    def used_its_time(self) -> bool:
        """Whether the system ended it for the computing time that it had set itself."""
        code = self.process.returncode
        return os.name != "nt" and code is not None and -code == signal.SIGXCPU

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
        return self._answers.readline(_MOST_ANSWER_BYTES)

    def _stop_late(self) -> None:
        self.is_late = True
        self.process.kill()


READING_CHILD: Final = "citekit.app.intake.reading_child"

READER: Final = ReaderProcess(READING_CHILD)
"""The one child of this run for all that is read in its turn."""
