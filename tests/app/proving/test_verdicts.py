"""What a proof proves is told word by word: what is right, what is wrong with it, and where."""

from __future__ import annotations

import copy
import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.proof_file import MAX_PROOF_BYTES
from citekit.app.proving.prove import Proof, prove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.errors import Place
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash, prove_inclusion, root_of
from citekit.integrity.note import Note, write_note
from citekit.integrity.proof import LogProof, write_proof
from citekit.integrity.sign import SignerKey, new_signer_key, sign_note
from citekit.integrity.timestamp import parse_roots
from citekit.model.value import replace
from citekit.testing.builders import HARBOUR_TEXT, build_archive
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.findings import Finding

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ITEM = "items/quay2024/item.json"
CAPTURE = "items/quay2024/captures/20240302T093000Z.json"
TEXT = digest_bytes(HARBOUR_TEXT.encode())
UNSIGNED = "who made it: the signer is not authenticated"

Document = dict[str, Any]


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_proof() -> tuple[Proof, bytes]:
    """The proof below, and the root of its timestamps."""
    with TemporaryDirectory() as folder:
        store = build_archive(Path(folder, "archive"))
        Path(folder, "tsa").mkdir()
        authority = make_authority(Path(folder, "tsa"))
        with serve_authority(authority) as url:
            stamped: dict[str, Any] = {"tsa": [url], "allow_private": True, "now": NOON}
            seal(store, keys=Keys(signing=KEY), **stamped)
            Archive(store).rename("harbour2024", "quay2024")
            seal(store, keys=Keys(signing=NEW_KEY, old=KEY), **stamped)
            purge(store, "quay2024", reason="asked to")
            seal(store, keys=Keys(signing=NEW_KEY), **stamped)
        return prove(store, "quay2024", now=NOON), authority.root_pem


@pytest.fixture
def proof() -> Proof:
    """A proof with all that one can have: a renaming, a purge, another key, stamps old and new."""
    return _make_proof()[0]


@pytest.fixture
def trust() -> Outside:
    """Who knew the first key, and the authority."""
    return Outside(keys=(KEY.verifier,), roots=parse_roots(_make_proof()[1]))


def test_all_that_is_right_is_told(proof: Proof, trust: Outside) -> None:
    """Files, purges, signers, payloads and times, in this order; nothing is wrong."""
    kept = check_proof(proof.data).checkpoint
    assert kept
    whole = replace(trust, checkpoints=(("kept.txt", kept),))
    verdict = check_proof(proof.data, whole, payloads={"a.txt": HARBOUR_TEXT.encode()})
    files = json.loads(proof.data)["files"]
    said = [digest_bytes(file["text"].encode()) for file in files]
    first, second, third = (str(time) for time in verdict.times)
    assert verdict.proven == [
        f"{ITEM} is unchanged since it was sealed ({said[0]})",
        f"{CAPTURE} is unchanged since it was sealed ({said[1]})",
        str(verdict.purged[0]),
        f"a.txt is the payload 'text' ({TEXT})",
        f"the log says so at its checkpoint, signed by {NEW_KEY.verifier}",
        "the log was as kept.txt says, which you kept",
        first,
        second,
        third,
        (
            "this was the owner's last word on the item at this checkpoint "
            f"(entry {kept.size - 1}): its folder held item.json, "
            "captures/20240302T093000Z.json as well as, not shown here, annotations.jsonl, "
            "note.md and nothing else; it is the owner's signed word, checked by whoever "
            "replays or witnesses the log"
        ),
    ]
    assert (verdict.findings, verdict.exit_code, verdict.summary) == ([], 0, "proven")
    assert UNSIGNED not in verdict.not_proven
    assert len(verdict.not_proven) == 3


def test_a_purge_is_told_with_its_reason(proof: Proof) -> None:
    """What was removed, when, by whom, why, and which entry says so."""
    document = json.loads(proof.data)
    entry = json.loads(document["entries"][3]["entry"])
    verdict = check_proof(proof.data)
    (purged,) = verdict.purged
    assert purged.to_json() == {
        "entry": 22, "role": "text", "digest": TEXT, "at": entry["at"], "by": "citekit",
        "reason": "asked to",
    }  # fmt: skip
    assert str(purged) == (
        f"payload text ({TEXT}) was removed for good at {entry['at']} by citekit, "
        "as entry 22 says: asked to"
    )
    assert str(replace(purged, reason=None)).endswith("as entry 22 says")


def test_times_are_told_with_what_they_are_about(proof: Proof, trust: Outside) -> None:
    """The capture is as old as its first stamp, the item as the second, all of it as the third."""
    verdict = check_proof(proof.data, trust)
    about = [(time.size, time.names, time.is_whole, time.is_trusted) for time in verdict.times]
    everything = (ITEM, CAPTURE, "the purge in entry 22")
    assert about == [
        (16, (CAPTURE,), False, True),
        (22, (ITEM,), False, True),
        (26, everything, True, True),
    ]
    (earliest, *_) = verdict.to_json()["timestamps"]
    instant = earliest["at"]
    assert earliest == {
        "at": instant, "authority": "CN=citekit test authority", "size": 16, "about": [CAPTURE],
        "trusted": True,
    }  # fmt: skip
    told = f"existed by {instant}, says CN=citekit test authority"
    assert str(verdict.times[0]) == f"{CAPTURE} {told}"
    assert re.fullmatch("it existed by .*", str(verdict.times[2]))
    parts = replace(verdict.times[0], names=(ITEM, CAPTURE))
    assert str(parts) == f"{ITEM}, {CAPTURE} {told}"
    assert verdict.existed_by == sorted(time["at"] for time in verdict.to_json()["timestamps"])


def test_what_nobody_is_trusted_for_is_consistent(proof: Proof) -> None:
    """Without a key or root all is told, as what the file says of itself."""
    verdict = check_proof(proof.data)
    assert [time.is_trusted for time in verdict.times] == [False] * 3
    assert verdict.existed_by == []
    assert verdict.signers == (f"{ORIGIN}+{NEW_KEY.verifier.key_id.hex()}",)
    checkpoint = verdict.checkpoint
    assert checkpoint
    answer = verdict.to_json()
    assert answer.pop("timestamps") == [time.to_json() for time in verdict.times]
    assert answer == {
        "ok": False, "verdict": "consistent; signer not authenticated", "key": "quay2024",
        "origin": ORIGIN, "size": 26, "signers": list(verdict.signers), "proven": [],
        "consistent": verdict.proven, "not_proven": [UNSIGNED, *verdict.not_proven[1:]],
        "witnesses": [],
        "purged": [verdict.purged[0].to_json()], "findings": [],
        "last_word": verdict.last_word and verdict.last_word.to_json(),
    }  # fmt: skip
    assert answer["last_word"]["purged"] == {TEXT: 22}
    assert len(verdict.proven) == 4


def test_what_is_proven_is_told_in_json(proof: Proof, trust: Outside) -> None:
    """Scripts read what is proven, and by whom."""
    answer = check_proof(proof.data, trust).to_json()
    assert (answer["ok"], answer["verdict"], answer["consistent"]) == (True, "proven", [])
    assert len(answer["proven"]) == 8
    assert answer["signers"] == [str(NEW_KEY.verifier)]


def test_no_proof_file_has_an_answer_too() -> None:
    """There is nothing in it, and that is said."""
    answer = check_proof(b"[]").to_json()
    assert (answer["ok"], answer["verdict"]) == (False, "not a proof")
    assert (answer["key"], answer["origin"], answer["size"]) == ("", None, None)
    assert answer["proven"] == answer["consistent"] == []


# ── what is wrong ──────────────────────────────────────────────────────────────────────────────


def _title(document: Document) -> None:
    document["files"][0]["text"] = document["files"][0]["text"].replace("Harbour", "Harvest")


def _not_json(document: Document) -> None:
    document["files"][0]["text"] += "}"


def _stranger(document: Document) -> None:
    document["files"].append({"path": "items/quay2024/note.md", "text": "Mine."})


def _other_key(document: Document) -> None:
    document["key"] = "other2024"


def _no_key(document: Document) -> None:
    document["key"] = "../.."


def _index(document: Document) -> None:
    entry = document["entries"][2]
    entry["proof"] = entry["proof"].replace("index 17", "index 18")


def _event(document: Document) -> None:
    entry = document["entries"][3]
    entry["entry"] = entry["entry"].replace("asked to", "must not")


def _second_checkpoint(document: Document) -> None:
    entry = document["entries"][0]
    entry["proof"] = entry["proof"].replace("\n26\n", "\n27\n")


def _no_rename(document: Document) -> None:
    del document["entries"][1]


def _foreign_earlier(document: Document) -> None:
    earlier = document["earlier"][0]
    earlier["checkpoint"] = earlier["checkpoint"].replace(ORIGIN, "coast.example/log")


def _earlier_that_was_not(document: Document) -> None:
    document["earlier"][0]["entries"][0]["index"] = 22


def _earlier_of_nothing(document: Document) -> None:
    document["earlier"][0]["entries"][0]["index"] = 7


def _no_edge(document: Document) -> None:
    del document["earlier"][1]["entries"][0]["edge"]


def _other_stamp(document: Document) -> None:
    document["timestamps"] = document["earlier"][0]["timestamps"]


def _other_digest(document: Document) -> None:
    document["timestamps"][0]["digest"] = TEXT


def _no_stamp(document: Document) -> None:
    document["earlier"][1]["timestamps"][0]["response"] = "AAAA"


WRONG: list[tuple[Callable[[Document], None], list[tuple[str, str | None, str]]]] = [
    (_title, [("CK-E631", "files[0]", rf"{ITEM} has sha256:\w+, not sha256:\w+"),
              ("CK-E631", None, "the proof has no item.json of 'quay2024'")]),
    (_not_json, [("CK-E631", "files[0]", "has sha256:.*, not"),
                 ("CK-E631", None, "no item.json of 'quay2024'")]),
    (_stranger, [("CK-E631", "files[2]", "no entry of the proof is about 'items/quay2024/note")]),
    (_other_key, [("CK-E631", None, "the proof has no item.json of 'other2024'")]),
    (_no_key, [("CK-E631", None, r"the proof has no item.json of '../..'")]),
    (_index, [("CK-E632", "entries[2]", "is not in the log of its checkpoint"),
              ("CK-E631", "files[0]", f"no entry of the proof is about '{ITEM}'"),
              ("CK-E631", None, "the proof has no item.json of 'quay2024'"),
              ("CK-E632", "earlier[1]", "does not show that entry 17 was in this log")]),
    (_event, [("CK-E632", "entries[3]", "is not in the log of its checkpoint")]),
    (_second_checkpoint, [("CK-E633", None, "the proof has 2 checkpoints, not one")]),
    (_no_rename, [("CK-E631", "files[1]", f"no entry of the proof is about '{CAPTURE}'")]),
    (_foreign_earlier, [("CK-E632", "earlier[0]", "does not show that entry 5 was in this log")]),
    (_earlier_that_was_not, [("CK-E632", "earlier[0]", "does not show that entry 22 was in")]),
    (_earlier_of_nothing, [("CK-E632", "earlier[0]", "does not show that entry 7 was in")]),
    (_no_edge, [("CK-E632", "earlier[1]", "does not show that entry 17 was in this log")]),
    (_other_stamp, [("CK-E635", "timestamps[0]", "is of something else, or was changed")]),
    (_other_digest, [("CK-E635", "timestamps[0]", "is of something else, or was changed")]),
    (_no_stamp, [("CK-E635", "earlier[1].timestamps[0]", "not a response of a timestamp auth")]),
]  # fmt: skip


def _told(finding: Finding) -> tuple[str, str | None, str]:
    return finding.code, finding.place.json_path if finding.place else None, finding.message


@pytest.mark.parametrize(("forge", "expected"), WRONG)
def test_what_is_wrong_is_told_with_its_place(
    forge: Callable[[Document], None],
    expected: list[tuple[str, str | None, str]],
    proof: Proof,
    trust: Outside,
) -> None:
    """One change makes these findings, and no others."""
    document = copy.deepcopy(json.loads(proof.data))
    forge(document)
    verdict = check_proof(json.dumps(document).encode(), trust)
    told = [_told(finding) for finding in verdict.findings]
    assert [line[:2] for line in told] == [line[:2] for line in expected], told
    assert all(
        re.search(line[2], message) for line, (*_, message) in zip(expected, told, strict=True)
    )
    assert (verdict.exit_code, verdict.summary) == (6, "tampered")
    assert verdict.to_json()["proven"] == verdict.to_json()["consistent"] == []


def test_who_trusts_others_is_told_what_fails(proof: Proof, tmp_path: Path) -> None:
    """Another key, another checkpoint, another authority, another text: each by itself."""
    ours = check_proof(proof.data).checkpoint
    assert ours
    other = replace(ours, root=bytes(32))
    (thief,) = check_proof(proof.data, Outside(keys=(THIEF.verifier,))).findings
    assert _told(thief) == ("CK-E634", None, "no trusted key has signed this")
    (kept,) = check_proof(proof.data, Outside(checkpoints=(("old.txt", other),))).findings
    assert (kept.code, kept.place) == ("CK-E651", Place(json_path="old.txt"))
    assert kept.message.startswith(f"fork: what you kept has {ours.size} entries with root AAAA")
    roots = parse_roots(make_authority(tmp_path).root_pem)
    (time,) = check_proof(proof.data, Outside(roots=roots)).findings
    assert _told(time) == ("CK-E635", None, "no timestamp leads to a root that you trust")
    (payload,) = check_proof(proof.data, payloads={"b.txt": b"x"}).findings
    assert _told(payload) == (
        "CK-E636",
        "b.txt",
        f"no capture of the proof has {digest_bytes(b'x')}",
    )


# ── a log of our own making ────────────────────────────────────────────────────────────────────


def _entry_of(
    event: Document, *signers: SignerKey, origin: str = ORIGIN, root: bytes = b""
) -> Document:
    """An entry as the only one of a log, with its proof; ``root`` is another than its own."""
    entry = encode_leaf(event)
    checkpoint = Checkpoint(origin=origin, size=1, root=root or leaf_hash(entry))
    note = Note(text=checkpoint.text)
    for signer in signers:
        note = sign_note(note, signer)
    proof = LogProof(index=0, hashes=(), checkpoint=write_note(note))
    return {"entry": entry.decode(), "proof": write_proof(proof).decode()}


def _proof_of(text: str, *signers: SignerKey, rotations: tuple[Document, ...] = ()) -> bytes:
    """A proof of an item's record, in a log that has nothing else."""
    event = {"action": "item", "subject": ITEM, "digest": digest_bytes(text.encode())}
    document = {
        "format": "citekit-proof/1", "key": "quay2024", "made_at": "2026-11-22T12:00:00Z",
        "tool": {"name": "citekit", "version": "test"}, "files": [{"path": ITEM, "text": text}],
        "entries": [_entry_of(event, *signers)], "rotations": list(rotations),
    }  # fmt: skip
    return json.dumps(document).encode()


RECORD = '{"id": "quay2024"}'
ROTATION = {"action": "key", "replaces": KEY.verifier.key_id.hex(), "vkey": str(THIEF.verifier)}
BOTH = (KEY, THIEF)


def test_a_change_of_keys_leads_to_the_new_one() -> None:
    """Who trusts the old key accepts what the new one has signed, if both signed the change."""
    trust = Outside(keys=(KEY.verifier,))
    rotation = _entry_of(ROTATION, *BOTH)
    assert check_proof(_proof_of(RECORD, THIEF, rotations=(rotation,)), trust).exit_code == 0
    assert check_proof(_proof_of(RECORD, THIEF), trust).exit_code == 6


def test_all_trusted_signers_are_named() -> None:
    """In the order of their signatures; strangers beside them are not."""
    trust = Outside(keys=(NEW_KEY.verifier, KEY.verifier))
    verdict = check_proof(_proof_of(RECORD, KEY, THIEF, NEW_KEY), trust)
    signers = f"{KEY.verifier}, {NEW_KEY.verifier}"
    assert verdict.proven[-1] == f"the log says so at its checkpoint, signed by {signers}"


@pytest.mark.parametrize(
    "rotation",
    [
        _entry_of(ROTATION, *BOTH, origin="coast.example/log"),
        _entry_of(ROTATION, *BOTH, root=bytes(32)),
        _entry_of({**ROTATION, "action": "item"}, *BOTH),
        _entry_of({**ROTATION, "vkey": "none"}, *BOTH),
        _entry_of({**ROTATION, "replaces": "00000000"}, *BOTH),
        _entry_of(ROTATION, THIEF),
    ],
    ids=["another-log", "not-proven", "no-change", "no-key", "of-another-key", "unsigned"],
)
def test_what_is_no_change_of_keys_leads_nowhere(rotation: Document) -> None:
    """Of this log, proven, about keys, signed by both: whatever is lacking, trust does not move."""
    data = _proof_of(RECORD, THIEF, rotations=(rotation,))
    verdict = check_proof(data, Outside(keys=(KEY.verifier,)))
    (finding,) = verdict.findings
    assert _told(finding) == ("CK-E634", None, "no trusted key has signed this")
    assert not verdict.is_authentic


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "other2024"}'], ids=["none", "list", "other"])
def test_a_sealed_record_that_is_none_is_told(text: str) -> None:
    """It is unchanged, and still no record of the item."""
    verdict = check_proof(_proof_of(text, KEY), Outside(keys=(KEY.verifier,)))
    (finding,) = verdict.findings
    assert _told(finding) == ("CK-E631", None, "the proof has no item.json of 'quay2024'")
    assert verdict.proven[0].startswith(f"{ITEM} was sealed as it is here")


@pytest.mark.parametrize("key", ["../..", "other2024", ""])
def test_a_file_without_a_path_is_no_record(key: str) -> None:
    """Whatever key a hostile proof names: its record is the item.json of a folder."""
    text = json.dumps({"id": key})
    event = {"action": "item", "subject": "", "digest": digest_bytes(text.encode())}
    document = json.loads(_proof_of(RECORD))
    document |= {"key": key, "files": [{"path": "", "text": text}], "entries": [_entry_of(event)]}
    (finding,) = check_proof(json.dumps(document).encode()).findings
    assert _told(finding) == ("CK-E631", None, f"the proof has no item.json of {key!r}")


def test_a_replaced_key_counts_for_the_hand_over_alone() -> None:
    """It has signed the checkpoint that changed the keys; what it signs above is a thief's."""
    trust = Outside(keys=(KEY.verifier,))
    rotation = _entry_of(ROTATION, *BOTH)
    verdict = check_proof(_proof_of(RECORD, KEY, rotations=(rotation,)), trust)
    assert (verdict.exit_code, verdict.signers) == (0, (str(KEY.verifier),))
    document = json.loads(_proof_with({"action": "item", "subject": "more"}, signer=KEY))
    assert check_proof(json.dumps(document).encode(), trust).exit_code == 0
    (finding,) = check_proof(
        json.dumps({**document, "rotations": [rotation]}).encode(), trust
    ).findings
    message = (
        f"{ORIGIN}+{KEY.verifier.key_id.hex()} has signed it, but entry 0 of the log says that "
        "another key replaced that one"
    )
    assert _told(finding) == ("CK-E634", None, message)


def test_a_proof_of_one_entry_may_have_an_earlier_checkpoint() -> None:
    """Though it be the same one; without a timestamp it says nothing more."""
    document = json.loads(_proof_of(RECORD))
    *_, note = document["entries"][0]["proof"].partition(ORIGIN)
    earlier = {"checkpoint": ORIGIN + note, "entries": [{"index": 0}], "timestamps": []}
    verdict = check_proof(json.dumps({**document, "earlier": [earlier]}).encode())
    assert (verdict.findings, verdict.times, verdict.exit_code) == ([], [], 1)


def _proof_with(*events: Document, signer: SignerKey | None = None) -> bytes:
    """A proof of an item's record and of other events, in a log that has nothing else."""
    record = {"action": "item", "subject": ITEM, "digest": digest_bytes(RECORD.encode())}
    entries = [encode_leaf(event) for event in (record, *events)]
    leaves = [leaf_hash(entry) for entry in entries]
    checkpoint = Checkpoint(origin=ORIGIN, size=len(leaves), root=root_of(leaves))
    text = Note(text=checkpoint.text)
    note = write_note(sign_note(text, signer) if signer else text)
    document = json.loads(_proof_of(RECORD))
    document["entries"] = [
        {"entry": entry.decode(), "proof": write_proof(LogProof(
            index=index, checkpoint=note,
            hashes=prove_inclusion(index, len(leaves), lambda level, n: root_of(
                leaves[n << level : (n + 1) << level])),
        )).decode()}
        for index, entry in enumerate(entries)
    ]  # fmt: skip
    return json.dumps(document).encode()


def _capture(payloads: object) -> Document:
    return {"action": "capture", "subject": CAPTURE, "payloads": payloads}


def _purge(**more: object) -> Document:
    return {
        "action": "purge",
        "subject": ITEM,
        "payloads": [{"digest": TEXT, "role": "text"}],
        **more,
    }


def test_a_purge_is_no_word_about_the_record() -> None:
    """Though it names the item: what was sealed of its record stands."""
    verdict = check_proof(_proof_with(_capture([{"digest": TEXT, "role": "text"}]), _purge()))
    assert verdict.findings == []
    assert verdict.proven[0].startswith(f"{ITEM} was sealed as it is here")


@pytest.mark.parametrize(
    "agent", [{}, {"agent": "Ada"}, {"agent": {}}], ids=["no", "text", "empty"]
)
def test_a_purge_by_nobody_is_told(agent: Document) -> None:
    """What another program wrote is told as far as it goes: without a name, a time or a reason."""
    verdict = check_proof(
        _proof_with(_capture([{"digest": TEXT, "role": "text"}]), _purge(**agent))
    )
    (purged,) = verdict.purged
    assert (purged.by, purged.at, purged.reason) == ("None", "None", None)


def test_a_purge_of_other_bytes_is_not_told() -> None:
    """Only what a capture of the proof names was removed from it; nor are they its payload."""
    data = _proof_with(_capture([{"digest": digest_bytes(b"x"), "role": "text"}]), _purge())
    assert check_proof(data).purged == []
    verdict = check_proof(data, payloads={"a.txt": HARBOUR_TEXT.encode()})
    (finding,) = verdict.findings
    assert _told(finding) == ("CK-E636", "a.txt", f"no capture of the proof has {TEXT}")


@pytest.mark.parametrize("payloads", [None, 7, "text", {}, [7], [[]]])
def test_payloads_of_another_shape_are_none(payloads: object) -> None:
    """An entry says what it says; nothing breaks on it."""
    verdict = check_proof(_proof_with(_capture(payloads), _purge()))
    assert (verdict.exit_code, verdict.purged, verdict.findings) == (1, [], [])


# ── what cannot be read ────────────────────────────────────────────────────────────────────────


def _set(*path: str | int, to: object) -> Callable[[Document], None]:
    def change(document: Any) -> None:  # noqa: ANN401  # any JSON
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


UNREADABLE: list[tuple[Callable[[Document], None], str | None, str]] = [
    (_set("entries", 1, "entry", to="{}x"), "entries[1]", "an entry of the log is not JSON"),
    (_set("entries", 1, "proof", to="none"), "entries[1]", "not a proof of a transparency log"),
    (_set("rotations", 0, "proof", to="none"), "rotations[0]", "not a proof of a transparency"),
    (_set("timestamps", 0, "digest", to="none"), "timestamps[0]", "not a digest: 'none'"),
    (_set("timestamps", 0, "response", to="*"), "timestamps[0]", "not base64: '\\*'"),
    (_set("earlier", 1, "checkpoint", to="none"), "earlier[1]", "a note has a blank line"),
    (_set("earlier", 0, "entries", 0, "edge", to="AAAA"), "earlier[0]", "an edge has 32 bytes"),
    (_set("earlier", 0, "entries", 0, "edge", to="*"), "earlier[0]", "not base64"),
    (_set("earlier", 0, "timestamps", 0, "digest", to="x"), "earlier[0]", "not a digest: 'x'"),
    (_set("entries", to=[]), None, "^the proof has no entries or no files$"),
    (_set("files", to=[]), None, "^the proof has no entries or no files$"),
    (_set("format", to="citekit-proof/3"), None, 'its "format" is not citekit-proof/2'),
    (_set("format", to="citekit-proof/1"), "$", "has a state"),
    (_set("state", "hashes", to=["AAAA"]), "state[0]", "a hash has 32 bytes"),
    (_set("state", "bits", to="AAAA"), "state[0]", "the bits of a path have 32 bytes"),
    (_set("state", "group", to='{"files": {}}'), "state[0]", "not spelled as it is written"),
    (_set("state", "entry", to="{}"), "state[0]", "the entry is no state of the log"),
    (_set("made_at", to="now"), "$.made_at", "now"),
]


@pytest.mark.parametrize(("change", "place", "message"), UNREADABLE)
def test_a_part_that_cannot_be_read_makes_it_no_proof_file(
    change: Callable[[Document], None],
    place: str | None,
    message: str,
    proof: Proof,
    trust: Outside,
) -> None:
    """That part is named, and nothing else is said."""
    document = copy.deepcopy(json.loads(proof.data))
    change(document)
    verdict = check_proof(json.dumps(document).encode(), trust)
    (finding,) = verdict.findings
    assert _told(finding)[:2] == ("CK-E630", place)
    assert re.search(message, finding.message)
    assert (verdict.exit_code, verdict.summary, verdict.key) == (4, "not a proof", "")
    assert verdict.proven == []


def test_every_part_that_cannot_be_read_is_named(proof: Proof) -> None:
    """Whoever mends a file sees all of its faults at once."""
    document = copy.deepcopy(json.loads(proof.data))
    for change, *_ in UNREADABLE[:6]:
        change(document)
    places = [_told(finding)[1] for finding in check_proof(json.dumps(document).encode()).findings]
    assert places == ["entries[1]", "rotations[0]", "timestamps[0]", "earlier[1]"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "a proof file is UTF-8 text"),
        (b"[]", 'not a proof file: its "format" is not citekit-proof/2 or citekit-proof/1'),
        (b" " * (MAX_PROOF_BYTES + 1), "a proof file has at most 8388608 bytes"),
    ],
    ids=["bytes", "list", "large"],
)
def test_what_is_no_proof_file_is_told(data: bytes, message: str) -> None:
    """Before anything is parsed."""
    (finding,) = check_proof(data).findings
    assert (finding.code, finding.message) == ("CK-E630", message)


def test_the_largest_proof_file_is_read(proof: Proof) -> None:
    """The bound itself is allowed: 8 MiB, blanks at the end included."""
    assert check_proof(proof.data.ljust(MAX_PROOF_BYTES)).exit_code == 1


def test_a_proof_may_have_a_thousand_parts_of_a_kind(proof: Proof) -> None:
    """And no more; those of earlier checkpoints ten thousand together."""
    document = json.loads(proof.data)
    many = {**document, "rotations": document["rotations"] * 1000}
    assert check_proof(json.dumps(many).encode()).exit_code == 1
    more = {**document, "rotations": document["rotations"] * 1001}
    (finding,) = check_proof(json.dumps(more).encode()).findings
    assert finding.message == "a proof has at most 1000 parts of a kind"
    (earlier, _) = document["earlier"]
    edges = earlier["entries"]
    full = [{**earlier, "timestamps": [], "entries": edges * 1000}] * 10
    assert check_proof(json.dumps({**document, "earlier": full}).encode()).exit_code == 1
    (finding,) = check_proof(
        json.dumps({**document, "earlier": [*full, {**earlier, "timestamps": []}]}).encode()
    ).findings
    assert "at most 10000 parts together" in finding.message
