"""Commands that die at one of their calls, and what is left of the archive.

    base = prepare(folder)
    for name, command in read_commands(path).items():
        for outcome in sweep(command, base, work): ...

Each point is a fork that runs the whole command and is killed at its n-th changing call. What it
leaves is judged by ``verify``, and by a reader of the standard library that looks for restricted
bytes where git would take them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from citekit.app.packages.export import export
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.signing_keys import keygen, read_signing_key
from citekit.app.verifying.verify import verify
from citekit.cli.run import run
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.writing.arrivals import MOST_TOGETHER
from citekit.testing.builders import HARBOUR_TEXT, Mark, Source, add_source, build_archive
from citekit.testing.faults import killed_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

ORIGIN: Final = "citekit.invalid/the-lanternfish-harbour"
_QUIET: Final = "Nobody may read this.\n\nIt was told in confidence, and stays so.\n"
_LOST: Final = "This text went with an old disk.\n\nSomebody has kept a copy of it.\n"
_ARTICLE: Final = "A headline\n\nBy Ada Quill\n\n1 March 2025\n\nThe tide was {} inches high.\n"
_MANY: Final = ("First", "Second", "Third", "Fourth")
_LIST: Final = """\
file,access
first.txt,public
quiet.txt,
second.txt,private
nowhere.txt,
third.txt,restricted
fourth.txt,public
"""
_LIBRARY: Final = """\
@article{reef2021, title = {Reefs and tides}, author = {Moreau, Lucía}, year = 2021}
@book{sand1999, title = {Sand}, author = {Okoye, Chidi}, year = 1999}
"""
_SHELF: Final = "".join(
    f"@book{{shelf{number}, title = {{Tides, volume {number}}}, author = {{Moreau, Lucía}}}}\n"
    for number in range(100, 100 + MOST_TOGETHER + 6)
)
"""More than come in together."""
_ZOTERO: Final = {
    "itemType": "report",
    "citationKey": "kelp2020",
    "title": "Kelp and tides",
    "notes": [{"note": "<p>Read again.</p>"}],
    "attachments": [
        {
            "path": "article.txt",
            "annotations": [
                {"key": "FOUND", "annotationText": "tide was"},
                {"key": "LOST", "annotationText": "words that nobody wrote"},
            ],
        }
    ],
}
SYSTEM_CALLS: Final = (
    *("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "mkdir", "rmdir"),
    *("unlinkat", "renameat", "renameat2", "mkdirat", "syncfs"),
)
"""What changes a disk on Linux. A file that is made and empty is seen before its first write."""

LIMIT: Final = 2000
"""No command needs as many calls."""


class Command(NamedTuple):
    """A call of citekit, and in which archive of the base it is made."""

    words: tuple[str, ...]
    archive: str = "signed"


class Outcome(NamedTuple):
    """What a stop at the n-th call left: the exit code of ``verify``, and what is in the open.

    ``was_killed`` is False for the last one: the command was done before its n-th call. New items
    that are there ``are_first`` where no item came in before one that comes earlier.
    """

    n: int
    was_killed: bool
    root: Path
    code: int
    codes: frozenset[str]
    in_the_open: tuple[str, ...]
    are_first: bool = True


def read_commands(path: Path) -> dict[str, Command]:
    """The commands of a table by their names."""
    table = tomllib.loads(path.read_text("utf-8"))
    return {
        name: Command(words=tuple(about["words"]), archive=about.get("archive", "signed"))
        for name, about in table.items()
    }


def prepare(folder: Path) -> Path:
    """Archives to run the commands in, and the files beside them; needs a place for a key.

    ``XDG_CONFIG_HOME`` says where that is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"article.txt": _ARTICLE.format(9), "another.txt": _ARTICLE.format(10)}
    texts |= {f"{name.lower()}.txt": _ARTICLE.replace("A", name, 1).format(8) for name in _MANY}
    texts |= {"library.bib": _LIBRARY, "shelf.bib": _SHELF, "list.csv": _LIST}
    texts["zotero.json"] = json.dumps({"items": [_ZOTERO]})
    for name, text in {**texts, "quiet.txt": _QUIET, "lost.txt": _LOST}.items():
        (folder / name).write_text(text, "utf-8")
    _fill(build_archive(folder / "unsealed"))
    _make_package(folder)
    shutil.copytree(folder / "unsealed", folder / "signed")
    signed = ArchiveStore.open(folder / "signed")
    key = read_signing_key(keygen(ORIGIN).path)
    with signed.layout.settings_file.open("a", encoding="utf-8") as file:
        file.write(f'\n[log]\norigin = "{ORIGIN}"\n')
    seal(ArchiveStore.open(signed.root), keys=Keys(signing=key))
    shutil.copytree(folder / "signed", folder / "automatic")
    with (folder / "automatic" / "archive.toml").open("a", encoding="utf-8") as file:
        file.write('seal = "auto"\n')
    seal(ArchiveStore.open(folder / "automatic"), keys=Keys(signing=key))
    for name in ("signed", "unsealed"):
        _leave_waiting(ArchiveStore.open(folder / name))
    return folder


def sweep(
    command: Command, base: Path, work: Path, points: Iterable[int] = range(1, LIMIT)
) -> Iterator[Outcome]:
    """Kill the command at each of these calls, until it is done before; each in a new archive."""
    root = work / "archive"
    words = _words(command, base, root)
    renew(base / command.archive, root)
    done = run_quietly(words)  # whatever it loads is loaded: a child only does the work
    order = _coming(base / command.archive, root)
    for n in points:
        renew(base / command.archive, root)
        was_killed = killed_at(n, lambda: _check(run_quietly(words), done))
        yield judge(root, n, was_killed=was_killed, order=order)
        if not was_killed:
            return


def sweep_system(command: Command, base: Path, work: Path) -> Iterator[Outcome]:
    """Kill the command at every changing call of the system, those of SQLite and of threads too.

    Each point is a process of its own, under ``strace``; ``n`` counts all points.
    """
    root = work / "archive"
    words = [sys.executable, "-m", "citekit", *_words(command, base, root)]
    renew(base / command.archive, root)
    whole = subprocess.run(words, capture_output=True, check=False).returncode  # noqa: S603  # ours
    order = _coming(base / command.archive, root)
    n = 0
    for call in SYSTEM_CALLS:
        for when in range(1, LIMIT):
            renew(base / command.archive, root)
            inject = f"inject={call}:signal=KILL:when={when}"
            strace = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", inject]
            done = subprocess.run([*strace, *words], capture_output=True, check=False)  # noqa: S603  # our own words
            was_killed = done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
            if not was_killed:
                _check(done.returncode, whole)
                break
            n += 1
            yield judge(root, n, order=order)
    yield judge(root, n + 1, was_killed=False)


def judge(root: Path, n: int = 0, *, was_killed: bool = True, order: Sequence[str] = ()) -> Outcome:
    """What ``verify`` says of an archive, what lies in the open, and who is there.

    ``order`` are the folders of the items that come in, in their order.
    """
    report = verify(ArchiveStore.open(root))
    codes = frozenset(finding.code for finding in report.findings)
    here = [(root / folder / "item.json").is_file() for folder in order]
    return Outcome(
        n,
        was_killed,
        root,
        report.exit_code(),
        codes,
        tuple(in_the_open(root)),
        here == sorted(here, reverse=True),
    )


def _coming(before: Path, after: Path) -> list[str]:
    """The folders of the items that a command has brought in, in the order of the log."""
    store = ArchiveStore.open(after)
    log = LogFolder(store.layout)
    standing = log.standing()
    entries = [*log.entries(standing.size if standing else 0), *log.pending().entries]
    subjects = (str(json.loads(entry).get("subject")) for entry in entries)
    folders = (path.removesuffix("/item.json") for path in subjects if path.endswith("/item.json"))
    return [folder for folder in dict.fromkeys(folders) if not (before / folder).exists()]


def in_the_open(root: Path) -> Iterator[str]:
    """Payloads where git takes them that no public item has, but a restricted or private one."""
    wanted: dict[str, set[str]] = {}
    private = set(root.glob("private/items/*/captures/*.json"))
    for record in (*root.glob("items/*/captures/*.json"), *private):
        item = json.loads((record.parent.parent / "item.json").read_bytes())
        said = item["custom"]["citekit"].get("access", "restricted")
        access = "private" if record in private else said
        for payload in json.loads(record.read_bytes())["payloads"].values():
            wanted.setdefault(payload["digest"], set()).add(access)
    for path in sorted(root.glob("objects/sha256/*/*")):
        access = wanted.get(f"sha256:{path.parent.name}{path.name}")
        if access and "public" not in access:
            yield path.relative_to(root).as_posix()


def renew(base: Path, root: Path) -> None:
    """A fresh copy of an archive."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(base, root)


def run_quietly(words: list[str]) -> int:
    """Run a command in this process; its exit code. What it prints goes nowhere."""
    with _silenced():
        return run(words)


def _check(code: int, expected: int) -> None:
    if code != expected:
        raise AssertionError(f"the command ended with {code}, not {expected}")


@contextmanager
def _silenced() -> Iterator[None]:
    """Have what is printed, also by other means than Python's, go nowhere."""
    kept = {number: os.dup(number) for number in (1, 2)}
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        for number in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)


def _words(command: Command, base: Path, root: Path) -> list[str]:
    """The words of a call, with what its table leaves open."""
    named = {path.stem: str(path) for path in base.iterdir() if path.is_file()}
    store = ArchiveStore.open(base / command.archive)
    named["annotation"] = store.annotations("quoted2024")[0].short_id
    words = [word.format_map(named) for word in command.words]
    return ["--archive", str(root), *words]


def _fill(store: ArchiveStore) -> None:
    """Sources for what is cut: bytes that two share, long quotes, bytes that are not here."""
    quote = HARBOUR_TEXT.partition("\n")[0]
    sources = (
        _source("quiet2024", text=_QUIET),
        _source("lost2024", text=_LOST),
        _source("secret2024", text="A secret.\n\nNobody tells it.\n", access="private"),
        _source(
            "quoted2024",
            text=f"Once more.\n\n{HARBOUR_TEXT}",
            access="public",
            marks=(Mark(quote=quote),),
        ),
    )
    with store.writing() as writer:
        for source in sources:
            add_source(writer, source)
    (digest,) = store.digests("lost2024")
    store.objects.remove(store.objects.path(digest, "restricted"))
    store.objects.forget_held([digest], store.layout.local)


def _leave_waiting(store: ArchiveStore) -> None:
    """Changes that wait for a seal: one of them an item that can still be removed."""
    whisper = _source("whisper2024", text="A whisper.\n\nNobody hears it.\n", access="private")
    with store.writing() as writer:
        add_source(writer, _source("draft2025", text=_QUIET, access="public"))
        add_source(writer, whisper)
        writer.write_note("tide2023", "To be looked at.\n")


def _source(key: str, **more: Any) -> Source:  # noqa: ANN401  # fields of Source
    return Source(key=key, data={"title": f"About {key}"}, **more)


def _make_package(folder: Path) -> None:
    other = build_archive(
        folder / "other",
        [
            _source(
                "reef2020",
                text="A reef.\n\nIt grows.\n",
                access="public",
                marks=(Mark(quote="A reef"),),
            ),
            _source("sand2020", text="Sand.\n\nIt moves.\n", note="Read again.\n"),
        ],
    )
    export(other, folder / "package.zip", format="bagit", with_restricted=True)
