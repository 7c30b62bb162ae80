"""No command that makes something for others lets out what is private, or text that is restricted.

The whole search, with every builder of Sphinx, is ``tests/bench/marker_search.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bagit
import pytest

from citekit.app.changing.edit import set_fields
from citekit.testing.leaks.marked import HIDDEN, KEPT, Marked, build_marked, citekit, make_outputs
from citekit.testing.leaks.markers import search_folder

if TYPE_CHECKING:
    from pathlib import Path

SHORT = (
    *("bagit-zip", "ro-crate", "prov", "bagit-one", f"bundle-{KEPT}", "site"),
    *("cite-text", "cite-biblatex", "cite-json", "log"),
)


@pytest.fixture
def marked(tmp_path: Path) -> Marked:
    """An archive full of markers."""
    return build_marked(tmp_path)


def test_no_output_has_what_it_may_not(marked: Marked, tmp_path: Path) -> None:
    """Packages, proofs, lists, the log, a site and what git takes; all of it unpacked."""
    forbidden = {**marked.private, **marked.text}
    assert {found.marker for found in search_folder(marked.root, forbidden)} >= {
        "private words",
        "restricted text",
    }

    for folder in make_outputs(marked, tmp_path / "out", only=SHORT):
        hidden = forbidden if folder.name == "git" else {**forbidden, **marked.withdrawn}
        assert [str(found) for found in search_folder(folder, hidden)] == []
        assert search_folder(folder, {"the record": b"kept2024"})


def test_with_restricted_texts_private_things_stay_out(marked: Marked, tmp_path: Path) -> None:
    """Whoever asks for all texts gets those of restricted items, and nothing private."""
    target = tmp_path / "out" / "bag"
    words = ("export", "--format", "bagit", "--output", str(target), "--with-restricted")

    citekit(marked.root, *words)

    assert [str(found) for found in search_folder(target, marked.private)] == []
    assert search_folder(target, marked.text)
    bagit.Bag(str(target)).validate()


def test_a_bag_beside_private_things_is_valid(marked: Marked, tmp_path: Path) -> None:
    """For another's validator, whatever lies in the archive; and it is as whole as it says."""
    set_fields(marked.archive.store, HIDDEN, {"note": "changed since the seal"})

    marked.archive.export(tmp_path / "bag", format="bagit")
    marked.archive.export(tmp_path / "part", format="bagit", only=["boats"])

    for name in ("bag", "part"):
        bagit.Bag(str(tmp_path / name)).validate()
    assert citekit(tmp_path / "bag" / "data", "verify")
