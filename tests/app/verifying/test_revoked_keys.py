"""A revoked key: what still counts for those who trusted it, and what a thief can do with it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.revoking import KeyToRevoke, read_order
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.evidence import Evidence
from citekit.app.verifying.log_checks.trust_anchors import Outside, read_outside
from citekit.app.verifying.verify import Report, verify
from citekit.app.witnessing.take_in import take_in
from citekit.cli.run import run
from citekit.errors import InvalidData, NotFound, StoreConflict, UsageError
from citekit.findings import Severity
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.note import Note, parse_note, write_note, write_signature
from citekit.integrity.revocation import Authority, Revocation, write_statement
from citekit.integrity.sign import (
    WITNESS,
    SignerKey,
    new_signer_key,
    sign_note,
    write_signer_key,
)
from citekit.integrity.timestamp import parse_roots
from citekit.integrity.witness.cosignature import cosign
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive
from citekit.testing.tamper import UNSIGNED, wait_for_seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.app.proving.proof_verdict import ProofVerdict
    from citekit.testing.tsa import TimestampAuthority

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
WITNESS_KEY = new_signer_key("witness.example/w", b"w" * 32, algorithm=WITNESS)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE, AFTER = datetime(2001, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)
"""Long before and after the stamps of these tests, whose authority goes by the real clock."""


@pytest.fixture(autouse=True)
def _no_key_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive that was sealed once, by the key that will be revoked."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    return store


def _go_on(store: ArchiveStore, note: str, key: SignerKey = KEY) -> ArchiveStore:
    with store.writing() as writer:
        writer.write_note("lantern2024", f"{note}\n")
    seal(store, keys=Keys(signing=key), now=NOON)
    return store


def _stamp(store: ArchiveStore, url: str) -> None:
    seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)


def _outside(
    begins_at: datetime,
    *,
    trusted: SignerKey = KEY,
    authority: TimestampAuthority | None = None,
    witnessed: bool = False,
) -> Outside:
    revocation = Revocation(
        key_id=KEY.verifier.key_id.hex(), begins_at=begins_at, authority=Authority.VERIFIER
    )
    return Outside(
        keys=(trusted.verifier,),
        roots=parse_roots(authority.root_pem) if authority else (),
        witnesses=(WITNESS_KEY.verifier,) if witnessed else (),
        revocations=(revocation,),
    )


def _errors(report: Report | ProofVerdict) -> set[str]:
    return {f.code for f in report.findings if f.severity is Severity.ERROR}


def _verify(store: ArchiveStore, outside: Outside) -> Report:
    return verify(ArchiveStore.open(store.root), outside=outside)


def _cosign(store: ArchiveStore, at: datetime) -> None:
    text = parse_note(store.layout.checkpoint_file.read_bytes()).text
    take_in(store, write_signature(cosign(text, WITNESS_KEY, at)).encode())


# ── what still counts ──────────────────────────────────────────────────────────────────────────


def test_the_bare_signature_of_a_revoked_key_is_worth_nothing(store: ArchiveStore) -> None:
    """Whatever the date: a signature says not when it was made."""
    for begins_at in (BEFORE, AFTER):
        report = _verify(store, _outside(begins_at))
        assert (_errors(report), report.exit_code()) == ({"CK-E652"}, 6)
        (told,) = [f.message for f in report.findings if f.code == "CK-E652"]
        assert f"{KEY.verifier.short} is revoked from {begins_at.year}" in told
        verdict = check_proof(prove(store, "tide2023").data, _outside(begins_at))
        assert (_errors(verdict), verdict.exit_code) == ({"CK-E652"}, 6)


@pytest.mark.parametrize(("begins_at", "errors"), [(AFTER, set()), (BEFORE, {"CK-E652"})])
def test_a_stamp_from_before_covers_it(
    store: ArchiveStore,
    authority: TimestampAuthority,
    url: str,
    begins_at: datetime,
    errors: set[str],
) -> None:
    """By a root that is trusted, in the archive and in a proof; a notice tells of the key."""
    _stamp(store, url)
    outside = _outside(begins_at, authority=authority)
    report, verdict = _verify(store, outside), check_proof(prove(store, "tide2023").data, outside)
    assert _errors(report) == _errors(verdict) == errors
    if not errors:
        assert {"CK-I655", "CK-I620"} <= {f.code for f in report.findings}
        assert (verdict.exit_code, verdict.is_authentic) == (0, True)
    assert _errors(_verify(store, _outside(begins_at))) == {"CK-E652"}


@pytest.mark.parametrize(("begins_at", "errors"), [(AFTER, set()), (NOON, {"CK-E652"})])
def test_a_witness_from_before_covers_it(
    store: ArchiveStore, begins_at: datetime, errors: set[str]
) -> None:
    """One that is trusted; at that very instant it is too late."""
    _cosign(store, NOON)
    outside = _outside(begins_at, witnessed=True)
    verdict = check_proof(prove(store, "tide2023").data, outside)
    assert _errors(_verify(store, outside)) == _errors(verdict) == errors
    assert _errors(_verify(store, _outside(begins_at))) == {"CK-E652"}


def test_a_checkpoint_that_was_kept_covers_it(store: ArchiveStore, tmp_path: Path) -> None:
    """Its reader knows since when they have it; a later one of the thief is not covered."""
    path = tmp_path / "kept.note"
    shutil.copy(store.layout.checkpoint_file, path)
    words = [str(KEY.verifier)], [str(path)]
    outside = read_outside(*words, revoked=[f"{KEY.verifier}@2026-11-22"], archive=store.root)
    assert _errors(_verify(store, outside)) == set()
    assert check_proof(prove(store, "tide2023").data, outside).exit_code == 0
    _go_on(store, "By the thief.")
    assert _errors(_verify(store, outside)) == {"CK-E652"}
    kept, _ = parse_checkpoint(path.read_bytes())
    assert check_proof(prove(store, "tide2023", since=[kept]).data, outside).exit_code == 0
    assert _errors(check_proof(prove(store, "lantern2024").data, outside)) == {"CK-E652"}


def test_what_was_signed_after_the_stamp_is_not_covered(
    store: ArchiveStore, authority: TimestampAuthority, url: str
) -> None:
    """The thief seals on upon a stamped log: only what the stamp had then is proven."""
    _stamp(store, url)
    _go_on(store, "By the thief.")
    with store.writing() as writer:
        writer.replace_item(store.item("harbour2024").with_data(title="Another"))
    seal(store, keys=Keys(signing=KEY), now=NOON)
    outside = _outside(AFTER, authority=authority)
    assert _errors(_verify(store, outside)) == {"CK-E652"}
    assert _errors(check_proof(prove(store, "harbour2024").data, outside)) == {"CK-E652"}


def test_a_stamp_of_what_the_key_had_not_signed_covers_nothing() -> None:
    """Somebody had their own log stamped before they stole the key that signs it now."""
    note = Note(text=f"{ORIGIN}\n3\nAAAA\n")
    earlier = AFTER - timedelta(days=1)
    for signed, covers in ((note, False), (sign_note(note, NEW_KEY), False), (None, True)):
        evidence = Evidence(size=3, at=earlier, signed=signed)
        assert evidence.covers(KEY.verifier, AFTER, 3) == covers
    assert Evidence(size=3, at=earlier, signed=sign_note(note, KEY)).covers(KEY.verifier, AFTER, 3)


# ── the successor's word, in the log ───────────────────────────────────────────────────────────


def _revoke(store: ArchiveStore, at: datetime, **keys: object) -> ArchiveStore:
    order = KeyToRevoke(key_id=KEY.verifier.key_id.hex(), begins_at=at)
    seal(store, keys=Keys(signing=NEW_KEY, revoked=(order,), **keys), now=NOON)  # type: ignore[arg-type]  # of Keys
    return store


@pytest.mark.parametrize("apart", [False, True], ids=["with the hand-over", "later"])
def test_a_successor_revokes_in_the_log(store: ArchiveStore, *, apart: bool) -> None:
    """Who trusts the old key is told; who trusts the new one is not concerned."""
    if apart:
        seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
        _go_on(store, "In between.", NEW_KEY)
        assert _errors(_verify(store, Outside(keys=(KEY.verifier,)))) == set()
        _revoke(store, NOON)
    else:
        _revoke(store, NOON, old=KEY)
    for size in range(3):
        if size:
            _go_on(store, f"Afterwards {size}.", NEW_KEY)
        proof = prove(store, "tide2023").data
        for key, errors in ((KEY, {"CK-E652"}), (NEW_KEY, set())):
            outside = Outside(keys=(key.verifier,))
            assert _errors(_verify(store, outside)) == errors
            assert _errors(check_proof(proof, outside)) == errors


def test_a_hand_over_that_was_stamped_in_time_leads_on(
    store: ArchiveStore, authority: TimestampAuthority, url: str
) -> None:
    """Then the old key was still its owner's, and the new one is whom it named."""
    keys = Keys(signing=NEW_KEY, old=KEY)
    seal(store, keys=keys, tsa=[url], allow_private=True, now=NOON)
    _revoke(store, AFTER)
    roots = parse_roots(authority.root_pem)
    assert _errors(_verify(store, Outside(keys=(KEY.verifier,), roots=roots))) == set()
    assert _errors(_verify(store, Outside(keys=(KEY.verifier,)))) == {"CK-E652"}
    late = _outside(BEFORE, authority=authority)
    assert _errors(_verify(store, late)) == {"CK-E652"}


def test_a_revocation_is_said_once_and_stays(store: ArchiveStore) -> None:
    """The same order again adds nothing, and a further change of keys takes nothing back."""
    size = _size(_revoke(store, NOON, old=KEY))
    assert _size(_revoke(store, NOON)) == size
    last = new_signer_key(ORIGIN, b"l" * 32)
    seal(store, keys=Keys(signing=last, old=NEW_KEY), now=NOON)
    _go_on(store, "By the last key.", last)
    assert _errors(_verify(store, Outside(keys=(KEY.verifier,)))) == {"CK-E652"}
    verdict = check_proof(prove(store, "tide2023").data, Outside(keys=(KEY.verifier,)))
    assert _errors(verdict) == {"CK-E652"}
    for key in (NEW_KEY, last):
        assert _errors(_verify(store, Outside(keys=(key.verifier,)))) == set()


def _size(store: ArchiveStore) -> int:
    return parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0].size


@pytest.mark.parametrize("key", [KEY, NEW_KEY, WITNESS_KEY], ids=["own", "another", "witness"])
def test_only_a_key_that_was_replaced_is_revoked(store: ArchiveStore, key: SignerKey) -> None:
    """Not the one that signs, not one that the log does not know; nothing is written."""
    size = _size(store)
    order = KeyToRevoke(key_id=key.verifier.key_id.hex(), begins_at=NOON)
    with pytest.raises(UsageError, match="has not replaced a key"):
        seal(store, keys=Keys(signing=KEY, revoked=(order,)), now=NOON)
    assert _size(store) == size


def test_a_revocation_that_waits_is_signed_by_nobody_unasked(store: ArchiveStore) -> None:
    """Who can write in the folder cannot have the owner destroy what the old key signed."""
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    (path,) = [p for p in store.root.glob("trust/keys/*") if str(NEW_KEY.verifier) in p.read_text()]
    event = {
        **UNSIGNED,
        "action": "key",
        "subject": store.layout.name(path),
        "digest": digest_bytes(path.read_bytes()),
        "vkey": str(NEW_KEY.verifier),
        "replaces": KEY.verifier.key_id.hex(),
        "revoked_from": "1970-01-01T00:00:00Z",
    }
    wait_for_seal(store.root, event)
    size = _size(store)
    with pytest.raises(StoreConflict, match="nobody asked for this"):
        _go_on(store, "Sealed?", NEW_KEY)
    assert _size(store) == size
    assert _errors(_verify(store, Outside(keys=(KEY.verifier,)))) == set()


# ── a key's own word, and the reader's ─────────────────────────────────────────────────────────


def test_a_key_revokes_itself_in_a_file_kept_outside(
    store: ArchiveStore, tmp_path: Path, authority: TimestampAuthority, url: str
) -> None:
    """It is heard by whoever is given it; the reader's own date decides."""
    _stamp(store, url)
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    statement = tmp_path / "revoked.note"
    trust = [str(KEY.verifier), str(tmp_path / "root.pem")]
    for begins_at, errors in ((AFTER, set()), (BEFORE, {"CK-E652"})):
        statement.write_bytes(write_note(write_statement(KEY, begins_at)))
        outside = read_outside(trust, revoked=[str(statement)], archive=store.root)
        assert _errors(_verify(store, outside)) == errors
    mine = [str(statement), f"{KEY.verifier}@{AFTER.date()}"]
    outside = read_outside(trust, revoked=mine, archive=store.root)
    assert _errors(_verify(store, outside)) == set()


def _file_of_another_key(folder: Path) -> str:
    note = Note(text=write_statement(KEY, NOON).text)
    (folder / "forged").write_bytes(write_note(sign_note(note, NEW_KEY)))
    return str(folder / "forged")


@pytest.mark.parametrize(
    ("word", "error"),
    [
        (lambda _: f"{KEY.verifier}@yesterday", UsageError),
        (lambda _: f"{KEY.verifier}@2026-11-22T12:00:00", UsageError),
        (lambda _: f"{KEY.verifier}", NotFound),
        (lambda _: "nowhere@2026-11-22", NotFound),
        (_file_of_another_key, InvalidData),
    ],
)
def test_what_revokes_nothing_is_refused(
    word: Callable[[Path], str], error: type[Exception], tmp_path: Path
) -> None:
    """No date, no zone, no file, no signature of the key itself."""
    with pytest.raises(error):
        read_outside([str(KEY.verifier)], revoked=[word(tmp_path)])
    with pytest.raises(UsageError, match="--revoked says how far"):
        read_outside([], revoked=[f"{KEY.verifier}@2026-11-22"])


@pytest.mark.parametrize("word", ["2026-11-22", "@2026-11-22", "71e8f426", "71e8f426@", "x@y"])
def test_an_order_has_a_key_and_a_date(word: str) -> None:
    """What is missing is told."""
    with pytest.raises(UsageError):
        read_order(word)


def test_the_commands_revoke(
    store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a file, in the log, and for who verifies."""
    files = {}
    for name, key in (("old", KEY), ("new", NEW_KEY)):
        files[name] = tmp_path / f"{name}.key"
        files[name].write_text(f"{write_signer_key(key)}\n")
        files[name].chmod(0o600)
    root, note = ["--archive", str(store.root)], str(tmp_path / "revoked.note")
    revoke = [*root, "revoke", "2026-11-22", "--signing-key", str(files["old"]), "--output", note]
    assert run(revoke) == 0
    assert run(["--quiet", *revoke[:-2]]) == 0
    assert capsys.readouterr().out == Path(note).read_text()
    trust = ["--trust", str(KEY.verifier)]
    assert run([*root, "verify", *trust]) == 0
    assert run([*root, "verify", *trust, "--revoked", note]) == 6
    assert run([*root, "verify", *trust, "--revoked", f"{KEY.verifier}@2026-11-22"]) == 6
    assert run([*root, "cite", "tide2023", *trust, "--revoked", note]) == 6
    keys = ["--signing-key", str(files["new"]), "--old-key", str(files["old"])]
    key_id = KEY.verifier.key_id.hex()
    assert run([*root, "seal", *keys, "--revoke", f"{key_id}@2026-11-22"]) == 0
    assert run([*root, "verify", *trust]) == 6
    assert "is revoked from 2026-11-22T00:00:00Z" in capsys.readouterr().out
    assert run([*root, "log"]) == 0
    assert f"{key_id} is revoked from 2026-11-22T00:00:00Z" in capsys.readouterr().out
    assert run([*root, "verify", "--trust", str(NEW_KEY.verifier)]) == 0
