"""An archive is plain files: a few lines of standard library read and check it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from citekit import Archive

READER = """
import hashlib, json, pathlib, sys
root = pathlib.Path(sys.argv[1])
for folder in sorted((root / "items").iterdir()):
    item = json.loads((folder / "item.json").read_text("utf-8"))
    assert item["id"] == folder.name
    access = item["custom"]["citekit"]["access"]
    print(item["id"], access, item.get("title"), item.get("issued", {}).get("date-parts"), sep="|")
    for record in sorted(folder.glob("captures/*.json")):
        capture = json.loads(record.read_text("utf-8"))
        for role, payload in sorted(capture["payloads"].items()):
            digest = payload["digest"].removeprefix("sha256:")
            home = "objects" if access == "public" else "restricted"
            path = root / home / "sha256" / digest[:2] / digest[2:]
            if not path.exists():
                print("", role, "withheld", sep="|")
                continue
            data = path.read_bytes()
            assert hashlib.sha256(data).hexdigest() == digest and len(data) == payload["size_bytes"]
            print("", role, len(data), sep="|")
            if role == "text":
                start, end = payload["map"]["paragraphs"][0]
                print("", "p1", data.decode("utf-8")[start:end], sep="|")
    notes = folder / "annotations.jsonl"
    for line in notes.read_text("utf-8").splitlines() if notes.exists() else ():
        selectors = json.loads(line)["target"]["selector"]
        print("", "annotation", *(s.get("exact") or s["start"] for s in selectors), sep="|")
"""


def test_thirty_lines_read_an_archive(archive: Archive, harbour: str) -> None:
    """Another program finds items, payloads by digest, paragraphs and annotations."""
    assert len(READER.strip().splitlines()) <= 30
    archive.annotate(harbour, quote="217 steps", note="Counted?")
    root: Path = archive.store.root
    read = subprocess.run(
        [sys.executable, "-S", "-c", READER, str(root)], capture_output=True, check=True, text=True,
        encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    lines = read.stdout.splitlines()
    title = "Old lighthouse of Port Example reopens after two years of repairs"
    assert lines[0] == f"{harbour}|restricted|{title}|[[2024, 3, 14]]"
    assert lines[1].startswith("|original|")
    assert lines[3].startswith("|p1|The lighthouse of Port Example opened its doors")
    assert lines[4].startswith("|annotation|217 steps|")
