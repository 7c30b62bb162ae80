"""``bib sync``: a bibliography file with what a paper cites, written anew where that differs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.papers.read import read_papers
from citekit.app.syncing.choice import Sources, choose
from citekit.app.syncing.compose import BIBTEX, Composed, compose, parts_of
from citekit.app.syncing.known import ArchiveKeys
from citekit.app.syncing.library import Library
from citekit.app.syncing.target import SyncFormat, format_for
from citekit.errors import InvalidData, Place, UsageError
from citekit.findings import Finding, Severity
from citekit.model.value import NOTHING, Value
from citekit.store.outputs import write_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.papers.read import Paper
    from citekit.app.syncing.choice import Choice
    from citekit.store.reading import ArchiveReader


_BEYOND_BIBER: Final = frozenset("\"#%'()=")


class Synced(Value):
    """A bibliography in step with its papers, and how it differs from what the file had.

    ``keys`` are all that are in it, ``kept`` those that no archive and no library has, ``uncited``
    those of them that nothing cites (with ``prune`` they are not in it). ``added``, ``changed`` and
    ``removed`` are the keys in which it differs from the file as it was. ``left`` are the keys that
    another bibliography of the paper has. ``private`` is how many cited items are private, and not
    in it. ``is_changed`` says that the file was, or would be, rewritten.
    """

    text: str
    format: SyncFormat
    path: Path | None = None
    keys: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    uncited: tuple[str, ...] = ()
    left: Mapping[str, str] = NOTHING
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    is_changed: bool = False
    private: int = 0
    unknown: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    watched: tuple[Path, ...] = ()


def sync(
    store: ArchiveReader | None,
    papers: Sequence[str | Path],
    *,
    output: str | Path | None = None,
    format: SyncFormat | None = None,  # noqa: A002  # the word users know
    libraries: Sequence[str | Path] = (),
    check: bool = False,
    prune: bool = False,
) -> Synced:
    """Have a bibliography file with what papers cite, and nothing that is private.

    Entries come from the archive, else from ``libraries``, other bibliography files; what only the
    file itself has stays in it, what nothing cites as well unless ``prune`` is true. Without an
    ``output`` the text is only answered. A file that has it already is not touched; ``check``
    touches none. Without a ``format`` the file's ending tells it. Keys that nobody knows are
    findings, and the rest is written.

    Raises NotFound for a paper or library, UsageError for a kind of file or a format that nobody
    knows, InvalidData for a file that cannot be read: a bibliography is never overwritten then.
    """
    paper = read_papers(papers)
    target = None if output is None else _target(Path(output), store)
    _refuse_itself(target, libraries)
    old = _old(target)
    format_ = format or format_for(output, paper, old)
    sources = _sources(store, libraries, paper, target, old)
    choice = choose(sources, paper, parents=format_ in BIBTEX, prune=prune)
    composed = compose(choice.entries.values(), format_, old)
    is_changed = target is not None and not _has(target, old, composed.text)
    if target is not None and is_changed and not check:
        write_file(target, composed.text.encode())
    findings = (
        *(*paper.findings, *choice.findings),
        *(*_unread(composed), *_elsewhere(paper, choice), *_beyond_biber(paper, composed)),
    )
    return Synced(
        text=composed.text,
        format=format_,
        path=target,
        keys=tuple(sorted(composed.parts)),
        kept=choice.kept,
        uncited=choice.uncited,
        left=choice.left,
        **_differences(parts_of(old, format_) if old else {}, composed.parts),
        is_changed=is_changed,
        private=choice.private,
        unknown=choice.unknown,
        findings=findings,
        watched=tuple(_watched(store, paper, sources, choice)),
    )


def _target(path: Path, store: ArchiveReader | None) -> Path:
    """The file to write; raises UsageError for one inside the archive."""
    if store is not None and store.layout.would_hold(path):
        message = f"is inside the archive, which holds records alone: {path}"
        raise UsageError(message, hint="choose a path outside")
    return path


def _refuse_itself(target: Path | None, libraries: Sequence[str | Path]) -> None:
    """Raise UsageError where a library would be written: it would lose what nothing cites."""
    if target is not None and os.path.realpath(target) in map(os.path.realpath, libraries):
        hint = "write another file"
        raise UsageError("is a library, which is read alone", place=str(target), hint=hint)


def _sources(
    store: ArchiveReader | None,
    libraries: Sequence[str | Path],
    paper: Paper,
    target: Path | None,
    old: Library | None,
) -> Sources:
    """Who may have an entry. The paper's own bibliographies have what nobody else has.

    Where the file to write is one of them, the paper reads the others beside it, and an entry in
    two of them would be one too many.
    """
    named = [path for path in paper.bibliographies if path.is_file()]
    written = None if target is None else os.path.realpath(target)
    others = tuple(Library.open(path) for path in named if os.path.realpath(path) != written)
    is_named = written is not None and written in map(os.path.realpath, paper.bibliographies)
    return Sources(
        archive=ArchiveKeys(store) if store else None,
        libraries=tuple(map(Library.open, libraries)),
        old=old,
        beside=others if is_named else (),
        named=() if is_named else others,
    )


def _old(target: Path | None) -> Library | None:
    """The bibliography as it was; raises InvalidData where not all of it can be read."""
    if target is None or not target.is_file() or not target.stat().st_size:
        return None
    old = Library.open(target)
    fault = old.fault()
    if fault is not None:
        raise InvalidData(
            f"is not overwritten, since not all of it can be read: {fault.message}",
            place=(fault.place or Place())._replace(path=str(target)),
            hint="mend it (citekit bib check), or write another file",
        )
    return old


def _has(target: Path, old: Library | None, text: str) -> bool:
    """Whether the file has this text already, whatever its lines end with."""
    return target.exists() and (old.text.replace("\r\n", "\n") if old else "") == text


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The keys that are new in the file, are otherwise in it, and are no longer in it."""
    both = after.keys() & before.keys()
    return {
        "added": tuple(sorted(after.keys() - before.keys())),
        "changed": tuple(sorted(key for key in both if after[key] != before[key])),
        "removed": tuple(sorted(before.keys() - after.keys())),
    }


def _unread(composed: Composed) -> Iterator[Finding]:
    for key in composed.unread:
        message = f"{key} is left out: its entry cannot be read as an item"
        yield Finding(code="CK-W793", message=message, severity=Severity.WARNING)


def _elsewhere(paper: Paper, choice: Choice) -> Iterator[Finding]:
    """Bibliographies that may have what is unknown, and are not read."""
    for path in paper.elsewhere if choice.unknown else ():
        message = f"{path} is not read: it lies outside the paper's folder"
        hint = f"--library {path} looks there, too"
        yield Finding(code="CK-I794", message=message, severity=Severity.NOTE, hint=hint)


def _beyond_biber(paper: Paper, composed: Composed) -> Iterator[Finding]:
    """Keys at which biber stops. Source: btparse's names, tried out with biber 2.18."""
    for key in composed.parts if paper.dialect == "biblatex" else ():
        if _BEYOND_BIBER.intersection(key):
            message = f"biber cannot read the key {key!r}, nor what stands behind it"
            hint = "cite it by another key: citekit rename makes one"
            yield Finding(code="CK-W795", message=message, severity=Severity.WARNING, hint=hint)


def _watched(
    store: ArchiveReader | None, paper: Paper, sources: Sources, choice: Choice
) -> Iterator[Path]:
    """The files and folders that the bibliography was made of."""
    yield from paper.files
    yield from (library.path for library in (*sources.libraries, *sources.beside, *sources.named))
    if store is not None:
        yield from (store.layout.items, store.layout.private_items)
        yield from (store.layout.item_file(key) for key in choice.archived)
