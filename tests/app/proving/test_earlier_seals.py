"""Of each authority the earliest word about each entry, and no other: who is trusted is open."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

from citekit.app.proving.earlier_seals import prove_earlier
from citekit.app.proving.proof_file import EarlierCheckpoint, read_response
from citekit.app.proving.prove import ReadLog, read_log
from citekit.app.sealing.seal import Keys, seal
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.earlier import earlier_proof
from citekit.integrity.merkle import leaf_hash, verify_inclusion
from citekit.integrity.sign import new_signer_key
from citekit.integrity.timestamp import read_timestamp
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive, lasting_folder
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Sealed(NamedTuple):
    """An archive, and the sizes of its log: by A, by B, by both, and one that nobody stamped."""

    root: Path
    by_a: int
    by_b: int
    by_both: int
    by_none: int


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> Sealed:
    folder = lasting_folder()
    store = build_archive(folder / "archive")
    authorities = []
    for name in ("A", "B"):
        (folder / name).mkdir()
        authorities.append(make_authority(folder / name, name=name))
    sizes = []
    with serve_authority(authorities[0]) as a, serve_authority(authorities[1]) as b:
        for number, tsa in enumerate(([a], [b], [b, a], [])):
            with store.writing() as writer:
                writer.write_note("tide2023", f"The {number}th.\n")
            sealed = seal(store, keys=Keys(signing=KEY), tsa=tsa, allow_private=True, now=NOON)
            sizes.append(sealed.size)
    return Sealed(store.root, *sizes)


@pytest.fixture
def sealed() -> Sealed:
    """That archive, which nobody changes."""
    return _make_archive()


@pytest.fixture
def read(sealed: Sealed) -> ReadLog:
    """Its log."""
    return read_log(ArchiveStore.open(sealed.root))


def _told(checkpoint: EarlierCheckpoint) -> tuple[int, list[int], list[str]]:
    """Its size, the entries, and who has stamped it."""
    (_, size, *_) = checkpoint.checkpoint.split("\n")
    names = [read_timestamp(read_response(stamp)).authority for stamp in checkpoint.timestamps]
    return int(size), [entry.index for entry in checkpoint.entries], sorted(names)


def test_the_earliest_word_of_each_authority_is_chosen(sealed: Sealed, read: ReadLog) -> None:
    """An entry is in the checkpoint that has it first of A, and in the first of B."""
    before_a, after_a, after_b = sealed.by_a - 1, sealed.by_a, sealed.by_b
    chosen = list(prove_earlier(read.log, read.seals, [before_a, after_a, after_b]))
    assert [_told(checkpoint) for checkpoint in chosen] == [
        (sealed.by_a, [before_a], ["CN=A"]),
        (sealed.by_b, [before_a, after_a], ["CN=B"]),
        (sealed.by_both, [after_a, after_b], ["CN=A", "CN=B"]),
    ]
    (only,) = prove_earlier(read.log, read.seals, [after_b])
    assert _told(only) == (sealed.by_both, [after_b], ["CN=A", "CN=B"])
    (_, last) = prove_earlier(read.log, read.seals, [after_a])
    assert _told(last) == (sealed.by_both, [after_a], ["CN=A"])


def test_what_the_standing_checkpoint_shows_is_not_told_twice(
    sealed: Sealed, read: ReadLog
) -> None:
    """Its own stamps are in the proof anyway; what only they are about needs nothing more."""
    seals = [known for known in read.seals if known.size <= sealed.by_both]
    chosen = list(prove_earlier(read.log, seals, [0, sealed.by_b]))
    assert [_told(checkpoint)[:2] for checkpoint in chosen] == [
        (sealed.by_a, [0]), (sealed.by_b, [0]),
    ]  # fmt: skip
    assert list(prove_earlier(read.log, seals, [sealed.by_b])) == []


def test_what_nobody_has_stamped_is_in_none(sealed: Sealed, read: ReadLog) -> None:
    """Entries of a later seal, and no entries at all."""
    assert list(prove_earlier(read.log, read.seals, [sealed.by_none - 1])) == []
    assert list(prove_earlier(read.log, read.seals, [])) == []


def test_each_entry_leads_to_the_earlier_root(sealed: Sealed, read: ReadLog) -> None:
    """With its proof in the log as it stands, and one hash at the edge where that is needed."""
    size = sealed.by_none
    edges = set()
    for part in prove_earlier(read.log, read.seals, range(sealed.by_both)):
        then, _ = parse_checkpoint(part.checkpoint.encode())
        assert part.checkpoint.encode() in {known.standing.data for known in read.seals}
        for entry in part.entries:
            edge = None if entry.edge is None else b64decode(entry.edge)
            edges.add(edge is None)
            hashes = earlier_proof(
                entry.index, size, read.log.prove(entry.index, size),
                earlier_size=then.size, edge=edge,
            )  # fmt: skip
            leaf = leaf_hash(read.log.whole_entry(entry.index))
            assert verify_inclusion(leaf, entry.index, then.size, hashes, then.root)
        for stamp in part.timestamps:
            assert stamp.digest == digest_bytes(read_response(stamp))
    assert edges == {True, False}
