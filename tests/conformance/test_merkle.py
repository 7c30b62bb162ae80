"""The public proof vectors of RFC 6962, all of them, through the driver."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from citekit.testing.drivers.merkle import answer

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.shared


def test_every_vector_is_judged_right(shared: Path) -> None:
    """All 196 public vectors get the verdict that their authors give them."""
    lines = (shared / "conformance/merkle/vectors.jsonl").read_text("utf-8").splitlines()
    vectors = [json.loads(line) for line in lines]
    wrong = [v["id"] for v in vectors if answer(v) != {"ok": not v["wantErr"]}]
    assert wrong == []
    assert len(vectors) == 196


def test_the_public_runner_is_content(shared: Path) -> None:
    """The suite's own runner, which talks to the driver as a program, counts 196 of 196."""
    runner = shared / "conformance/merkle/run.py"
    done = subprocess.run(
        [sys.executable, runner, "-v"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "merkle: 196/196\n"
