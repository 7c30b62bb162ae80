"""The reading note of a withheld text, cut into what is said of each paragraph and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.pages.library import Library
from citekit.pages.text.article import make_article
from citekit.pages.text.digest import make_digest
from citekit.testing.builders import Source, build_archive

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.pages.text.digest import Digest

TEXT = "One reed.\n\nTwo reeds.\n\nThree reeds."
NOTE = """\
Before all.

{ck:passage}`The second <reed2024#p2>` tells
of two.

{ck:passage}`reed2024#p9` is not there, and {ck:passage}`gull2024#p1` is of another.

{ck:passage}`reed2024#p3` has the last word.

{ck:passage}`reed2024#p3` again.

```
{ck:passage}`reed2024#p1`

```
"""


def digest_of(root: Path, access: str) -> Digest:
    """The digest of the invented note, where the text may be shown or not."""
    source = Source(
        key="reed2024",
        data={"title": "Reed"},
        text=TEXT,
        note=NOTE,
        access="public" if access == "public" else "restricted",
    )
    build_archive(root, [source])
    library = Library.read(root)
    return make_digest(library, make_article(library, "reed2024"))


def test_each_paragraph_gets_what_begins_with_a_link_to_it(tmp_path: Path) -> None:
    """The lines keep their numbers, so that a warning about them names the right place."""
    digest = digest_of(tmp_path / "archive", "restricted")

    gists = {n: (e.text().strip(), e.attributes["line"]) for n, e in digest.gists.items()}
    assert gists == {
        2: ("{ck:passage}`The second <reed2024#p2>` tells\nof two.", "3"),
        3: ("{ck:passage}`reed2024#p3` has the last word.", "8"),
    }
    rest = [(piece.text(), piece.attributes["line"]) for piece in digest.rest]
    assert [line for _, line in rest] == ["1", "6", "10"]
    assert rest[-1][0].startswith("{ck:passage}`reed2024#p3` again.")
    assert rest[-1][0].rstrip().endswith("```")


def test_beside_a_text_the_note_stays_whole(tmp_path: Path) -> None:
    """Where the text itself can be read the note is one piece, as its author wrote it."""
    digest = digest_of(tmp_path / "archive", "public")

    assert digest.gists == {}
    assert [piece.text() for piece in digest.rest] == [NOTE]
