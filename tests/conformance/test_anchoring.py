"""The public cases of anchoring, all of them, through the driver."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.shared


def test_quotes_find_their_places_again(shared: Path) -> None:
    """As good as promised, none wrong, and none where its passage is gone."""
    program = [sys.executable, str(shared / "conformance/anchoring/score.py"), "--json"]
    done = subprocess.run(
        [*program, "--cmd", f"{sys.executable} -m citekit.testing.drivers anchor"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    scored = json.loads(done.stdout)
    assert scored["exact"] >= 0.985
    assert (scored["wrong"], scored["false"]) == (0, 0)
