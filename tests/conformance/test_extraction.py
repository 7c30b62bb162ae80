"""Extraction on pages and plain texts with known truth: scores may not fall below these floors."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = {
    "title": 0.97, "authors": 0.95, "date": 0.97, "text_f1": 0.98, "language": 0.98,
    "captions": 0.95, "captions+credits": 0.95, "noise_kept_out": 0.95,
}  # fmt: skip
FUNDUS = {
    "title": 0.96,
    "authors": 0.8,
    "date": 0.95,
    "site": 0.66,
    "language": 0.95,
    "text_f1": 0.94,
}
TRAF = {"title": 0.8, "authors": 0.58, "date": 0.8, "chunks_f1": 0.92}
DRIVER = [sys.executable, "-m", "citekit.testing.drivers", "extract"]


def _score(
    shared: Path, into: Path, gold: str, *, src: str | None = None
) -> dict[str, dict[str, float]]:
    """What the suite's own scorer says, run as its README shows."""
    folder, report = shared / "conformance" / "extraction", into / "report.json"
    command = [sys.executable, str(folder / "score.py"), "--gold", str(folder / gold)]
    command += ["--cmd", shlex.join(DRIVER), "--json", str(report), "--jobs", "1"]
    command += ["--timeout", "120", *(("--src", src) if src else ())]
    subprocess.run(command, check=True, capture_output=True)
    found = json.loads(report.read_text(encoding="utf-8"))
    return {src: {name: pair[0] for name, pair in row.items()} for src, row in found.items()}


@pytest.mark.shared
@pytest.mark.slow
def test_plain_texts_stay_above_the_floor(shared: Path, tmp_path: Path) -> None:
    """Every column of the 150 plain texts is clearly above both baselines."""
    found = _score(shared, tmp_path, "plaintext-dev.jsonl")["plain"]
    assert {name: value for name, value in found.items() if value < PLAIN.get(name, 0)} == {}
    assert found["invented_authors"] == 0


@pytest.mark.shared
@pytest.mark.slow
def test_news_pages_stay_above_the_floor(shared: Path, tmp_path: Path) -> None:
    """The news pages are read as well as the prototype did, or better."""
    found = _score(shared, tmp_path, "dev.jsonl", src="fundus")["fundus"]
    assert {name: value for name, value in found.items() if value < FUNDUS.get(name, 0)} == {}


@pytest.mark.shared
@pytest.mark.slow
def test_mixed_pages_stay_above_the_floor(shared: Path, tmp_path: Path) -> None:
    """Fields of mixed pages stay above the floor, and few authors are invented."""
    found = _score(shared, tmp_path, "dev.jsonl", src="traf")["traf"]
    assert {name: value for name, value in found.items() if value < TRAF.get(name, 0)} == {}
    assert found["invented_authors"] <= 0.33


def test_driver_answers_impossible_requests(tmp_path: Path) -> None:
    """The driver answers a missing file and a broken line with an error and goes on."""
    requests = '{"id": "a", "text_path": "%s"}\nnot json\n' % (tmp_path / "absent.txt")  # braces
    done = subprocess.run(DRIVER, input=requests, capture_output=True, text=True, check=True)
    assert done.stdout.count('"error"') == 2
