"""A witness on the command line: from its key to a proof that asks for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive

Out = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> Path:
    """An archive that its owner has sealed; the public key is in ``owner.vkey`` beside it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    root = build_archive(tmp_path / "archive").root
    assert run(["--archive", str(root), "keygen"]) == 0
    (tmp_path / "owner.vkey").write_text(capsys.readouterr().out)
    assert run(["--archive", str(root), "seal"]) == 0
    capsys.readouterr()
    return root


def _witness(capsys: Out) -> str:
    assert run(["keygen", "--witness", "--name", "witness.example/w"]) == 0
    vkey = capsys.readouterr().out.strip()
    Path("witness.vkey").write_text(vkey)
    return vkey


def test_a_log_is_witnessed_and_asked_for(root: Path, capsys: Out) -> None:
    """The line on stdout, the whole checkpoint in a file, taken in, asked for, in a proof."""
    vkey = _witness(capsys)
    trust = ["--trust", "owner.vkey"]
    assert run(["witness", str(root)]) == 3
    assert run(["witness", str(root), *trust, "--output", "cosigned.note"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("— witness.example/w ")
    assert "seen for the first time" in told.err
    assert told.out in Path("cosigned.note").read_text()
    archive = ["--archive", str(root)]
    assert run(["--json", *archive, "seal", "--witness", "cosigned.note"]) == 0
    taken = json.loads(capsys.readouterr().out)
    assert taken["witnesses"] == ["+".join(vkey.split("+")[:2])]
    asked = [*trust, "--witness", "witness.vkey"]
    assert run([*archive, "verify", *asked]) == 0
    assert run([*archive, "prove", "tide2023", "--output", "p.json"]) == 0
    assert run(["check-proof", "p.json", *asked]) == 0
    capsys.readouterr()
    assert run(["--json", "witness", str(root)]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["since"] == again["size"] == taken["size"]
    assert again["witness"] == vkey


def test_a_witness_refuses_and_says_why(root: Path, capsys: Out) -> None:
    """A log that went back (6), a memory that is gone (7), and the key of a log (4)."""
    _witness(capsys)
    trust = ["--trust", "owner.vkey"]
    shutil.copytree(root, "older")
    archive = ["--archive", str(root)]
    assert run([*archive, "set", "tide2023", "title=Another"]) == 0
    assert run([*archive, "seal"]) == 0
    assert run(["witness", str(root), *trust]) == 0
    assert run(["witness", "older", *trust]) == 6
    assert "it went back" in capsys.readouterr().err
    shutil.rmtree("data")
    assert run(["witness", str(root), *trust]) == 7
    assert "--start-over" in capsys.readouterr().err
    assert run(["witness", "older", *trust, "--start-over"]) == 0
    assert run(["witness", str(root), "--trust", "witness.vkey"]) == 4
    assert "the public key of a witness, not of a log" in capsys.readouterr().err
    assert run(["witness", "nowhere", *trust]) == 3
    assert run([*archive, "verify", "--witness", "owner.vkey"]) == 4


def test_a_witness_has_a_name_and_one_key(root: Path, capsys: Out) -> None:
    """What is missing, or one too many, is told; nothing is made up."""
    assert run(["keygen", "--witness"]) == 2
    assert run(["witness", str(root)]) == 3
    assert "keygen --witness" in capsys.readouterr().err
    _witness(capsys)
    assert run(["keygen", "--witness", "--name", "other.example/w"]) == 0
    assert run(["witness", str(root), "--trust", "owner.vkey"]) == 2
    assert "several witnesses" in capsys.readouterr().err
    key = Path("config") / "citekit" / "keys" / "witness" / "other.example-w.key"
    words = ["witness", str(root), "--trust", "owner.vkey", "--signing-key", str(key)]
    assert run(words) == 0
    key.chmod(0o644)
    assert run(words) == 2
