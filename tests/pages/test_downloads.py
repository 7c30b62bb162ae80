"""Files beside the pages: which there are, and what may be in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from citekit.app.sealing.seal import seal
from citekit.pages.downloads import make_downloads
from citekit.pages.library import Library
from citekit.testing.builders import Source, build_archive
from citekit.testing.sites import Tags

if TYPE_CHECKING:
    from pathlib import Path

HARD = '<b>"Old" & new</b><script>alert(1)</script>\n'


def files(root: Path, *sources: Source, with_restricted: bool = False) -> dict[str, str]:
    """The files of a sealed archive of these sources."""
    seal(build_archive(root, list(sources) or None))
    return dict(make_downloads(Library.read(root, with_restricted=with_restricted)))


def test_each_source_has_its_data_and_its_proof(tmp_path: Path) -> None:
    """Three formats, a proof and the program that checks it; an old key leads on."""
    made = files(tmp_path / "archive")

    tide = {name.removeprefix("items/tide2023") for name in made if "tide2023" in name}
    assert tide == {".json", ".ris", ".bib", ".citekit-proof.json"}
    assert "check_proof.py" in made
    assert 'href="harbour2024.html"' in made["items/ferries2024.html"]
    assert json.loads(made["items/tide2023.json"])[0]["id"] == "tide2023"


def test_data_of_a_restricted_source_holds_no_text_of_it(tmp_path: Path) -> None:
    """An abstract is text: it is in no file, and the record that has it is in no proof."""
    source = Source(key="shut", data={"title": "Shut", "abstract": "KEPT BACK"}, text="Shut.\n")

    public = files(tmp_path / "one", source)
    private = files(tmp_path / "two", source, with_restricted=True)

    assert [name for name, text in public.items() if "KEPT BACK" in text] == []
    assert "items/shut.citekit-proof.json" not in public
    assert "KEPT BACK" in private["items/shut.json"]
    assert "items/shut.citekit-proof.json" in private


def test_an_abstract_that_a_bibliography_came_with_is_shown(tmp_path: Path) -> None:
    """Nothing of the article was ever captured: it is no archived text."""
    source = Source(key="shut", data={"title": "Shut", "abstract": "We study tides."})
    assert "We study tides." in files(tmp_path / "one", source)["items/shut.json"]


def test_a_page_at_an_old_key_holds_words_alone(tmp_path: Path) -> None:
    """The title of the source is quoted where it leads on, and a private page is not indexed."""
    source = Source(key="now", data={"title": HARD}, access="public", aliases=("then",))

    page = files(tmp_path / "one", source)["items/then.html"]
    private = files(tmp_path / "two", source, with_restricted=True)["items/then.html"]

    assert {tag for tag, _ in Tags(page).tags} <= {
        *("html", "head", "meta", "link", "title", "script", "body", "p", "a")
    }
    assert "<script>alert" not in page
    assert "noindex" not in page
    assert '<meta name="robots" content="noindex">' in private
