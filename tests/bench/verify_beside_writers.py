"""Verify beside a process that writes all the while.

    python tests/bench/verify_beside_writers.py 200

Prints how often each exit code came, after each hundred, and what was said with codes other than 0
and 7. A second argument is how long, in seconds, the writer rests between two rounds (default: not
at all).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from citekit.app.sealing.seal import Keys, seal
from citekit.testing.builders import build_archive

_TOLD_EACH = 100


def main(runs: str = "200", pause_s: str = "0") -> int:
    """Run, print, and give 1 where a verdict was wrong."""
    codes: Counter[int] = Counter()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "archive"
        seal(build_archive(root), keys=Keys())
        program = [sys.executable, "-m", "citekit.testing.busy_writer", str(root)]
        with subprocess.Popen([*program, "tide2023", pause_s]) as writer:
            for run in range(1, int(runs) + 1):
                code, said = _verify(root)
                codes[code] += 1
                if code not in (0, 7):
                    sys.stdout.write(said)
                if run % _TOLD_EACH == 0 or run == int(runs):
                    _tell(codes, time.monotonic() - begin)
            is_alive = writer.poll() is None
            writer.kill()
    return 0 if is_alive and set(codes) <= {0, 7} else 1


def _tell(codes: Counter[int], seconds: float) -> None:
    counts = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    sys.stdout.write(f"exit codes {counts} in {seconds:.0f} s\n")
    sys.stdout.flush()


def _verify(root: Path) -> tuple[int, str]:
    words = [sys.executable, "-m", "citekit", "--archive", str(root), "verify"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
