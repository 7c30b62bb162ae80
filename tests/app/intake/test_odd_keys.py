"""Items with keys that no folder can have, all their life: sealed, proven, packed, brought back."""

from __future__ import annotations

import importlib.util
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.annotating.annotate import annotate
from citekit.app.packages.export import export
from citekit.app.packages.import_package import import_package
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import seal
from citekit.app.verifying.verify import verify
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from collections.abc import Iterable

ODD = ("DBLP:conf/kite/R02", "Kite", "kite", "con", "C#2001", "o'hara&<b>", "x:" * 200, "50%")
SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with an item, a capture and an annotation for each odd key."""
    store = ArchiveStore.create(tmp_path / "archive", title="Odd keys")
    with store.writing() as writer:
        for number, key in enumerate(ODD):
            capture = build_capture(
                text=f"Kites of {number} fly.\n\nThey come down.", minutes=number
            )
            add_item(writer, build_item(key, access="public"), capture)
    for key in ODD:
        annotate(store, key, note=f"on {key}")
    return store


def codes(store: ArchiveStore, keys: Iterable[str] = ()) -> list[str]:
    """What verify finds, in short."""
    return [finding.code for finding in verify(store, tuple(keys)).findings]


def test_a_sealed_archive_verifies_as_a_whole_and_in_parts(store: ArchiveStore) -> None:
    """No key makes a file look foreign, new or misplaced; a renaming changes nothing in that."""
    seal(store)
    assert codes(store) == ["CK-I615"]
    Archive(store).rename("DBLP:conf/kite/R02", "reed:2002")
    seal(store)
    assert codes(store) == ["CK-I615"]
    assert codes(store, ["reed:2002"]) == codes(store, ["kite"]) == ["CK-I615"]


def test_a_change_is_told_in_the_folder_it_is_in(store: ArchiveStore) -> None:
    """Verify names the path on the disk, whatever the key."""
    seal(store)
    path = next(store.layout.captures("x:" * 200).iterdir())
    path.write_text(path.read_text().replace("news.example", "fake.example"), encoding="utf-8")
    findings = verify(store, ()).findings
    assert [(f.code, f.place.path) for f in findings if f.place and f.code == "CK-E602"] == [
        ("CK-E602", str(path))
    ]


@pytest.mark.parametrize(
    ("name", "record", "code"),
    [
        ("a~3ab", '{"id": "a:c", "type": "book"}', "CK-E202"),
        ("Kite~f00d00", '{"id": "Kite", "type": "book"}', "CK-E101"),
        ("k" * 112 + "~f00d00", '{"id": "Kite", "type": "book"}', "CK-E202"),
    ],
)
def test_a_folder_that_is_not_its_key_s_is_told(
    store: ArchiveStore, name: str, record: str, code: str
) -> None:
    """Neither another key nor a mark that is not the key's own passes."""
    (store.layout.items / name).mkdir()
    (store.layout.items / name / "item.json").write_text(record, encoding="utf-8")
    assert code in codes(store)


def test_a_key_in_two_folders_is_told(store: ArchiveStore) -> None:
    """The marked folder is the key's; the plain one beside it is a second item of that key."""
    double = store.layout.items / "kite"
    double.mkdir()
    (double / "item.json").write_text('{"id": "kite", "type": "book"}', encoding="utf-8")
    assert store.item("kite").title == "The title of kite"
    told = [f for f in verify(store, ()).findings if f.code == "CK-E202"]
    assert [f.place.path for f in told if f.place] == [str(double / "item.json")]


@pytest.mark.parametrize("key", ODD)
def test_both_checkers_take_the_proof(store: ArchiveStore, key: str, tmp_path: Path) -> None:
    """Of the item with that key, and of no other."""
    seal(store)
    proof = prove(store, key)
    assert check_proof(proof.data).exit_code == 1  # whole, and nobody vouches for it
    file = tmp_path / "proof.json"
    file.write_bytes(proof.data)
    assert run_script(file) == 1
    file.write_bytes(proof.data.replace(b'"key": "', b'"key": "z', 1))
    assert check_proof(file.read_bytes()).exit_code == 6
    assert run_script(file) == 6


@pytest.mark.parametrize("format_", ["ro-crate", "bagit"])
def test_a_package_brings_every_key_back(store: ArchiveStore, format_: str, tmp_path: Path) -> None:
    """Folders in a package are those of an archive, and another archive takes the items in."""
    package = tmp_path / "package"
    export(store, package, format=format_, keys=ODD)
    other = ArchiveStore.create(tmp_path / "other")
    result = import_package(other, package)
    assert (sorted(result.new), result.findings) == (sorted(ODD), ())
    assert [other.text(key) for key in ODD] == [store.text(key) for key in ODD]


def run_script(file: Path) -> int:
    """The exit code of the standalone program."""
    spec = importlib.util.spec_from_file_location("check_proof_odd", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with redirect_stdout(StringIO()):
        return int(module.main([str(file)]))
