"""Checkpoints that a checker has kept: what each vouches for, and what is told of the others."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.proving.check_proof import check_proof
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash, prove_consistency, prove_inclusion, root_of
from citekit.integrity.note import Note, write_note
from citekit.integrity.proof import LogProof, write_proof
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.app.proving.proof_verdict import ProofVerdict

ORIGIN = "citekit.invalid/kept"
SIZE = 5
RECORD = '{"id": "gull2024"}'
ITEM = "items/gull2024/item.json"
LATER_NAME = "items/gull2024/captures/20240302T093000Z.json"


def _event(index: int) -> dict[str, Any]:
    """What the log of these tests says: the item's record first, a capture third."""
    subject = {0: ITEM, 2: LATER_NAME}.get(index, f"items/tern{index}/item.json")
    return {"action": "item", "subject": subject, "digest": digest_bytes(RECORD.encode())}


LEAVES = [leaf_hash(encode_leaf(_event(index))) for index in range(SIZE)]
CHECKPOINTS = [
    Checkpoint(origin=ORIGIN, size=size, root=root_of(LEAVES[:size])) for size in range(SIZE + 1)
]
NOWHERE = bytes(32)


def _node(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


def _way(old: int, **changes: object) -> dict[str, object]:
    """The part of a proof that leads on from the tree of ``old`` entries."""
    hashes = [b64encode(one).decode() for one in prove_consistency(old, SIZE, _node)]
    return {"size": old, "hashes": hashes, **changes}


def _proof(*indexes: int, since: list[dict[str, object]]) -> bytes:
    note = write_note(Note(text=CHECKPOINTS[SIZE].text))
    entries = [
        {
            "entry": encode_leaf(_event(index)).decode(),
            "proof": write_proof(
                LogProof(index=index, checkpoint=note, hashes=prove_inclusion(index, SIZE, _node))
            ).decode(),
        }
        for index in indexes
    ]
    paths = {0: ITEM, 2: LATER_NAME}
    document = {
        "format": "citekit-proof/1", "key": "gull2024", "made_at": "2026-11-22T12:00:00Z",
        "tool": {"name": "citekit", "version": "test"}, "entries": entries, "since": since,
        "files": [{"path": paths[index], "text": RECORD} for index in indexes],
    }  # fmt: skip
    return json.dumps(document).encode()


def _check(data: bytes, *kept: Checkpoint) -> ProofVerdict:
    names = ("first.txt", "second.txt")
    return check_proof(data, Outside(checkpoints=tuple(zip(names, kept, strict=False))))


def _told(verdict: ProofVerdict) -> list[tuple[str, str | None, str]]:
    return [(one.code, one.place and one.place.json_path, one.message) for one in verdict.findings]


@pytest.mark.parametrize(("size", "is_enough"), [(1, False), (2, False), (3, True), (4, True)])
def test_an_earlier_checkpoint_vouches_for_what_it_covers(size: int, *, is_enough: bool) -> None:
    """The way from it is told; it authenticates the proof if every entry was there by then."""
    verdict = _check(_proof(0, 2, since=[_way(size)]), CHECKPOINTS[size])
    told = "the log is consistent with first.txt, which you kept: it only grew"
    assert (verdict.proven[-1], verdict.findings) == (told, [])
    assert (verdict.is_authentic, verdict.exit_code) == (is_enough, int(not is_enough))


def test_one_earlier_checkpoint_that_covers_all_is_enough() -> None:
    """A second one that covers less takes nothing away, in whatever order they are given."""
    data = _proof(0, 2, since=[_way(1), _way(4)])
    for kept in ((1, 4), (4, 1)):
        verdict = _check(data, *(CHECKPOINTS[size] for size in kept))
        assert (verdict.exit_code, len(verdict.proven)) == (0, 4)


@pytest.mark.parametrize("since", [[], [_way(2)]], ids=["none", "of-another"])
def test_without_a_way_nobody_can_tell(since: list[dict[str, object]]) -> None:
    """That is no fault of the proof, and no proof either; the next checkpoint is looked at."""
    verdict = _check(_proof(0, since=since), CHECKPOINTS[3], CHECKPOINTS[SIZE])
    message = "is earlier (3 entries), and the proof shows no way from there"
    assert _told(verdict) == [("CK-I638", "first.txt", message)]
    assert verdict.proven[-1] == "the log was as second.txt says, which you kept"
    assert (verdict.is_authentic, verdict.exit_code) == (True, 1)


@pytest.mark.parametrize(
    "since",
    [
        [_way(3, hashes=[])],
        [_way(3), _way(3, hashes=[])],
        [_way(3, hashes=[]), _way(3)],
        [_way(3, hashes=[]), _way(3, hashes=[])],
        [_way(3, hashes=_way(2)["hashes"])],
    ],
)
def test_a_way_that_leads_elsewhere_is_a_forgery(since: list[dict[str, object]]) -> None:
    """Each way from there has to be right; of those that are not, one is told."""
    verdict = _check(_proof(0, since=since), CHECKPOINTS[3])
    message = "the log of the proof does not begin with its 3 entries"
    assert _told(verdict) == [("CK-E637", "first.txt", message)]
    assert (verdict.is_authentic, verdict.exit_code) == (False, 6)


def test_a_right_way_from_another_root_is_a_forgery() -> None:
    """What was kept decides, not what the proof says."""
    verdict = _check(_proof(0, since=[_way(3)]), replace(CHECKPOINTS[3], root=NOWHERE))
    assert [line[:2] for line in _told(verdict)] == [("CK-E637", "first.txt")]
    assert not verdict.is_authentic


def test_each_kept_checkpoint_is_told_of_with_its_name() -> None:
    """One of another log, a later one, another of the same size: the rest is looked at too."""
    same, later = CHECKPOINTS[SIZE], replace(CHECKPOINTS[SIZE], size=SIZE + 1)
    ours, nowhere = (b64encode(root).decode() for root in (same.root, NOWHERE))
    roots = f"what you kept has 5 entries with root {nowhere}, this log 5 entries with root {ours}"
    cases = [
        (replace(same, origin="coast.example"), "CK-E637", "is of another log: 'coast.example'"),
        (later, "CK-I638", "is later (6 entries) than the proof (5)"),
        (replace(same, root=NOWHERE), "CK-E651", f"fork: {roots}"),
    ]
    for kept, code, message in cases:
        verdict = _check(_proof(0, since=[]), kept)
        assert _told(verdict) == [(code, "first.txt", message)]
        assert not verdict.is_authentic
        verdict = _check(_proof(0, since=[]), kept, same)
        told = _told(verdict)
        if code == "CK-E651":  # the two that were kept are no one log either
            both = f"root {nowhere} in first.txt, and root {ours} in second.txt"
            assert told.pop(0) == (code, None, f"fork: {ORIGIN!r} with 5 entries has {both}")
        assert told == [(code, "first.txt", message)]
        assert verdict.proven[-1] == "the log was as second.txt says, which you kept"
