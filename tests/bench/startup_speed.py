"""How long the installed command takes, as multiples of an empty Python program in the same run.

    python tests/bench/startup_speed.py [RUNS]

Promised: ``--version`` ≤ 1.5, ``cite KEY --format bibtex`` ≤ 4, in APA ≤ 7. Runs are
interleaved, so that what else the machine does falls on all of them alike; the least CPU time of
each counts.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from citekit.csl import styles_folder

ITEM = {
    "id": "mem2023turkiye",
    "type": "article-newspaper",
    "title": "Turkiye to deploy commando battalion to northern Kosovo to help NATO",
    "container-title": "Middle East Monitor",
    "issued": {"date-parts": [[2023, 6, 4]]},
    "URL": "https://www.middleeastmonitor.com/",
}


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def commands(folder: Path) -> dict[str, list[str]]:
    """What is measured, by name; the first one is the measure."""
    citekit = str(Path(sys.executable).with_name("citekit"))
    archive = str(folder / "archive")
    subprocess.run([citekit, "init", archive, "--quiet"], check=True, capture_output=True)
    subprocess.run(
        [citekit, "--archive", archive, "import", "-"],
        input=json.dumps([ITEM]).encode(), check=True, capture_output=True,
    )  # fmt: skip
    on = [citekit, "--archive", archive]
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "citekit --version": [citekit, "--version"],
        "citekit cite KEY --format bibtex": [*on, "cite", ITEM["id"], "--format", "bibtex"],
        "citekit cite KEY --format biblatex": [*on, "cite", ITEM["id"], "--format", "biblatex"],
        "citekit cite KEY --style apa": [*on, "cite", ITEM["id"], "--style", "apa"],
        "citekit list": [*on, "list"],
        "citekit show KEY": [*on, "show", ITEM["id"]],
        "completion of a key": ["env", "_CITEKIT_COMPLETE=complete_fish", *on, "cite", "mem"],
        "completion of a style": [
            "env",
            "_CITEKIT_COMPLETE=complete_fish",
            *on,
            "cite",
            "-s",
            "chi",
        ],
        "citekit --help (typer)": [citekit, "--help"],
    }
    if shutil.which("pandoc"):
        paper = folder / "paper.md"
        refs = folder / "refs.json"
        refs.write_text(json.dumps([ITEM]), "utf-8")
        paper.write_text(f"---\nnocite: '@{ITEM['id']}'\n---\n", "utf-8")
        style = styles_folder() / "apa.csl"
        found["pandoc --citeproc, apa, one item"] = [
            "pandoc", "--citeproc", f"--csl={style}", f"--bibliography={refs}", str(paper),
            "-t", "plain",
        ]  # fmt: skip
    return found  # type: ignore[return-value]  # the id is a string


def main() -> None:
    """Measure and print one line for each command."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for name in ("CITEKIT_ARCHIVE", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        measured = commands(Path(folder))
        best = dict.fromkeys(measured, float("inf"))
        for _ in range(runs):
            for name, command in measured.items():
                best[name] = min(best[name], cpu_seconds(command))
    unit = best["python -c pass"]
    for name, seconds in best.items():
        print(f"{name:36} {seconds * 1000:7.1f} ms CPU  {seconds / unit:5.2f} ×")


if __name__ == "__main__":
    main()
