"""What is private is in nothing that is made for others, and changes not a byte of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.citing.result import DATA_FORMATS, STYLED_FORMATS
from citekit.cli.completion.lists import list_claims, list_entities, list_keys
from citekit.cli.run import run
from citekit.errors import InvalidData, StoreConflict, UsageError
from citekit.pages.library import Library
from citekit.testing.builders import build_archive
from citekit.testing.leaks.markers import search_bytes, search_folder
from citekit.testing.leaks.private_things import MARKS, add_private_things
from citekit.testing.sites import contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PACKAGES = ("bagit", "ro-crate", "prov")


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Archive, Archive]:
    """A sealed archive, and the same with fifty private items and all that goes with them."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    Archive(build_archive(tmp_path / "plain" / "archive")).seal()
    shutil.copytree(tmp_path / "plain", tmp_path / "more")
    add_private_things(tmp_path / "more" / "archive", items=50)
    return tuple(Archive.open(tmp_path / name / "archive") for name in ("plain", "more"))  # type: ignore[return-value]  # two


@pytest.mark.parametrize("with_restricted", [False, True])
@pytest.mark.parametrize("format_", PACKAGES)
def test_packages_are_the_same_to_the_byte(
    pair: tuple[Archive, Archive], tmp_path: Path, format_: str, *, with_restricted: bool
) -> None:
    """Fifty private items, entities, claims and notes beside it change no package."""
    made = []
    for archive in pair:
        path = archive.store.root.parent / "package"
        archive.export(path, format=format_, with_restricted=with_restricted)
        made.append(contents(path) if path.is_dir() else path.read_bytes())

    assert made[0] == made[1]
    assert [str(found) for found in search_folder(tmp_path / "plain", MARKS)] == []
    assert search_folder(tmp_path / "more" / "archive", MARKS)


@pytest.mark.parametrize("format_", [*DATA_FORMATS, *STYLED_FORMATS])
def test_a_list_of_everything_is_the_same(
    pair: tuple[Archive, Archive], capfd: pytest.CaptureFixture[str], format_: str
) -> None:
    """``cite --all`` answers alike; how much is private is said on stderr alone."""
    answers = []
    for archive in pair:
        argv = ["--archive", str(archive.store.root), "cite", "--all", "--format", format_]
        assert run(argv) == 0
        answers.append(capfd.readouterr())

    assert answers[0].out == answers[1].out
    assert answers[0].err == ""
    told = "50 private items, 2 private notes, 1 private entity, 1 private claim"
    assert told in answers[1].err


@pytest.mark.parametrize("format_", PACKAGES)
def test_the_owner_alone_hears_how_much_is_left_out(
    pair: tuple[Archive, Archive], capfd: pytest.CaptureFixture[str], tmp_path: Path, format_: str
) -> None:
    """Not in the document of ``--json``; nothing at all with ``--quiet``."""
    root = str(pair[1].store.root)
    argv = ["--archive", root, "--json", "export", "--format", format_, "--output"]

    assert run([*argv, str(tmp_path / "one")]) == 0
    told = capfd.readouterr()
    assert run([*argv, str(tmp_path / "two"), "--quiet"]) == 0
    quiet = capfd.readouterr()

    assert "private" not in told.out
    assert "50 private items" in told.err
    assert quiet.err == ""


def test_a_private_item_is_cited_by_name(
    pair: tuple[Archive, Archive], capfd: pytest.CaptureFixture[str]
) -> None:
    """Its owner names it; a list of everything needs no name, and one of the two has to be."""
    argv = ["--archive", str(pair[1].store.root), "cite"]

    assert run([*argv, "qzxprivkey00", "--format", "ris"]) == 0
    assert "Qzxprivtitle" in capfd.readouterr().out
    assert run(argv) == 2
    assert run([*argv, "qzxprivkey00", "--all"]) == 2


def test_a_private_item_is_refused_by_name(pair: tuple[Archive, Archive], tmp_path: Path) -> None:
    """Packages, sites and proofs of it are refused with what opens it; a tag passes it over."""
    archive = pair[1]
    asked = (
        lambda: archive.export(tmp_path / "out", format="bagit", keys=["qzxprivkey00"]),
        lambda: archive.export(tmp_path / "out", format="prov", only=["qzxprivkey00"]),
        lambda: archive.build_site(tmp_path / "out", only=["qzxprivkey00"]),
        lambda: archive.prove("qzxprivkey00"),
    )

    for ask in asked:
        with pytest.raises(UsageError, match="qzxprivkey00 is private") as told:
            ask()
        assert told.value.hint == "citekit set qzxprivkey00 --access restricted opens it"
    assert not (tmp_path / "out").exists()


def test_a_tag_chooses_no_private_item(tmp_path: Path) -> None:
    """One that private items have with others names the others; theirs alone is no tag."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=2)
    archive = Archive(store)
    archive.set_fields("tide2023", {"keyword": "qzxprivtag, tides"})

    exported = archive.export(tmp_path / "out", format="ro-crate", only=["qzxprivtag"])

    assert exported.items == ("tide2023",)


def test_what_says_it_is_private_is_so_wherever_it_lies(tmp_path: Path) -> None:
    """An item, entity or claim among the others that is marked so is in no package."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=1)
    for folder in ("items", "entities", "claims"):
        for path in (store.root / "private" / folder).iterdir():
            path.rename(store.root / folder / path.name)

    for format_ in PACKAGES:
        Archive(store).export(tmp_path / "out" / format_, format=format_)

    assert [str(found) for found in search_folder(tmp_path / "out", MARKS)] == []


def test_a_private_line_among_others_stops_a_package(tmp_path: Path) -> None:
    """A package holds files as they are: one with a private annotation in it does not go out."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=1)
    path = store.layout.annotations_file("lantern2024")
    private = store.layout.private_notes_file("lantern2024")
    path.write_bytes(path.read_bytes() + private.read_bytes())

    with pytest.raises(InvalidData, match="holds private annotations"):
        Archive(store).export(tmp_path / "out", format="bagit")


@pytest.mark.parametrize(
    "take_back",
    [lambda archive: archive.set_access("tide2023", "private"), lambda a: a.remove("tide2023")],
    ids=["made private", "removed"],
)
def test_what_was_taken_back_is_told_by_the_log_alone(
    tmp_path: Path, take_back: Callable[[Archive], object]
) -> None:
    """A sealed item that others may see no more: the log has said it; no count, PROV or page does.

    A package of the whole waits until the log says that it is gone, and then it verifies.
    """
    archive = Archive(build_archive(tmp_path / "archive"))
    archive.seal()
    take_back(archive)

    archive.export(tmp_path / "history", format="prov")
    with pytest.raises(StoreConflict, match="not sealed yet"):
        archive.export(tmp_path / "bag", format="bagit")
    assert Library.read(archive.store.root).seals.changed == ()
    archive.seal()
    archive.export(tmp_path / "bag", format="bagit")

    marks = {"the key": b"tide2023", "its title": b"Sandbank grows"}
    assert search_bytes("prov", (tmp_path / "history").read_bytes(), marks) == []
    places = {found.place.split("/")[1] for found in search_folder(tmp_path / "bag", marks)}
    assert places == {"log"}
    assert Archive.open(tmp_path / "bag" / "data").verify().ok


def test_completion_offers_nothing_private(tmp_path: Path) -> None:
    """Its lists lie outside the archive, and are on the screen for whoever looks on."""
    store = build_archive(tmp_path / "archive")
    add_private_things(store.root, items=1)

    lists = [lists_of(store.root) for lists_of in (list_keys, list_entities, list_claims)]

    assert [len(entries) for entries in lists] == [3, 4, 1]
    assert "qzxpriv" not in str(lists).casefold()
