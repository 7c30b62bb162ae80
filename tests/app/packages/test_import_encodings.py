"""Bibliography files of any encoding and name come in, and what was guessed is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.app.packages.import_file import import_file
from citekit.errors import UsageError
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "@book{k, title = {Über Flüße – “Reeds”}, author = {Čapek}}"


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An empty archive."""
    return ArchiveStore.create(tmp_path / "archive")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_whole(store: ArchiveStore, encoding: str) -> None:
    """With a mark or without, every letter is right."""
    import_file(store, TEXT.encode(encoding))

    assert store.item("k").title == "Über Flüße – “Reeds”"


@pytest.mark.parametrize(
    ("data", "title", "says"),
    [
        (b"% Encoding: ISO8859_2\n@book{k, title={\xb1\xea}}", "ąę", "says that it is iso8859-2"),
        (b"@book{k, title={\xdcber \x96}}", "Über –", "read as windows-1252"),
        (b"@book{k, title={\xdc \x81}}", "Ü \x81", "read as latin-1"),
        (
            "@book{k, title={Čapek ü}}".encode() + b"% \xfc",
            "Čapek ü",
            "has 1 bytes that are no UTF-8",
        ),
        (b"% Encoding: nonsense\n@book{k, title={\xfc}}", "ü", "windows-1252"),
        (b"% Encoding: UTF-8\n\n@book{k, title={\xfc}}", "ü", "windows-1252"),
        (b"% Encoding: rot13\n@book{k, title={\xfc}}", "ü", "windows-1252"),
    ],
)
def test_other_letters_are_read_and_told(
    store: ArchiveStore, data: bytes, title: str, says: str
) -> None:
    """The file's own word goes before a guess; either way there is one finding for the file."""
    imported = import_file(store, data, format="bibtex")

    assert store.item("k").title == title
    (told,) = imported.findings
    assert told.code == "CK-W410"
    assert says in told.message


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("refs.bibtex", TEXT, "Über Flüße – “Reeds”"),
        ("refs.txt", "TY  - BOOK\nID  - k\nTI  - Reeds\nER  - \n", "Reeds"),
        ("refs", '[{"id": "k", "type": "book", "title": "Reeds"}]', "Reeds"),
        ("refs.dat", "references:\n- id: k\n  type: book\n  title: Reeds\n", "Reeds"),
    ],
)
def test_the_text_tells_the_format(
    store: ArchiveStore, tmp_path: Path, name: str, text: str, title: str
) -> None:
    """Where the name says nothing, the text does."""
    (tmp_path / name).write_text(text, "utf-8")

    import_file(store, tmp_path / name)

    assert store.item("k").title == title


def test_a_text_of_no_format_is_refused(store: ArchiveStore, tmp_path: Path) -> None:
    """Prose is no bibliography, and the hint names the way out."""
    (tmp_path / "letter.txt").write_text("Dear Nils, the reeds are high.\n", "utf-8")

    with pytest.raises(UsageError, match="cannot tell the format") as refused:
        import_file(store, tmp_path / "letter.txt")

    assert "--format" in str(refused.value.hint)
