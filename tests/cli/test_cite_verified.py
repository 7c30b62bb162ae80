"""``cite --verify`` and ``--provenance``: references that stand for evidence."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

STYLED = ["text", "html", "markdown", "latex", "rtf"]
DATA = ["bibtex", "biblatex", "csl-json", "csl-yaml", "hayagriva", "ris"]
LABELS = (
    '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text"><info><title>'
)
LABELS += (
    '<!-- --></title><id>labels</id></info><citation><layout><text variable="title"/></layout>'
)
LABELS += "</citation></style>"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive that its owner has sealed with a key of the user's configuration."""
    store = build_archive(tmp_path / "archive")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("CITEKIT_ARCHIVE", str(store.root))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(["keygen"]) == 0
    assert run(["seal"]) == 0
    return store.root


@pytest.fixture
def call(root: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command; exit code, stdout and stderr."""
    assert root.is_dir()

    def do(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(words))
        out, err = capsys.readouterr()
        return code, out, err

    return do


def _vkey(root: Path) -> str:
    (path,) = root.glob("trust/keys/*.vkey")
    return path.read_text("utf-8").strip()


def _tamper(root: Path) -> None:
    (record,) = root.glob("items/harbour2024/captures/*.json")
    record.write_bytes(record.read_bytes() + b" ")


def test_what_verifies_is_cited_as_always(call: Call) -> None:
    """The reference is the same; a note says that nobody has vouched for the signer."""
    plain = call("cite", "harbour2024")
    verified = call("cite", "harbour2024", "--verify")
    assert (verified[0], verified[1]) == (0, plain[1])
    assert "consistent; signer not authenticated" in verified[2]


def test_who_trusts_a_key_or_a_checkpoint_is_answered(
    call: Call, root: Path, tmp_path: Path
) -> None:
    """--trust and --checkpoint verify by themselves; a key that has not signed is exit code 6."""
    kept = tmp_path / "kept"
    kept.write_bytes((root / "log" / "checkpoint").read_bytes())
    assert call("cite", "harbour2024", "--trust", _vkey(root))[::2] == (0, "")
    assert call("cite", "harbour2024", "--checkpoint", str(kept))[::2] == (0, "")
    thief = call("keygen", "--output", str(tmp_path / "thief.key"))[1].strip()
    code, out, err = call("cite", "harbour2024", "--trust", thief)
    assert (code, out) == (6, "")
    assert "no trusted key has signed" in err


def test_what_was_tampered_with_is_not_cited(call: Call, root: Path) -> None:
    """Exit code 6, the place and a hint; nothing is printed, also not of the items in order."""
    _tamper(root)
    assert call("cite", "lantern2024", "--verify")[0] == 0
    code, out, err = call("cite", "lantern2024", "harbour2024", "--verify")
    assert (code, out) == (6, "")
    assert "captures" in err
    assert "does not verify" in err
    assert "hint: " in err


def test_an_error_is_one_document_under_json(call: Call, root: Path) -> None:
    """Scripts get the code, the place and the hint."""
    _tamper(root)
    code, out, err = call("cite", "harbour2024", "--verify", "--json")
    error = json.loads(err)["error"]
    assert (code, out, error["code"]) == (6, "", "integrity")
    assert error["place"]
    assert error["hint"]


def test_what_is_not_sealed_as_it_is_is_not_cited(call: Call) -> None:
    """A changed record is exit code 1, as for verify --strict; an annotation changes nothing."""
    assert call("set", "tide2023", "title=Another")[0] == 0
    code, out, err = call("cite", "tide2023", "--verify")
    assert (code, out) == (1, "")
    assert "citekit seal" in err
    assert call("annotate", "harbour2024#p1", "--note", "Mine.")[0] == 0
    assert call("cite", "harbour2024", "--verify")[0] == 0


def test_without_a_seal_nothing_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An archive that was never sealed proves nothing, so nothing of it is cited as proven."""
    monkeypatch.setenv("CITEKIT_ARCHIVE", str(build_archive(tmp_path / "archive").root))
    assert run(["cite", "harbour2024", "--verify"]) == 1
    assert "hint: citekit seal" in capsys.readouterr().err


@pytest.mark.parametrize("format_", [*STYLED, *DATA])
def test_every_format_has_a_place_for_provenance(call: Call, root: Path, format_: str) -> None:
    """The instant of capture and a digest, with the payload it is of, stand in the reference."""
    capture = ArchiveStore.open(root).capture("harbour2024")
    assert capture
    out = call("cite", "harbour2024", "--provenance", "--format", format_)[1]
    assert f"Archived 2024-03-02T09:30:00Z, text {capture.payloads['text'].digest}" in out


def test_the_digest_is_that_of_the_original(call: Call, tmp_path: Path) -> None:
    """Where the bytes as received were kept, the reference names their digest."""
    article = tmp_path / "article.txt"
    article.write_text("A headline\n\n1 March 2024\n\nA paragraph of its own words.\n", "utf-8")
    assert call("add", str(article), "--key", "own2024")[0] == 0
    digest = hashlib.sha256(article.read_bytes()).hexdigest()
    assert f", original sha256:{digest}]" in call("cite", "own2024", "--provenance")[1]


def test_data_keep_their_own_note(call: Call) -> None:
    """In CSL-JSON provenance is a paragraph more of the note; in BibLaTeX it is the annotation."""
    assert call("set", "harbour2024", "note=Seen in print.")[0] == 0
    (item,) = json.loads(call("cite", "harbour2024", "--provenance", "-f", "csl-json")[1])
    assert item["note"].startswith("Seen in print.\n\nArchived 2024-")
    bib = call("cite", "harbour2024", "--provenance", "-f", "biblatex")[1]
    assert "annotation = {Seen in print." in bib


def test_provenance_stands_beside_a_margin_and_in_json(call: Call) -> None:
    """With a number in the margin it is in the entry's own block; JSON has it in both forms."""
    cited = json.loads(call("cite", "harbour2024", "--provenance", "-s", "ieee", "--json")[1])
    (entry,) = cited["bibliography"]
    assert entry["html"].endswith("]</div>")
    assert "[Archived 2024-" in entry["text"]


def test_a_style_without_a_bibliography_has_provenance_too(call: Call, tmp_path: Path) -> None:
    """Its citations stand for the list, and carry what the list would."""
    (tmp_path / "labels.csl").write_text(LABELS, "utf-8")
    words = ["cite", "lantern2024", "harbour2024", "--provenance", "-s", "labels.csl"]
    lines = call(*words)[1].splitlines()
    assert [line.count("[Archived 2024-") for line in lines] == [1, 1]


def test_where_there_is_no_provenance_a_warning_says_so(call: Call) -> None:
    """A citation in the text has no place for it; an item that was never captured has none."""
    in_text = call("cite", "harbour2024", "--in-text", "--provenance")
    assert "Archived" not in in_text[1]
    assert "no place for provenance" in in_text[2]
    assert "has no capture" in call("cite", "tide2023", "--provenance")[2]


def test_plain_cite_loads_nothing_of_this(root: Path) -> None:
    """Who does not ask for it does not wait for it."""
    program = "import sys; from citekit.cli.run import run; run(['cite', 'harbour2024']); "
    program += "print(*sorted(m for m in sys.modules if m.startswith('citekit.')))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=root
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "citekit.app.citing.cite" in loaded
    assert not loaded & {
        "citekit.app.verifying.verify",
        "citekit.app.verifying.log_checks.trust_anchors",
        "citekit.app.citing.verified",
    }
