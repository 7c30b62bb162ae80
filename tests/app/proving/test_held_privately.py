"""*Kept since then*: what was private at a seal is shown by one opened leaf alone."""

from __future__ import annotations

import importlib.util
import json
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive, UsageError
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove, read_log
from citekit.app.sealing.seal import Keys
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.integrity.private_tree import PrivateTree
from citekit.integrity.sign import new_signer_key
from citekit.store.log.folder import LogFolder
from citekit.testing.json_changes import changes

if TYPE_CHECKING:
    from collections.abc import Callable

ARTICLE = (
    "Ferry left early\n\nThe ferry left at 0417, a witness at the quay said, and nobody saw it.\n"
)
KEY = new_signer_key("citekit.invalid/harbour", b"\1" * 32)
TRUST = Outside(keys=(KEY.verifier,))
SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with an article that was private at two seals, and is public since the third."""
    archive = Archive.create(tmp_path / "archive", title="Harbour")
    (tmp_path / "quay.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "open.txt").write_text(f"{ARTICLE}\nOpen.\n", encoding="utf-8")
    archive.add(tmp_path / "quay.txt", key="quay2024", access="private")
    archive.add(tmp_path / "open.txt", key="open2024", access="public")
    for note in ("one", "two"):
        archive.annotate("open2024", note=note)
        archive.seal(keys=Keys(signing=KEY))
    archive.rename("quay2024", "pier2024")
    archive.set_access("pier2024", "public")
    archive.seal(keys=Keys(signing=KEY))
    return archive


@pytest.fixture
def document(archive: Archive) -> dict[str, Any]:
    """The proof of the article as JSON."""
    read: dict[str, Any] = json.loads(prove(archive.store, "pier2024").data)
    return read


def test_the_first_seal_of_it_counts(archive: Archive, document: dict[str, Any]) -> None:
    """Its leaf is opened under the name that it had then; the checker says so in words."""
    (held,) = document["held"]
    assert held["leaf"]["path"].startswith("items/quay2024/captures/")
    verdict = check_proof(json.dumps(document).encode(), TRUST)
    assert verdict.exit_code == 0
    (told,) = (line for line in verdict.proven if "held privately" in line)
    first = min(i for i, entry in enumerate(_entries(archive)) if b'"action":"state"' in entry)
    assert f"wrote entry {first} of the log" in told
    assert _script(document)[0] == 0
    assert f"held privately at the seal that wrote entry {first}:" in _script(document)[1]


def test_both_checkers_say_the_same_of_every_change(document: dict[str, Any]) -> None:
    """Each part of what was private is left out, replaced and changed: none is approved wrongly."""
    told = []
    for what, held in changes(document["held"]):
        changed = {**document, "held": held}
        ours = check_proof(json.dumps(changed).encode(), TRUST).exit_code
        told.append((what, ours, _script(changed)[0], held == []))
    assert len(told) > 100
    assert [line for line in told if line[1] != line[2]] == []
    approved = {what for what, ours, _, is_empty in told if ours == 0 and not is_empty}
    assert {what for what in approved if "leaf" in what} == set()


def test_a_leaf_of_something_else_shows_nothing(archive: Archive, document: dict[str, Any]) -> None:
    """Another record, and the leaf of another seal."""
    (held,) = document["held"]
    other = PrivateTree(b"\0" * 32, {held["leaf"]["path"]: held["leaf"]["digest"]})
    forged = {**held, "leaf": other.open(held["leaf"]["path"]).to_json()}
    assert check_proof(_with(document, forged), TRUST).exit_code == 6
    assert _script({**document, "held": [forged]})[0] == 6
    open_proof = json.loads(prove(archive.store, "open2024").data)
    assert "held" not in open_proof
    assert check_proof(_with(open_proof, held), TRUST).exit_code == 6
    assert _script({**open_proof, "held": [held]})[0] == 6


def test_of_what_is_private_there_is_no_proof(archive: Archive) -> None:
    """Only who sets it public or restricted lets its leaf be opened; a site never does it."""
    read = read_log(archive.store)
    assert "held" not in json.loads(prove(archive.store, "pier2024", read=read).data)
    archive.set_access("pier2024", "private")
    with pytest.raises(UsageError):
        prove(archive.store, "pier2024")


def _entries(archive: Archive) -> list[bytes]:
    log = LogFolder(archive.store.layout)
    standing = log.standing()
    assert standing is not None
    return list(log.entries(standing.size))


def _with(document: dict[str, Any], held: dict[str, Any]) -> bytes:
    return json.dumps({**document, "held": [held]}).encode()


@cache
def _main() -> Callable[[list[str]], int]:
    spec = importlib.util.spec_from_file_location("check_proof_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[[list[str]], int] = module.main
    return main


def _script(document: dict[str, Any]) -> tuple[int, str]:
    """The code and the words of the standalone script."""
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()) as out:
        path = Path(folder) / "proof.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return _main()([str(path), "--vkey", str(KEY.verifier)]), out.getvalue()
