"""Proofs: made from an archive, checked without it, by citekit and by the script of the docs."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit import Archive
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.proof_file import parse_proof_file
from citekit.app.proving.proof_page import facts_of
from citekit.app.proving.prove import Proof, prove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.errors import IntegrityFailed, UsageError
from citekit.integrity.sign import new_signer_key
from citekit.integrity.timestamp import parse_roots
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import HARBOUR_TEXT, build_archive
from citekit.testing.tsa import TimestampAuthority, make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"
ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRUST = Outside(keys=(KEY.verifier,))


@pytest.fixture(scope="module")
def proof(authority: TimestampAuthority, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """The proof of an item that was renamed, in a log that was stamped and changed its key."""
    store = build_archive(tmp_path_factory.mktemp("proof") / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    Archive(store).rename("harbour2024", "quay2024")
    with serve_authority(authority) as url:
        keys = Keys(signing=NEW_KEY, old=KEY)
        seal(store, keys=keys, tsa=[url], allow_private=True, now=NOON)
    return prove(store, "quay2024", now=NOON)


def test_a_proof_convinces_who_trusts_the_old_or_the_new_key(proof: Proof) -> None:
    """Trust in the key from before the change is enough, and so is trust in the new one."""
    assert check_proof(proof.data, TRUST).exit_code == 0
    assert check_proof(proof.data, Outside(keys=(NEW_KEY.verifier,))).exit_code == 0


def test_a_proof_convinces_nobody_by_itself(proof: Proof) -> None:
    """Without a key it is consistent, its signer is not authenticated, and that is exit code 1."""
    verdict = check_proof(proof.data)
    assert (verdict.exit_code, verdict.summary) == (1, "consistent; signer not authenticated")
    assert verdict.to_json()["proven"] == []


def test_a_proof_does_not_convince_who_trusts_another_key(proof: Proof) -> None:
    """A key that has not signed fails the proof."""
    assert check_proof(proof.data, Outside(keys=(THIEF.verifier,))).exit_code == 6


def test_a_timestamp_in_a_proof_is_checked(
    proof: Proof, authority: TimestampAuthority, tmp_path: Path
) -> None:
    """The authority's root shows since when it existed; another root fails."""
    roots = parse_roots(authority.root_pem)
    verdict = check_proof(proof.data, Outside(keys=(KEY.verifier,), roots=roots))
    assert (verdict.exit_code, len(verdict.existed_by)) == (0, 1)
    other = parse_roots(make_authority(tmp_path).root_pem)
    assert check_proof(proof.data, Outside(keys=(KEY.verifier,), roots=other)).exit_code == 6


def test_a_text_that_is_handed_over_is_compared(proof: Proof) -> None:
    """The right payload is recognised by its digest; another one fails."""
    text = HARBOUR_TEXT.encode()
    assert check_proof(proof.data, TRUST, payloads={"text.txt": text}).exit_code == 0
    assert check_proof(proof.data, TRUST, payloads={"text.txt": text + b" "}).exit_code == 6


def test_a_proof_holds_no_text_and_is_small(proof: Proof) -> None:
    """Not a sentence of the restricted text is in it; the log's part is below 2 KB an entry."""
    assert HARBOUR_TEXT[:40].encode() not in proof.data
    assert all(len(part.proof) < 2048 for part in parse_proof_file(proof.data).entries)


def test_the_page_says_what_is_not_proven_and_runs_nothing(proof: Proof) -> None:
    """The page has both lists, how each fact is known, no script, and a policy that forbids it."""
    assert "that the source ever served this" in proof.page
    assert "<td>declared</td>" in proof.page
    assert "default-src 'none'" in proof.page
    assert "<script" not in proof.page


def test_each_fact_says_how_it_is_known(tmp_path: Path) -> None:
    """What was read in the bytes is observed; what somebody gave or changed is declared."""
    store = ArchiveStore.create(tmp_path / "archive")
    article = b"A headline of note\n\n1 March 2024\n\nA paragraph of its own words.\n"
    fields = {"publisher": "The Courier"}
    Archive(store).add(article, key="own2024", fields=fields, name="own.txt")
    seal(store, keys=Keys(), now=NOON)
    facts = {fact.what: fact[1:] for fact in facts_of(prove(store, "own2024").verdict)}
    assert facts["title"] == ("A headline of note", "observed, in the captured bytes")
    assert facts["issued"] == ("2024-03-01", "observed, in the captured bytes")
    assert facts["publisher"] == ("The Courier", "declared")
    path = store.layout.item_file("own2024")
    path.write_bytes(path.read_bytes().replace(b'"A headline of note"', b'"Mine"', 1))
    seal(store, keys=Keys(), now=NOON)
    facts = {fact.what: fact[1:] for fact in facts_of(prove(store, "own2024").verdict)}
    assert facts["title"] == ("Mine", "declared")


def test_titles_are_escaped_on_the_page(tmp_path: Path) -> None:
    """A hostile title is text on the page."""
    store = build_archive(tmp_path / "archive")
    with store.writing() as writer:
        hostile = store.item("tide2023").with_data(title="<script>alert(1)</script>")
        writer.replace_item(hostile)
    seal(store, keys=Keys(signing=KEY), now=NOON)
    assert "<script" not in prove(store, "tide2023").page


def test_only_what_is_sealed_can_be_proven(tmp_path: Path) -> None:
    """Nothing sealed, an item changed since, a changed capture: each is told."""
    store = build_archive(tmp_path / "archive")
    with pytest.raises(UsageError):
        prove(store, "harbour2024")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    Archive(store).set_fields("tide2023", {"title": "Another"})
    with pytest.raises(UsageError):
        prove(store, "tide2023")
    (record,) = (store.root / "items" / "harbour2024" / "captures").iterdir()
    record.write_bytes(record.read_bytes() + b"\n")
    with pytest.raises(IntegrityFailed):
        prove(store, "harbour2024")


# ── forgeries: both checkers say the same ──────────────────────────────────────────────────────

Document = dict[str, Any]


def _title(document: Document) -> None:
    document["files"][0]["text"] = document["files"][0]["text"].replace("Harbour", "Harvest")


def _path(document: Document) -> None:
    document["files"][1]["path"] = "items/quay2024/captures/20250302T093000Z.json"


def _key(document: Document) -> None:
    document["key"] = "other2024"


def _entry(document: Document) -> None:
    entry = document["entries"][0]
    entry["entry"] = entry["entry"].replace("2026", "2025")


def _index(document: Document) -> None:
    entry = document["entries"][0]
    entry["proof"] = entry["proof"].replace("index ", "index 1", 1)


def _hash(document: Document) -> None:
    lines = document["entries"][0]["proof"].split("\n")
    lines[2] = b64encode(bytes(32)).decode()
    document["entries"][0]["proof"] = "\n".join(lines)


def _hash_dropped(document: Document) -> None:
    lines = document["entries"][0]["proof"].split("\n")
    document["entries"][0]["proof"] = "\n".join([*lines[:2], *lines[3:]])


def _size(document: Document) -> None:
    for entry in document["entries"]:
        head, size_and_rest = entry["proof"].split(ORIGIN + "\n", 1)
        size, rest = size_and_rest.split("\n", 1)
        entry["proof"] = f"{head}{ORIGIN}\n{int(size) + 1}\n{rest}"


def _signatures_stripped(document: Document) -> None:
    for entry in document["entries"]:
        entry["proof"] = entry["proof"].split("\n\n— ")[0] + "\n\n"


def _rename_dropped(document: Document) -> None:
    document["entries"] = [e for e in document["entries"] if '"rename"' not in e["entry"]]


def _no_files(document: Document) -> None:
    document["files"] = []


def _file_without_entry(document: Document) -> None:
    document["files"].append({"path": "items/quay2024/note.md", "text": "Mine."})


FORGERIES: list[Callable[[Document], None]] = [
    _title, _path, _key, _entry, _index, _hash, _hash_dropped, _size, _signatures_stripped,
    _rename_dropped, _no_files, _file_without_entry,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES)
def test_both_checkers_refuse_a_forgery(
    forge: Callable[[Document], None], proof: Proof, tmp_path: Path
) -> None:
    """Whatever is changed in a proof, neither citekit nor the script is convinced."""
    document = json.loads(proof.data)
    forge(document)
    data = json.dumps(document).encode()
    assert check_proof(data, TRUST).exit_code in (4, 6)
    assert _script(tmp_path, data, "--vkey", str(KEY.verifier)) in (4, 6)


@pytest.mark.parametrize(
    ("part", "code", "told"),
    [("origin", 6, "CK-E637"), ("size", 1, "CK-I638"), ("root", 6, "CK-E651")],
)
def test_a_kept_checkpoint_is_compared_whole(proof: Proof, part: str, code: int, told: str) -> None:
    """One that differs in its origin, size or root alone vouches for nothing.

    Of another size, it may be of the same log: nobody can tell from here.
    """
    ours = check_proof(proof.data).checkpoint
    assert ours
    other = {"origin": "coast.example/log", "size": ours.size + 1, "root": bytes(32)}[part]
    kept = replace(ours, **{part: other})
    verdict = check_proof(proof.data, Outside(checkpoints=(("kept", kept),)))
    assert (verdict.exit_code, verdict.is_authentic) == (code, False)
    (finding,) = verdict.findings
    assert finding.code == told


def test_both_checkers_accept_what_is_right(proof: Proof, tmp_path: Path) -> None:
    """The script agrees: with the old key, the new key, a kept root, and with nothing."""
    verdict = check_proof(proof.data, TRUST)
    assert verdict.checkpoint
    root, size = b64encode(verdict.checkpoint.root).decode(), str(verdict.checkpoint.size)
    assert _script(tmp_path, proof.data, "--vkey", str(KEY.verifier)) == 0
    assert _script(tmp_path, proof.data, "--vkey", str(NEW_KEY.verifier)) == 0
    assert _script(tmp_path, proof.data, "--root", root, "--size", size) == 0
    assert _script(tmp_path, proof.data) == 1
    assert _script(tmp_path, proof.data, "--vkey", str(THIEF.verifier)) == 6
    other = b64encode(bytes(32)).decode()
    assert _script(tmp_path, proof.data, "--root", other, "--size", size) == 6
    assert _script(tmp_path, proof.data, "--root", root, "--size", "3") == 1
    assert _script(tmp_path, proof.data, "--root", "none", "--size", size) == 2


def test_the_script_needs_nothing_of_citekit(proof: Proof, tmp_path: Path) -> None:
    """An isolated interpreter without site-packages checks a proof against a kept root."""
    verdict = check_proof(proof.data)
    assert verdict.checkpoint
    root, size = b64encode(verdict.checkpoint.root).decode(), str(verdict.checkpoint.size)
    assert _script(tmp_path, proof.data, "--root", root, "--size", size, python=["-I", "-S"]) == 0


def test_the_script_knows_wrong_usage_from_a_verdict(proof: Proof, tmp_path: Path) -> None:
    """A key that is none, half a checkpoint, no cryptography: exit code 2, which is no verdict."""
    vkey = ("--vkey", str(KEY.verifier))
    assert _script(tmp_path, proof.data, "--vkey", "nonsense") == 2
    assert _script(tmp_path, proof.data, "--vkey", str(KEY.verifier)[:-4] + "AAA=") == 2
    assert _script(tmp_path, proof.data, "--size", "3") == 2
    assert _script(tmp_path, proof.data, *vkey, python=["-I", "-S"]) == 2


def test_the_script_asks_the_key_and_the_checkpoint(proof: Proof, tmp_path: Path) -> None:
    """Where both are given, both have to be right."""
    verdict = check_proof(proof.data)
    assert verdict.checkpoint
    root, size = b64encode(verdict.checkpoint.root).decode(), str(verdict.checkpoint.size)
    kept = ("--root", root, "--size", size)
    assert _script(tmp_path, proof.data, *kept, "--vkey", str(KEY.verifier)) == 0
    assert _script(tmp_path, proof.data, *kept, "--vkey", str(THIEF.verifier)) == 6
    unsure = ("--root", root, "--size", "3", "--vkey", str(KEY.verifier))
    assert _script(tmp_path, proof.data, *unsure) == 1
    other = ("--root", b64encode(bytes(32)).decode(), "--size", size, "--vkey", str(KEY.verifier))
    assert _script(tmp_path, proof.data, *other) == 6


def _script(folder: Path, data: bytes, *words: str, python: list[str] | None = None) -> int:
    (folder / "proof.json").write_bytes(data)
    command = [sys.executable, *(python or []), str(SCRIPT), "proof.json", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode


HOSTILE = [
    b"",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'{"format": "citekit-proof/2"}',
    b'{"format": "citekit-proof/1"}',
    b'{"format": "citekit-proof/1", "format": "citekit-proof/1"}',
    b'{"format": "citekit-proof/1", "key": NaN}',
    b'{"format": "citekit-proof/1", "key": "\\ud800"}',
    b'{"format": "citekit-proof/1", "files": ' + b"[" * 100_000,
    b'{"format": "citekit-proof/1", "files": ' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"format": "citekit-proof/1", "key": "x", "files": [], "entries": []}',
    b'{"format": "citekit-proof/1", "key": "x", "files": 7, "entries": 7}',
]


@pytest.mark.parametrize("data", HOSTILE)
def test_hostile_files_are_no_proof(data: bytes, tmp_path: Path) -> None:
    """What is no proof file is a finding, and exit code 4 for both checkers."""
    assert check_proof(data, TRUST).exit_code == 4
    assert _script(tmp_path, data, "--vkey", str(KEY.verifier)) == 4


def test_an_endless_file_is_no_proof() -> None:
    """Sizes are bounded before anything is parsed."""
    assert check_proof(b" " * (9 << 20)).exit_code == 4


@settings(max_examples=150)
@given(data=st.data())
def test_no_changed_byte_passes(proof: Proof, data: st.DataObject) -> None:
    """A proof with any one byte changed either fails or says what it said before."""
    position = data.draw(st.integers(0, len(proof.data) - 1))
    byte = data.draw(st.integers(0, 255))
    changed = proof.data[:position] + bytes([byte]) + proof.data[position + 1 :]
    verdict = check_proof(changed, TRUST)
    whole = parse_proof_file(proof.data)
    assert verdict.exit_code in (4, 6) or parse_proof_file(changed).files == whole.files
