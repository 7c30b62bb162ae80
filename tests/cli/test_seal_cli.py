"""seal, log, keygen, prove, check-proof and verify as they are called."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive, with a configuration folder and a working folder of its own."""
    store = build_archive(tmp_path / "archive")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("CITEKIT_ARCHIVE", str(store.root))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return store.root


def test_a_key_is_made_found_and_trusted(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """keygen, seal and verify --trust work together without naming the key's file."""
    assert run(["keygen"]) == 0
    vkey = capsys.readouterr().out.strip()
    assert run(["verify", "--strict"]) == 1
    assert run(["seal"]) == 0
    assert f"signed by {vkey}" in capsys.readouterr().out
    assert run(["verify", "--strict", "--trust", vkey]) == 0
    assert (archive / "log" / "checkpoint").is_file()


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX")
def test_a_private_key_is_its_owners_alone(archive: Path, tmp_path: Path) -> None:
    """Its file has mode 0600 and is never overwritten; one that others may read is refused."""
    path = tmp_path / "log.key"
    assert run(["keygen", "--output", str(path)]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(["keygen", "--output", str(path)]) == 7
    path.chmod(0o644)
    assert run(["seal", "--signing-key", str(path)]) == 2
    assert not (archive / "log" / "checkpoint").exists()


def test_a_private_key_does_not_go_where_things_are_copied(archive: Path, tmp_path: Path) -> None:
    """Inside an archive or a git worktree it is refused."""
    (tmp_path / "work" / ".git").mkdir(parents=True)
    assert run(["keygen", "--output", str(archive / "log.key")]) == 2
    assert run(["keygen", "--output", str(tmp_path / "work" / "deep" / "log.key")]) == 2


def test_a_key_beside_the_archive_is_not_inside_it(
    archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A path that leads out of the folder one is in is judged by where it leads."""
    monkeypatch.chdir(archive)
    assert run(["keygen", "--output", "../beside.key"]) == 0
    assert (tmp_path / "beside.key").is_file()


@pytest.mark.usefixtures("archive")
def test_a_made_up_name_is_told_while_it_can_be_changed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A log keeps its name from the first seal on: whoever makes a key hears of that before."""
    assert run(["keygen", "--output", str(tmp_path / "one.key")]) == 0
    assert "set [log] origin in archive.toml before" in capsys.readouterr().err
    assert run(["seal", "--signing-key", str(tmp_path / "one.key")]) == 0
    assert run(["keygen", "--output", str(tmp_path / "two.key")]) == 0
    assert "set [log] origin" not in capsys.readouterr().err


def test_an_archive_vouches_for_no_proof(archive: Path, tmp_path: Path) -> None:
    """Its own checkpoint and keys may come from the same hand as the proof: wrong usage."""
    assert run(["keygen", "--output", str(tmp_path / "one.key")]) == 0
    assert run(["seal", "--signing-key", str(tmp_path / "one.key")]) == 0
    proof = str(tmp_path / "proof.json")
    assert run(["prove", "harbour2024", "--output", proof]) == 0
    checkpoint = archive / "log" / "checkpoint"
    (key,) = (archive / "trust" / "keys").iterdir()
    assert run(["check-proof", proof, "--checkpoint", str(checkpoint)]) == 2
    assert run(["check-proof", proof, "--trust", str(key)]) == 2
    kept = tmp_path / "kept"
    kept.write_bytes(checkpoint.read_bytes())
    assert run(["check-proof", proof, "--checkpoint", str(kept)]) == 0


def test_a_proof_leads_on_from_a_checkpoint_that_was_kept(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --since it shows that the log only grew; without, nobody can tell, which is said."""
    assert run(["seal"]) == 0
    kept = tmp_path / "kept"
    kept.write_bytes((archive / "log" / "checkpoint").read_bytes())
    assert run(["set", "tide2023", "title=Later"]) == 0
    assert run(["seal"]) == 0
    proof = str(tmp_path / "proof.json")
    assert run(["prove", "harbour2024", "--output", proof]) == 0
    capsys.readouterr()
    assert run(["check-proof", proof, "--checkpoint", str(kept)]) == 1
    assert "cannot tell" in capsys.readouterr().out
    assert run(["prove", "harbour2024", "--since", str(kept), "--output", proof]) == 0
    assert run(["check-proof", proof, "--checkpoint", str(kept)]) == 0
    assert "consistent with" in capsys.readouterr().err


def test_an_unsigned_seal_says_so(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a key everything works, and every answer says that nobody signed."""
    assert archive.is_dir()
    assert run(["seal"]) == 0
    assert "unsigned" in capsys.readouterr().out
    assert run(["verify"]) == 0
    assert "consistent (unsigned); signer not authenticated" in capsys.readouterr().out


def test_a_log_that_says_it_is_huge_is_told_at_once(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A checkpoint of 2**55 entries over a log of a few is an error, not a walk through all."""
    assert run(["seal"]) == 0
    path = archive / "log" / "checkpoint"
    lines = path.read_text("utf-8").split("\n")
    path.write_text("\n".join([lines[0], str(2**55), *lines[2:]]), "utf-8")
    assert run(["log"]) == 6
    assert "is missing" in capsys.readouterr().err
    assert run(["verify"]) == 6


def test_the_log_is_shown(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sealed entries have their number; events that wait say so."""
    assert archive.is_dir()
    assert run(["seal"]) == 0
    assert run(["set", "tide2023", "title=Another"]) == 0
    capsys.readouterr()
    assert run(["log", "--limit", "2", "--json"]) == 0
    last, waiting = json.loads(capsys.readouterr().out)
    assert (waiting["index"], waiting["subject"]) == (None, "items/tide2023/item.json")
    assert (last["action"], last["size"]) == ("state", last["index"])
    assert run(["log", "--limit", "2"]) == 0
    told = capsys.readouterr().out.splitlines()[0]
    assert f"state       of the whole archive, after {last['size']} entries, sealed by" in told


def test_a_proof_is_written_and_checked(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """check-proof gives 0 with the key, 1 without, 6 for a changed file, 4 for no proof."""
    assert run(["keygen"]) == 0
    vkey = capsys.readouterr().out.strip()
    assert run(["seal"]) == 0
    assert run(["prove", "harbour2024"]) == 0
    proof = tmp_path / "harbour2024.citekit-proof.json"
    assert (tmp_path / "harbour2024.proof.html").is_file()
    (tmp_path / "folder").mkdir()
    assert run(["prove", "harbour2024", "--output", str(tmp_path / "folder")]) == 0
    assert (tmp_path / "folder" / proof.name).is_file()
    assert run(["check-proof", str(proof), "--trust", vkey]) == 0
    assert run(["check-proof", str(proof)]) == 1
    assert "consistent; signer not authenticated" in capsys.readouterr().out
    kept = tmp_path / "kept"
    kept.write_bytes((archive / "log" / "checkpoint").read_bytes())
    assert run(["check-proof", str(proof), "--checkpoint", str(kept)]) == 0
    proof.write_text(proof.read_text("utf-8").replace("Harbour", "Harvest"), "utf-8")
    assert run(["check-proof", str(proof), "--trust", vkey]) == 6
    assert f"tampered  {proof} (files[0]): " in capsys.readouterr().out
    assert run(["check-proof", str(kept)]) == 4
    out = capsys.readouterr().out
    assert f"invalid  {kept}:1:1: is not JSON" in out
    assert "(ask for the file again" in out


def test_a_proof_is_no_file_of_the_archive(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called inside the archive it is written beside it; a place inside is refused."""
    assert run(["seal"]) == 0
    monkeypatch.chdir(archive / "items")

    assert run(["prove", "harbour2024"]) == 0
    assert run(["prove", "harbour2024", "--output", "proof.json"]) == 2

    assert (tmp_path / "harbour2024.citekit-proof.json").is_file()
    assert run(["verify"]) == 0


def test_the_standalone_script_is_handed_over(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """check-proof --print-script needs no archive, and what it prints checks a proof by itself."""
    assert run(["seal"]) == 0
    assert run(["prove", "harbour2024"]) == 0
    size, root = (archive / "log" / "checkpoint").read_text("utf-8").split("\n")[1:3]
    capsys.readouterr()
    assert run(["check-proof", "--print-script"]) == 0
    script = tmp_path / "handed-over.py"
    script.write_text(capsys.readouterr().out, "utf-8")
    command = [sys.executable, "-I", "-S", str(script), "harbour2024.citekit-proof.json"]
    done = subprocess.run([*command, "--root", root, "--size", size], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_a_script_is_printed_or_a_proof_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither, or both at once, is wrong usage, and the hint says what to type."""
    assert run(["check-proof"]) == 2
    assert "hint: citekit check-proof FILE" in capsys.readouterr().err
    assert run(["check-proof", "some.json", "--print-script"]) == 2
    assert "hint: citekit check-proof --print-script" in capsys.readouterr().err


def test_tampering_is_exit_code_six(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed capture record is told as JSON with its class, code, path, rule and hint."""
    assert run(["seal"]) == 0
    (record,) = (archive / "items" / "harbour2024" / "captures").iterdir()
    record.write_bytes(record.read_bytes() + b" ")
    capsys.readouterr()
    assert run(["verify", "--json"]) == 6
    report = json.loads(capsys.readouterr().out)
    tampered = [f for f in report["findings"] if f["class"] == "tampered"]
    assert report["ok"] is False
    assert [f["path"] for f in tampered] == [str(record)]
    assert all(f["code"] and f["rule"] and f["hint"] for f in tampered)


def test_json_and_exit_code_say_the_same(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under --strict an archive that is not sealed is not ok, in JSON neither."""
    assert archive.is_dir()
    assert run(["verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert run(["verify", "--strict", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_timestamps_from_the_command_line(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--tsa asks; a private address has to be meant; no answer is exit code 5 and a good seal."""
    (tmp_path / "tsa").mkdir()
    authority = make_authority(tmp_path / "tsa")
    root = tmp_path / "root.pem"
    root.write_bytes(authority.root_pem)
    with serve_authority(authority) as url:
        assert run(["seal", "--tsa", url]) == 5
        assert run(["seal", "--tsa", url, "--allow-private"]) == 0
    capsys.readouterr()
    assert run(["verify", "--trust", str(root), "--strict"]) == 0
    assert "existed by" in capsys.readouterr().out
    assert list(archive.glob("trust/timestamps/*.tsr"))


# ── purges that wait ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def purged(archive: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A signed archive with a purge that another process has left waiting."""
    assert run(["keygen"]) == 0
    assert run(["seal"]) == 0
    assert run(["purge", "lantern2024", "--yes"]) == 0
    assert "waits for the owner's seal" in capsys.readouterr().err
    return archive


def test_a_purge_that_waits_is_not_signed_without_a_yes(
    purged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a terminal: 7, the purge is named, nothing is signed; verify says what waits."""
    before = (purged / "log" / "checkpoint").read_bytes()
    assert run(["seal"]) == 7
    assert "lantern2024" in capsys.readouterr().err
    assert (purged / "log" / "checkpoint").read_bytes() == before
    assert run(["verify"]) == 6
    assert "waits for the owner's seal" in capsys.readouterr().out


def test_a_purge_that_waits_is_signed_with_a_yes(
    purged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--yes names on stderr what it signs, and verify is content."""
    assert run(["seal", "--yes"]) == 0
    assert "signs the purge of lantern2024" in capsys.readouterr().err
    assert run(["verify", "--strict"]) == 0
    assert (purged / "log" / "checkpoint").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 7)])
def test_a_terminal_is_asked_about_a_purge_that_waits(purged: Path, answer: str, code: int) -> None:
    """Yes signs it; anything else signs nothing."""
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "-m", "citekit", "--archive", str(purged), "seal"]
    done = subprocess.run(command, stdin=theirs, capture_output=True, check=False, text=True)
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code
    assert "sign the purge of lantern2024" in done.stderr


@pytest.mark.usefixtures("archive")
def test_a_seal_of_nothing_new_has_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Sealed twice, the second time nothing is added and ``--json`` says so."""
    assert run(["seal"]) == 0
    capsys.readouterr()

    assert run(["--json", "seal"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert (document["added"], document["actions"]) == (0, {})
