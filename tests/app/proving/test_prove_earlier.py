"""A proof shows since when things exist: no later change and no later seal takes that away."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.proof_file import parse_proof_file
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.integrity.sign import new_signer_key, parse_vkey
from citekit.integrity.timestamp import parse_roots
from citekit.testing.builders import build_archive
from citekit.testing.tsa import TimestampAuthority, make_authority, serve_authority

if TYPE_CHECKING:
    from citekit.app.proving.proof_verdict import ProofVerdict
    from citekit.store.archive import ArchiveStore

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NEW_KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"n" * 32)
KEYS = Keys(signing=KEY)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"
OLD = Path(__file__).parents[2] / "cases" / "proofs" / "one-checkpoint"
ITEM = "items/harbour2024/item.json"


@pytest.fixture
def store(tmp_path: Path, url: str) -> ArchiveStore:
    """An archive that was sealed and stamped."""
    store = build_archive(tmp_path / "archive")
    _stamp(store, url)
    return store


def _stamp(store: ArchiveStore, *urls: str) -> int:
    return seal(store, keys=KEYS, tsa=urls, allow_private=True, now=NOON).size


def _edit(store: ArchiveStore, text: str) -> None:
    with store.writing() as writer:
        writer.write_note("tide2023", text)


def _check(data: bytes, *authorities: TimestampAuthority) -> ProofVerdict:
    roots = tuple(root for one in authorities for root in parse_roots(one.root_pem))
    return check_proof(data, Outside(keys=(KEY.verifier,), roots=roots))


def test_a_later_seal_without_a_timestamp_takes_nothing_away(
    store: ArchiveStore, authority: TimestampAuthority
) -> None:
    """The proof is of the log as it stands, and shows that all of it existed by the old stamp."""
    _edit(store, "later")
    latest = seal(store, keys=KEYS, now=NOON).size
    verdict = _check(prove(store, "harbour2024").data, authority)
    assert verdict.checkpoint
    assert (verdict.exit_code, verdict.checkpoint.size) == (0, latest)
    (time,) = verdict.times
    assert (time.is_whole, time.is_trusted, time.size < latest) == (True, True, True)
    assert any(line.startswith("it existed by ") for line in verdict.proven)


def test_a_later_timestamp_does_not_hide_an_earlier_one(
    store: ArchiveStore, authority: TimestampAuthority, url: str
) -> None:
    """Both are in the proof; the earliest comes first."""
    first = _size(store)
    _edit(store, "later")
    second = _stamp(store, url)
    verdict = _check(prove(store, "harbour2024").data, authority)
    assert [time.size for time in verdict.times] == [first, second]
    assert len(verdict.existed_by) == 2


def _size(store: ArchiveStore) -> int:
    """How many entries the log has."""
    checkpoint = prove(store, "harbour2024").verdict.checkpoint
    assert checkpoint
    return checkpoint.size


def test_an_edited_item_keeps_the_age_of_its_capture(
    store: ArchiveStore, authority: TimestampAuthority
) -> None:
    """The new record is not older than it is; the capture is as old as it was."""
    Archive(store).set_fields("harbour2024", {"title": "Another"})
    seal(store, keys=KEYS, now=NOON)
    proof = prove(store, "harbour2024")
    verdict = _check(proof.data, authority)
    (time,) = verdict.times
    assert time.names == ("items/harbour2024/captures/20240302T093000Z.json",)
    assert str(time) in verdict.proven
    assert ITEM not in str(time)
    assert time.authority in proof.page


def test_the_earliest_word_of_each_authority_is_told(
    store: ArchiveStore, authority: TimestampAuthority, tmp_path: Path
) -> None:
    """Whom the reader trusts is not known: who trusts the second one alone sees its first word."""
    (tmp_path / "tsa").mkdir()
    other = make_authority(tmp_path / "tsa", name="another authority")
    with serve_authority(other) as second:
        for text in ("one", "two"):
            _edit(store, text)
            _stamp(store, second)
    _edit(store, "three")
    seal(store, keys=KEYS, now=NOON)
    proof = prove(store, "harbour2024").data
    assert len(parse_proof_file(proof).earlier) == 2
    assert [time.is_trusted for time in _check(proof, other).times] == [False, True]
    assert [time.is_trusted for time in _check(proof, authority).times] == [True, False]


def test_who_knows_the_new_key_alone_sees_the_age_too(
    store: ArchiveStore, authority: TimestampAuthority
) -> None:
    """The old checkpoint was signed by another key; that a time is proven rests on no signature."""
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    trust = Outside(keys=(NEW_KEY.verifier,), roots=parse_roots(authority.root_pem))
    verdict = check_proof(prove(store, "harbour2024").data, trust)
    assert (verdict.exit_code, len(verdict.existed_by)) == (0, 1)


def test_ages_are_small(store: ArchiveStore) -> None:
    """An entry costs one hash at most in an earlier checkpoint: its other hashes are there."""
    _edit(store, "later")
    seal(store, keys=KEYS, now=NOON)
    (earlier,) = json.loads(prove(store, "harbour2024").data)["earlier"]
    assert all(len(json.dumps(entry)) < 100 for entry in earlier["entries"])


def test_a_damaged_token_is_left_out(store: ArchiveStore) -> None:
    """The rest is proven all the same; verify tells of the token."""
    (token,) = (store.layout.trust / "timestamps").iterdir()
    token.write_bytes(b"no token")
    assert _check(prove(store, "harbour2024").data).times == []


def test_openssl_checks_the_tokens_that_the_script_writes(
    store: ArchiveStore, authority: TimestampAuthority, tmp_path: Path
) -> None:
    """Who has neither citekit nor its libraries gets the age from openssl, as the script says."""
    _edit(store, "later")
    seal(store, keys=KEYS, now=NOON)
    (tmp_path / "proof.json").write_bytes(prove(store, "harbour2024").data)
    (tmp_path / "ROOT.pem").write_bytes(authority.root_pem)
    words = [sys.executable, "-I", "-S", str(SCRIPT), "proof.json", "--tokens", "."]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    (command,) = (line for line in done.stdout.splitlines() if line.startswith("  openssl"))
    checked = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert checked.returncode == 0


def test_proofs_from_before_are_checked_as_ever() -> None:
    """A file with one checkpoint alone, which an earlier citekit made, proves what it proved."""
    data = (OLD / "quay2024.citekit-proof.json").read_bytes()
    key = parse_vkey((OLD / "old.vkey").read_text("ascii").strip())
    roots = parse_roots((OLD / "root.pem").read_bytes())
    verdict = check_proof(data, Outside(keys=(key,), roots=roots))
    assert (verdict.exit_code, verdict.existed_by) == (0, ["2026-11-26T09:23:55Z"])
