"""What a verifier brings along: each kind of file is read, and none from inside an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.verifying.log_checks.trust_anchors import Outside, read_checkpoint, read_outside
from citekit.errors import CitekitError, InvalidData, NotFound, UsageError
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.note import MAX_NOTE_BYTES, Note, write_note
from citekit.integrity.sign import new_signer_key, parse_trusted
from citekit.integrity.timestamp import MAX_ROOTS_BYTES
from citekit.store.archive import ArchiveStore
from citekit.testing.tsa import TimestampAuthority, make_authority

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = "citekit.invalid/anchors"
FIRST, SECOND, THIRD = (
    new_signer_key(ORIGIN, letter * 32).verifier for letter in (b"a", b"b", b"c")
)
CHECKPOINT = Checkpoint(origin=ORIGIN, size=7, root=bytes(32))
KEY_HINT = "give name+id+key as citekit keygen prints it, or a file of such lines"
AWAY = "keep a copy elsewhere: with another person, on another machine, in another place"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive beside the files that a verifier has."""
    return ArchiveStore.create(tmp_path / "archive", title="Ours").root


def _write_keys(path: Path) -> str:
    path.write_text(f"# of the harbour office\n{SECOND}\n\n{THIRD}\n", encoding="utf-8")
    return str(path)


def _write_checkpoint(path: Path) -> str:
    path.write_bytes(write_note(Note(text=CHECKPOINT.text)))
    return str(path)


def test_nothing_brought_is_nothing_trusted() -> None:
    """No key, no root, no checkpoint."""
    assert read_outside() == Outside() == Outside(keys=(), roots=(), checkpoints=())


def test_keys_come_by_themselves_and_in_files(archive: Path, tmp_path: Path) -> None:
    """In the order in which they are given."""
    file = _write_keys(tmp_path / "keys.txt")
    outside = read_outside([str(FIRST), file], archive=archive)
    assert outside == Outside(keys=(FIRST, SECOND, THIRD))
    assert read_outside([file, str(FIRST)]).keys == (SECOND, THIRD, FIRST)


def test_roots_come_in_pem_files(
    authority: TimestampAuthority, archive: Path, tmp_path: Path
) -> None:
    """Blank lines may stand before them; each file gives all of its certificates."""
    file, more = tmp_path / "root.pem", tmp_path / "more.pem"
    (tmp_path / "tsa").mkdir()
    other = make_authority(tmp_path / "tsa").root_pem
    file.write_bytes(b"\n \n" + authority.root_pem + other)
    more.write_bytes(authority.root_pem)
    outside = read_outside([str(file), str(FIRST), str(more)], archive=archive)
    assert len(outside.roots) == 3
    assert outside.roots[0] == outside.roots[2] != outside.roots[1]
    assert outside.keys == (FIRST,)


def test_checkpoints_are_named_as_they_were_given(archive: Path, tmp_path: Path) -> None:
    """Findings show where each one is from."""
    first, second = (_write_checkpoint(tmp_path / name) for name in ("a.txt", "b.txt"))
    outside = read_outside(checkpoints=[first, second], archive=archive)
    assert outside == Outside(checkpoints=((first, CHECKPOINT), (second, CHECKPOINT)))
    assert read_checkpoint(first) == CHECKPOINT


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a command line, also where no shell has read it."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    _write_keys(tmp_path / "keys.txt")
    _write_checkpoint(tmp_path / "kept.txt")
    outside = read_outside(["~/keys.txt"], ["~/kept.txt"])
    assert (outside.keys, outside.checkpoints) == (
        (SECOND, THIRD), (("~/kept.txt", CHECKPOINT),),
    )  # fmt: skip


def test_a_checkpoint_that_vouches_for_nothing_may_be_anywhere(archive: Path) -> None:
    """To be read it need not be trusted."""
    assert read_checkpoint(_write_checkpoint(archive / "log-checkpoint")) == CHECKPOINT


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def _told(error: CitekitError) -> tuple[str | None, str, str | None]:
    return error.place.path if error.place else None, error.message, error.hint


@pytest.mark.parametrize("name", ["keys.txt", "root.pem"])
@pytest.mark.parametrize("is_named", [True, False])
def test_nothing_inside_an_archive_is_trusted(
    name: str, authority: TimestampAuthority, archive: Path, *, is_named: bool
) -> None:
    """Of the archive that is checked, and of any where a proof is checked."""
    folder = archive / "trust" / "keys"
    folder.mkdir(parents=True)
    _write_keys(folder / "keys.txt")
    (folder / "root.pem").write_bytes(authority.root_pem)
    with pytest.raises(UsageError) as refused:
        read_outside([str(folder / name)], archive=archive if is_named else None)
    told = "a file inside the archive proves nothing about the archive"
    assert _told(refused.value) == (str(folder / name), told, AWAY)


@pytest.mark.parametrize("is_named", [True, False])
def test_no_checkpoint_inside_an_archive_is_trusted(archive: Path, *, is_named: bool) -> None:
    """The same rule for ``--checkpoint``, right in the archive's folder too."""
    file = _write_checkpoint(archive / "kept.txt")
    with pytest.raises(UsageError) as refused:
        read_outside(checkpoints=[file], archive=archive if is_named else None)
    assert _told(refused.value)[0::2] == (file, AWAY)


def test_no_way_round_leads_inside(archive: Path, tmp_path: Path) -> None:
    """A path with dots, another name of the archive's folder."""
    _write_keys(archive / "keys.txt")
    (tmp_path / "alias").symlink_to(archive)
    dots = f"{tmp_path}/archive/../archive/keys.txt"
    for path in (str(tmp_path / "alias" / "keys.txt"), dots):
        for named in (archive, tmp_path / "alias", None):
            with pytest.raises(UsageError, match="a file inside the archive proves nothing"):
                read_outside([path], archive=named)


def test_another_archive_may_vouch_for_the_one_that_is_named(archive: Path, tmp_path: Path) -> None:
    """It was told which archive is in doubt; a folder whose name begins alike is another one."""
    other = ArchiveStore.create(tmp_path / "archive-of-keys", title="Theirs").root
    file = _write_keys(other / "keys.txt")
    kept = _write_checkpoint(other / "kept.txt")
    outside = read_outside([file], [kept], archive=archive)
    assert (outside.keys, outside.checkpoints) == ((SECOND, THIRD), ((kept, CHECKPOINT),))
    for trust, checkpoints in (([file], []), ([], [kept])):
        with pytest.raises(UsageError):
            read_outside(trust, checkpoints)


def test_a_relative_path_is_from_here(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside of the archive's folder, ``keys.txt`` is inside."""
    _write_keys(archive / "keys.txt")
    _write_keys(tmp_path / "keys.txt")
    monkeypatch.chdir(archive)
    with pytest.raises(UsageError):
        read_outside(["keys.txt"], archive=Path())
    assert read_outside([str(Path("..", "keys.txt"))], archive=Path()).keys == (SECOND, THIRD)


def test_what_is_neither_a_key_nor_a_file_is_told(tmp_path: Path) -> None:
    """With the form that a key has; very long words are cut."""
    for word in ("nobody", str(FIRST)[:-4], str(tmp_path / "gone.txt")):
        with pytest.raises(NotFound) as refused:
            read_outside([word])
        message = f"there is no such file, and it is no key: {word!r}"
        assert _told(refused.value) == (None, message, KEY_HINT)
    with pytest.raises(NotFound) as refused:
        read_outside(["x/" * 110])
    assert refused.value.message.endswith(f": {'x/' * 100!r}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe", "not a file of public keys"),
        (b"nobody\n", "not a public key"),
        (b"# none\n", "a list of trusted keys has 1 to"),
        (b"", "a list of trusted keys has 1 to"),
    ],
)
def test_a_file_that_has_no_keys_is_told(data: bytes, message: str, tmp_path: Path) -> None:
    """By its name, and what a key is where that helps."""
    file = tmp_path / "keys.txt"
    file.write_bytes(data)
    with pytest.raises(InvalidData, match=message) as refused:
        read_outside([str(file)])
    assert _told(refused.value)[0] == str(file)


def test_hints_of_damaged_keys_are_kept(tmp_path: Path) -> None:
    """What was wrong with the line is told as where a key is given by itself."""
    file = tmp_path / "keys.txt"
    file.write_text("PRIVATE+KEY+x+y\n")
    with pytest.raises(InvalidData) as plain:
        parse_trusted(file.read_text())
    with pytest.raises(InvalidData) as refused:
        read_outside([str(file)])
    assert _told(refused.value) == (str(file), plain.value.message, plain.value.hint)


@pytest.mark.parametrize("data", [b"none", b"\xff\n\n"])
def test_what_is_no_checkpoint_is_told(data: bytes, tmp_path: Path) -> None:
    """By its name, whether it is to be trusted or only to be read."""
    file = tmp_path / "kept.txt"
    file.write_bytes(data)
    calls: tuple[Callable[[], object], ...] = (
        lambda: read_checkpoint(str(file)),
        lambda: read_outside(checkpoints=[str(file)]),
    )
    for call in calls:
        with pytest.raises(InvalidData) as refused:
            call()
        assert _told(refused.value)[0] == str(file)
        assert "note" in refused.value.message


def test_files_are_read_up_to_a_bound(authority: TimestampAuthority, tmp_path: Path) -> None:
    """Certificates to a mebibyte, checkpoints to a note's size: no more is read."""
    roots, kept = tmp_path / "root.pem", tmp_path / "kept.txt"
    roots.write_bytes(authority.root_pem.ljust(MAX_ROOTS_BYTES, b"\n"))
    assert len(read_outside([str(roots)]).roots) == 1
    roots.write_bytes(authority.root_pem.ljust(MAX_ROOTS_BYTES + 1, b"\n"))
    kept.write_bytes(bytes(MAX_NOTE_BYTES + 1))
    with pytest.raises(InvalidData, match=f"is larger than {MAX_ROOTS_BYTES} bytes"):
        read_outside([str(roots)])
    with pytest.raises(InvalidData, match=f"is larger than {MAX_NOTE_BYTES} bytes"):
        read_outside(checkpoints=[str(kept)])


def test_a_file_that_is_nowhere_is_not_found(tmp_path: Path) -> None:
    """A checkpoint is never given by itself."""
    with pytest.raises(NotFound) as refused:
        read_outside(checkpoints=[str(tmp_path / "gone.txt")])
    assert "gone.txt" in str(refused.value)
