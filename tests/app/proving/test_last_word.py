"""A proof shows the last word on its item: both checkers refuse one that leaves something out.

The attacker here is the owner, or somebody who has the whole archive: entries, proofs and the
newest checkpoint are real and truly signed. Only what they choose to show is theirs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import verify
from citekit.errors import IntegrityFailed
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.leaf import encode_leaf, parse_leaf
from citekit.integrity.proof import LogProof, write_proof
from citekit.integrity.sign import new_signer_key
from citekit.integrity.state.group_state import GroupState, read_group, write_group
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import HARBOUR_TEXT, build_archive
from citekit.testing.tamper import grow_signed

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
TRUST = Outside(keys=(KEY.verifier,))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASES = Path(__file__).parents[2] / "cases"
SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"
BEFORE = CASES / "before_states"
OLD_SCRIPT = CASES / "checkers" / "citekit-proof-1.py.txt"

Document = dict[str, Any]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> tuple[ArchiveStore, list[Document]]:
    """The archive, and the honest proof of its item after each seal."""
    folder = tmp_path_factory.mktemp("stages")
    store = build_archive(folder / "archive")
    proofs = []
    changes: list[Callable[[], object]] = [
        lambda: None,
        lambda: Archive(store).set_fields("harbour2024", {"title": "The harbour, corrected"}),
        lambda: Archive(store).add(
            HARBOUR_TEXT.replace("dusk", "dawn").encode(),
            to="harbour2024", name="later.txt", now=NOON,
        ),
        lambda: purge(store, "harbour2024", reason="asked to"),
    ]  # fmt: skip
    for change in changes:
        change()
        seal(store, keys=Keys(signing=KEY), now=NOON)
        proofs.append(json.loads(prove(store, "harbour2024", now=NOON).data))
    return store, proofs


def _verdicts(folder: Path, document: Document) -> tuple[int, int]:
    data = json.dumps(document).encode()
    return check_proof(data, TRUST).exit_code, _script(folder, data)


def _script(folder: Path, data: bytes, script: Path = SCRIPT) -> int:
    (folder / "proof.json").write_bytes(data)
    words = ["--vkey", str(KEY.verifier)]
    command = [sys.executable, str(script), str(folder / "proof.json"), *words]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode


def _raised(store: ArchiveStore, document: Document) -> Document:
    """The same files and entries, each entry proven under the checkpoint of today."""
    raised: Document = json.loads(json.dumps(document))
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    for entry in raised["entries"]:
        index = int(entry["proof"].split("index ", 1)[1].split("\n", 1)[0])
        proof = LogProof(
            index=index, hashes=log.prove(index, standing.size), checkpoint=standing.data
        )
        entry["proof"] = write_proof(proof).decode()
    return raised


def test_an_honest_proof_says_what_it_shows(
    stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """After each seal both checkers accept it, and name all that the folder held."""
    for proof in stages[1]:
        assert _verdicts(tmp_path, proof) == (0, 0)
    verdict = check_proof(json.dumps(stages[1][-1]).encode(), TRUST)
    assert verdict.last_word
    assert len(verdict.last_word.shown) == 3
    assert verdict.last_word.others == ("annotations.jsonl", "note.md")
    assert "and nothing else" in verdict.proven[-1]
    assert "checked by whoever replays or witnesses the log" in verdict.proven[-1]


@pytest.mark.parametrize("left_out", [0, 1, 2], ids=["an edit", "a capture", "a purge"])
def test_what_came_later_cannot_be_left_out(
    left_out: int, stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """Files and entries of an older proof, raised to the newest checkpoint, with any state."""
    store, proofs = stages
    raised = _raised(store, proofs[left_out])
    for state in (proofs[-1]["state"], proofs[left_out]["state"]):
        assert _verdicts(tmp_path, {**raised, "state": state}) == (6, 6)


def test_an_older_state_cannot_be_replayed(
    stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """Its entry is in the newest log, truly; but it is not the last one."""
    store, proofs = stages
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    for older in proofs[:-1]:
        index = json.loads(older["state"]["entry"])["size"]
        proof = LogProof(
            index=index, hashes=log.prove(index, standing.size), checkpoint=standing.data
        )
        state = {**older["state"], "proof": write_proof(proof).decode()}
        document = {**_raised(store, older), "state": state}
        assert _verdicts(tmp_path, document) == (6, 6)
        finding = check_proof(json.dumps(document).encode()).findings[0]
        assert finding.code == "CK-E642"


def test_a_state_of_one_checkpoint_is_none_of_another(
    stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """An older state under its own, true checkpoint, beside entries of the newest."""
    document = {**stages[1][-1], "state": stages[1][0]["state"]}
    assert _verdicts(tmp_path, document) == (6, 6)


def _without_a_capture(group: GroupState) -> GroupState:
    *_, last = sorted(name for name in group.files if name.startswith("captures/"))
    return replace(group, files={n: f for n, f in group.files.items() if n != last})


GROUPS: dict[str, Callable[[GroupState], GroupState]] = {
    "a capture less": _without_a_capture,
    "no purge": lambda group: replace(group, purged={}),
    "no note": lambda group: replace(
        group, files={n: f for n, f in group.files.items() if n != "note.md"}
    ),
    "another access": lambda group: replace(group, access="public"),
    "as it is": lambda group: group,
}


@pytest.mark.parametrize("how", GROUPS)
def test_what_the_log_says_of_the_folder_cannot_be_changed(
    how: str, stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """The text is hashed into the root: one that says less leads elsewhere."""
    document: Document = json.loads(json.dumps(stages[1][-1]))
    group = GROUPS[how](read_group(document["state"]["group"].encode()))
    document["state"]["group"] = write_group(group).decode()
    expected = (0, 0) if how == "as it is" else (6, 6)
    assert _verdicts(tmp_path, document) == expected


def test_a_proof_without_a_state_says_that_it_cannot_show_the_last_word(
    stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """Of the format before, an old version still convinces nobody that it is the last one."""
    store, proofs = stages
    document = {**_raised(store, proofs[0]), "format": "citekit-proof/1"}
    del document["state"]
    assert _verdicts(tmp_path, document) == (0, 0)
    verdict = check_proof(json.dumps(document).encode(), TRUST)
    assert "that this was the last word on the item" in " ".join(verdict.not_proven)
    assert not any("unchanged" in line for line in verdict.proven)
    assert verdict.to_json()["last_word"] is None


def test_an_item_in_the_folder_of_one_that_was_erased_can_be_proven(tmp_path: Path) -> None:
    """Its proof tells that something was erased there, and cannot leave that out."""
    store = build_archive(tmp_path / "archive")
    archive = Archive(store)
    archive.add(b"A note of old\n\nText of old.\n", key="news2024", name="n.txt", now=NOON)
    seal(store, keys=Keys(signing=KEY), now=NOON)
    purge(store, "news2024", reason="asked to", record=True)
    seal(store, keys=Keys(signing=KEY), now=NOON)
    later = NOON.replace(hour=13)
    archive.add(b"Another\n\nText of today.\n", key="news2024", name="n.txt", now=later)
    seal(store, keys=Keys(signing=KEY), now=NOON)
    proof = json.loads(prove(store, "news2024", now=NOON).data)
    assert _verdicts(tmp_path, proof) == (0, 0)
    silent = [entry for entry in proof["entries"] if '"erase"' not in entry["entry"]]
    assert len(silent) == len(proof["entries"]) - 1
    assert _verdicts(tmp_path, {**proof, "entries": silent}) == (6, 6)


def test_an_older_checkpoint_does_not_vouch_for_the_last_word(tmp_path: Path) -> None:
    """Whoever kept one knows that the entries were there then, and the state came later."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    kept = parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0]
    Archive(store).set_fields("tide2023", {"title": "Another"})
    seal(store, keys=Keys(signing=KEY), now=NOON)
    proof = prove(store, "harbour2024", now=NOON, since=[kept])
    verdict = check_proof(proof.data, Outside(checkpoints=(("kept", kept),)))
    assert (verdict.exit_code, verdict.shows_last_word) == (0, False)
    assert "older than the state" in " ".join(verdict.not_proven)
    assert not any("last word" in line for line in verdict.proven)
    both = replace(TRUST, checkpoints=(("kept", kept),))
    assert check_proof(proof.data, both).shows_last_word


def test_a_state_that_is_signed_and_false_gives_no_proof(tmp_path: Path) -> None:
    """An owner who signs another root than the entries give can prove nothing with it."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    entries = list(log.entries(standing.size))
    state = {**parse_leaf(entries[-1]), "root": "sha256:" + "0" * 64}
    shutil.rmtree(store.layout.log)
    store.layout.log.mkdir()
    grow_signed(store, [*entries[:-1], encode_leaf(state)], KEY)
    with pytest.raises(IntegrityFailed):
        prove(store, "harbour2024")


# ── what was made before ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def before(tmp_path: Path) -> ArchiveStore:
    """An archive whose log was made by a citekit that knew no states."""
    return ArchiveStore.open(Path(shutil.copytree(BEFORE / "archive", tmp_path / "before")))


def test_an_archive_of_before_still_verifies(before: ArchiveStore) -> None:
    """There is nothing to tell of it but who signed it, and what this machine does not hold."""
    report = verify(before, outside=TRUST)
    assert report.exit_code(strict=True) == 0
    assert {finding.code for finding in report.findings} <= {"CK-I303", "CK-I620"}


def test_the_first_seal_adds_a_state_and_names_the_feature(before: ArchiveStore) -> None:
    """It is something new; what was sealed stands, and the next seal has nothing to add."""
    text = before.layout.settings_file.read_text("utf-8")
    sealed = seal(before, keys=Keys(signing=KEY), now=NOON)
    assert (sealed.added, dict(sealed.actions)) == (1, {"settings": 1})
    changed = before.layout.settings_file.read_text("utf-8")
    assert changed == f'features = ["state-leaves"]\n{text}'
    assert verify(before, outside=TRUST).exit_code(strict=True) == 0
    assert seal(before, keys=Keys(signing=KEY), now=NOON).size == sealed.size
    assert check_proof(prove(before, "tide2023").data, TRUST).shows_last_word


def test_a_seal_that_is_refused_changes_nothing(before: ArchiveStore) -> None:
    """Not even archive.toml: what must not be sealed stops the seal before that."""
    (record,) = (before.root / "items" / "harbour2024" / "captures").iterdir()
    record.write_bytes(record.read_bytes() + b"\n")
    files = (before.layout.settings_file, before.layout.checkpoint_file, before.layout.pending_file)
    said = [path.read_bytes() for path in files]
    with pytest.raises(IntegrityFailed):
        seal(before, keys=Keys(signing=KEY), now=NOON)
    assert [path.read_bytes() for path in files] == said


def test_the_first_seal_of_all_names_the_feature(before: ArchiveStore) -> None:
    """Also where nothing was ever sealed, and no event waits."""
    shutil.rmtree(before.layout.log)
    shutil.rmtree(before.layout.trust)
    seal(before, keys=Keys(signing=KEY), now=NOON)
    assert ArchiveStore.open(before.root).settings.features == ("state-leaves",)
    assert verify(before, outside=TRUST).exit_code(strict=True) == 0


@pytest.mark.parametrize("name", ["older", "tide2023"])
def test_proofs_of_before_still_check(name: str, tmp_path: Path) -> None:
    """By all three checkers; what they cannot show is said."""
    data = (BEFORE / f"{name}.citekit-proof.json").read_bytes()
    verdict = check_proof(data, TRUST)
    assert (verdict.exit_code, verdict.shows_last_word) == (0, False)
    assert "cannot show" in " ".join(verdict.not_proven)
    assert _script(tmp_path, data) == _script(tmp_path, data, OLD_SCRIPT) == 0


def test_a_log_of_before_gives_proofs_of_before(before: ArchiveStore, tmp_path: Path) -> None:
    """Nothing is sealed for a proof: without a state there is none in it."""
    data = prove(before, "tide2023").data
    assert json.loads(data)["format"] == "citekit-proof/1"
    assert _script(tmp_path, data, OLD_SCRIPT) == 0


def test_old_checkers_never_approve_what_they_cannot_judge(
    stages: tuple[ArchiveStore, list[Document]], tmp_path: Path
) -> None:
    """The program of before says of each new proof, right or wrong, that it is no proof file."""
    store, proofs = stages
    for document in (*proofs, {**_raised(store, proofs[0]), "state": proofs[-1]["state"]}):
        assert _script(tmp_path, json.dumps(document).encode(), OLD_SCRIPT) == 4
