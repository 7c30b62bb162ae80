"""The public bibliography suites, run by their own scorers against the driver."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.shared
ROOT = Path(__file__).resolve().parents[2]
DRIVER = f"{sys.executable} -m citekit.testing.drivers bib"


def run(shared: Path, scorer: str, *arguments: str) -> str:
    """The last line of a scorer's output; its exit status is the verdict."""
    program = shared / "conformance" / "bibtex" / scorer
    command = [sys.executable, str(program), "--cmd", DRIVER, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("dialect", ["biblatex", "bibtex"])
def test_sample_items_are_the_agreed_entries(shared: Path, dialect: str) -> None:
    """All ten samples become the entry types and fields that were agreed on."""
    last = run(shared, "mapping.py", "--format", dialect, "--need", "1")

    assert last == f"mapping {dialect}: 10/10 entries as agreed"


@pytest.mark.parametrize("format_name", ["biblatex", "bibtex", "ris"])
def test_no_field_of_the_samples_is_lost(shared: Path, format_name: str) -> None:
    """Every field survives the way into a format and back."""
    last = run(shared, "loss.py", "--format", format_name, "--need", "91")

    assert last == f"{format_name}: 91/91 fields same, 0 lost, 0 changed"


@pytest.mark.parametrize(("dialect", "lenient"), [("biblatex", 0.97), ("bibtex", 0.99)])
def test_entries_agree_with_those_of_better_bibtex(
    shared: Path, dialect: str, lenient: float
) -> None:
    """Fields and types agree with what Better BibTeX writes; measured 0.9703 and 1.0."""
    last = run(
        shared,
        "export_score.py",
        "--format",
        dialect,
        "--need-f1",
        str(lenient),
        "--need-type",
        "1",
    )

    assert json.loads(last)["errors"] == 0


@pytest.mark.slow
def test_real_files_survive(shared: Path) -> None:
    """Every item of 300 real files comes back equal; nothing vanishes without a finding."""
    last = run(shared, "roundtrip.py", "--need", "1")

    assert last.endswith("(1.0000), 0 lost, 0 silent")
