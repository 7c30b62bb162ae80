"""``doctor``: what works on this machine, and what to install for the rest; no network is used."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from citekit.app.doctor.checked import CheckedThing
from citekit.app.doctor.log_keys import examine_log
from citekit.app.intake.reading_child import limits_computing, limits_memory
from citekit.errors import CitekitError, StorageFailed, StoreConflict
from citekit.store import files
from citekit.store.archive import ArchiveStore
from citekit.store.index.sqlite import sqlite_features
from citekit.store.layout import SETTINGS_FILE
from citekit.store.lock import exclusive
from citekit.store.private.ledger import read_ledger
from citekit.store.private.second_copy import copies_folder, is_copied
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.store.reading import ArchiveReader

# What each extra brings, by the names under which it is imported.
_EXTRAS: Final = (
    ("site", ("sphinx", "furo", "myst_parser"), "the site of an archive"),
    ("seal", ("cryptography", "rfc3161_client"), "signing the log, timestamps"),
    ("web", ("brotli", "zstandard"), "answers in codings that nobody asked for"),
    ("wikipedia", ("mwparserfromhell",), "reading citation templates"),
    ("bulk", ("distributed", "pyarrow"), "clusters and Parquet for crawls"),
    ("pick", ("prompt_toolkit", "copykitten"), "choosing what to cite, the clipboard"),
)
_ANSWER_S: Final = 10.0


def examine(root: Path | None = None) -> list[CheckedThing]:
    """Try this machine, and the archive at ``root`` if there is one."""
    checks = [_python(), *_extras(), _biber(), _git(), _sqlite(), _reader()]
    if root is not None:
        checks.extend(_archive(root))
    return checks


def examine_archive(store: ArchiveReader) -> list[CheckedThing]:
    """Try this machine and this archive; each thing says whether it works, and what to do."""
    return examine(store.root)


def _python() -> CheckedThing:
    return CheckedThing(
        name="python",
        ok=sys.version_info >= (3, 11),
        detail=f"{platform.python_version()} on {platform.system()}, citekit {__version__}",
        hint="install Python 3.11 or later",
        required=True,
    )


def _extras() -> Iterator[CheckedThing]:
    for extra, modules, purpose in _EXTRAS:
        absent = [name for name in modules if importlib.util.find_spec(name) is None]
        detail = f"not installed: {', '.join(absent)}" if absent else "installed"
        yield CheckedThing(
            name=f"extra {extra}",
            ok=not absent,
            detail=f"{detail} ({purpose})",
            hint=f"pip install 'citekit[{extra}]'",
        )


def _biber() -> CheckedThing:
    version = _version_of("biber")
    return CheckedThing(
        name="biber",
        ok=version is not None,
        detail=version or "not found; only the tests that check BibLaTeX need it",
        hint="install biber (Debian: apt install biber)",
    )


def _git() -> CheckedThing:
    version = _version_of("git")
    return CheckedThing(
        name="git",
        ok=version is not None,
        detail=version or "not found; archives work without it, but have no history",
        hint="install git (Debian: apt install git)",
    )


def _sqlite() -> CheckedThing:
    version, has_words = sqlite_features()
    return CheckedThing(
        name="search",
        ok=has_words,
        detail=f"SQLite {version} {'with' if has_words else 'without'} full text (FTS5)",
        hint="install a Python whose SQLite has FTS5; list and search need it",
        required=True,
    )


def _reader() -> CheckedThing:
    """Whether the process that reads documents of strangers can be limited; tried, not assumed."""
    kept = [("memory", limits_memory()), ("computing time", limits_computing())]
    limited = [name for name, is_there in kept if is_there]
    absent = [name for name, is_there in kept if not is_there]
    detail = f"the system limits {' and '.join(limited) or 'nothing'} of what documents take"
    return CheckedThing(
        name="reader limits",
        ok=not absent,
        detail=f"{detail}; not {' nor '.join(absent)}" if absent else detail,
        hint="a reader is stopped after a minute all the same; read what strangers send on Linux",
    )


def _version_of(program: str) -> str | None:
    """What the program says of its version, in one line; None when it is not there."""
    path = shutil.which(program)
    if path is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603  # a program of the user's own PATH
            [path, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ANSWER_S,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\d+(?:\.\d+)+", answer)
    return f"{program} {version[0]}" if version else program


def _archive(root: Path) -> Iterator[CheckedThing]:
    try:
        store = ArchiveStore.open(root)
    except CitekitError as error:
        yield CheckedThing(
            name="archive", ok=False, detail=str(error), hint=error.hint or "", required=True
        )
        return
    count = len(store.keys())
    items = "1 item" if count == 1 else f"{count} items"
    yield CheckedThing(name="archive", ok=True, detail=f"{root}: {items}", required=True)
    yield _writable(store.layout.staging, root)
    yield _lockable(root)
    yield _index(store.layout.index_file)
    yield _case(root)
    yield from examine_log(store)
    yield from _private(store)


def _private(store: ArchiveStore) -> Iterator[CheckedThing]:
    """Whether what opens the private roots of the log is here twice; nothing where nothing is."""
    if not store.layout.private_ledger.is_file():
        return
    folder = copies_folder()
    try:
        ok = is_copied(store.layout)
    except CitekitError as error:
        yield CheckedThing(name="private", ok=False, detail=str(error), hint=error.hint or "")
        return
    copy = f"a copy in {folder}" if ok else f"no copy in {folder} that can open every seal"
    if not read_ledger(store.layout).roots:
        copy = "nothing to open yet: there was no seal"
    yield CheckedThing(
        name="private",
        ok=ok,
        detail=f"what proves private things later has {copy}; nothing of it is encrypted",
        hint="citekit seal makes one; citekit backup takes what is in private/ along",
    )


def _writable(staging: Path, root: Path) -> CheckedThing:
    """Whether a file can be written, flushed and removed where changes are prepared."""
    try:
        files.make_folder(staging, root=root)
        probe = files.unused(staging)
        files.write_new(probe, [b"citekit doctor\n"])
        files.remove_file(probe)
    except CitekitError as error:
        detail = f"only reading is possible: {error}"
        name = "archive writable"
        return CheckedThing(name=name, ok=False, detail=detail, hint=error.hint or "")
    return CheckedThing(name="archive writable", ok=True, detail="files can be written and flushed")


def _lockable(root: Path) -> CheckedThing:
    try:
        with exclusive(root, timeout_s=0):
            pass
    except StoreConflict:
        return CheckedThing(name="archive lock", ok=True, detail="works; another process has it")
    except StorageFailed as error:
        hint = error.hint or ""
        return CheckedThing(name="archive lock", ok=False, detail=error.message, hint=hint)
    return CheckedThing(name="archive lock", ok=True, detail="works")


def _index(path: Path) -> CheckedThing:
    """Whether the index is there; that it is not only means that the next search makes it."""
    try:
        size = path.stat().st_size
    except OSError:
        detail = "none yet; the first list or search makes it"
    else:
        detail = f"{size / 1e6:.1f} MB"
    return CheckedThing(name="index", ok=True, detail=detail)


def _case(root: Path) -> CheckedThing:
    """Whether file names differ by case here; citekit is careful either way."""
    ignores = (root / SETTINGS_FILE.upper()).exists()
    detail = "names that differ by case are one file here" if ignores else "case counts in names"
    return CheckedThing(name="file names", ok=True, detail=detail)
