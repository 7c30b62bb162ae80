"""The tamper matrix over other tools: ``python tests/bench/tamper_peers.py > table.md``.

Every mutation of tests/cases/tamper is done to a payload, a record and the tool's own manifest or
index, once for citekit, for bagit-python and for ``git fsck`` with ``git status``; so is "edit and
recompute" and "put everything back as it was". Prints a Markdown table: found of tried.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bagit

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import verify
from citekit.errors import CitekitError
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.testing.tamper import sealed_archive, tamper

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = Path(__file__).parents[1] / "cases" / "tamper" / "mutations.toml"
MUTATIONS: dict[str, dict[str, Any]] = tomllib.loads(CASES.read_text("utf-8"))
ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY, THIEF = (new_signer_key(ORIGIN, seed * 32) for seed in (b"k", b"t"))
RECORD = "items/lantern2024/captures/20240302T093000Z.json"


def main() -> None:
    """Make one archive for each tool, tamper, count, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = sealed_archive(folder / "citekit", KEY, entities=0)
        checkpoint, _ = parse_checkpoint(store.layout.checkpoint_file.read_bytes())
        outside = Outside(keys=(KEY.verifier,), checkpoints=(("kept", checkpoint),))
        make_bag(store.root, folder / "bag")
        make_repository(store.root, folder / "git")
        counts = {
            "citekit verify --trust --checkpoint": count(
                folder / "citekit", "", "log/checkpoint", lambda r: citekit_finds(r, outside)
            ),
            "bagit-python": count(folder / "bag", "data/", "manifest-sha256.txt", bagit_finds),
            "git fsck + git status": count(folder / "git", "", ".git/index", git_finds),
        }
    tools = list(counts)
    sys.stdout.write(f"| what | {' | '.join(tools)} |\n|---|{'---|' * len(tools)}\n")
    for what in counts[tools[0]]:
        cells = " | ".join(counts[tool][what] for tool in tools)
        sys.stdout.write(f"| {what} | {cells} |\n")


def count(
    pristine: Path, prefix: str, own_file: str, finds: Callable[[Path], bool]
) -> dict[str, str]:
    """How many mutations of each kind of file are found, and the two attacks on everything."""
    payload = next(p for p in (pristine / f"{prefix}objects").rglob("*") if p.is_file())
    kinds = {
        "payload": payload.relative_to(pristine).as_posix(),
        "capture record": prefix + RECORD,
        "the tool's own file": own_file,
    }
    found, tried = Counter[str](), Counter[str]()
    for kind, path in kinds.items():
        for mutation in MUTATIONS.values():
            arguments = {k: v for k, v in mutation.items() if k != "effect"}
            copy = pristine.with_name("copy")
            if mutation["how"] == "remove_folder" and "/" not in path:
                continue  # that would be everything
            shutil.copytree(pristine, copy, symlinks=True)
            if tamper(copy / path, **arguments):
                tried[kind] += 1
                found[kind] += finds(copy)
            shutil.rmtree(copy)
    told = {kind: f"{found[kind]} of {tried[kind]}" for kind in kinds}
    told["edit a record and recompute everything"] = attack(pristine, prefix, finds, recompute)
    told["put back an older state of everything"] = attack(pristine, prefix, finds, roll_back)
    return told


def attack(
    pristine: Path, prefix: str, finds: Callable[[Path], bool], do: Callable[[Path, str], None]
) -> str:
    """Whether an attack by somebody who can write everything is found."""
    copy = pristine.with_name("copy")
    shutil.copytree(pristine, copy, symlinks=True)
    do(copy, prefix)
    answer = "found" if finds(copy) else "**missed**"
    shutil.rmtree(copy)
    return answer


def recompute(root: Path, prefix: str) -> None:
    """Change a record, then have the tool itself make everything consistent again."""
    record = root / (prefix + RECORD)
    record.write_bytes(record.read_bytes().replace(b"declared", b"observed"))
    if prefix:
        bagit.Bag(str(root)).save(manifests=True)
    elif (root / ".git").exists():
        git(root, "commit", "-q", "--all", "--amend", "--no-edit")
    else:
        shutil.rmtree(root / "log")
        shutil.rmtree(root / "trust")
        seal(ArchiveStore.open(root), keys=Keys(signing=THIEF))


def roll_back(root: Path, prefix: str) -> None:
    """Put the archive as it was before the last note was added."""
    (root / prefix / "items" / "tide2023" / "note.md").unlink()
    if prefix:
        bagit.Bag(str(root)).save(manifests=True)
    elif (root / ".git").exists():
        git(root, "commit", "-q", "--all", "--amend", "--no-edit")
    else:
        shutil.rmtree(root / "log")
        shutil.rmtree(root / "trust")
        seal(ArchiveStore.open(root), keys=Keys(signing=KEY))


def citekit_finds(root: Path, outside: Outside) -> bool:
    """Whether verify ends with 1, 4 or 6 under --strict."""
    try:
        return bool(verify(ArchiveStore.open(root), outside=outside).exit_code(strict=True))
    except CitekitError:
        return True


def make_bag(source: Path, target: Path) -> None:
    """The same files in a bag."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".citekit"))
    bagit.make_bag(str(target), checksums=["sha256"])


def bagit_finds(root: Path) -> bool:
    """Whether the bag is invalid, or the tool fails."""
    command = [sys.executable, "-m", "bagit", "--validate", "--quiet", str(root)]
    return _fails(command)


def make_repository(source: Path, target: Path) -> None:
    """The same files in git, restricted ones too."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".citekit", ".gitignore"))
    git(target, "init", "-q")
    git(target, "add", "--force", ".")
    git(target, "commit", "-qm", "all")


def git_finds(root: Path) -> bool:
    """Whether fsck fails, or status shows a change."""
    if _fails(["git", "-C", str(root), "fsck", "--full", "--strict"]):
        return True
    done = subprocess.run(  # git with our own arguments
        ["git", "-C", str(root), "status", "--porcelain", "--ignored"],
        capture_output=True,
        check=False,
    )
    return done.returncode != 0 or bool(done.stdout)


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    command = ["git", "-C", str(folder), *who, *arguments]
    subprocess.run(command, check=True, capture_output=True)  # as above


def _fails(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=10)
    except subprocess.TimeoutExpired:  # it waits for a pipe: somebody notices
        return True
    return done.returncode != 0


if __name__ == "__main__":
    main()
