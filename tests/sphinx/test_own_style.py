"""A site in a style of one's own: named from conf.py or from the archive."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from citekit import Archive
from citekit.testing.sites import CONF, build_site, write_source

BROUGHT = Path(__file__).parents[1] / "cases" / "csl" / "brought"
PAGE = "# Start\n\nAs {cite:p}`tides` says.\n\n```{bibliography}\n```\n"
ITEM = '[{"id": "tides", "type": "book", "title": "Tides", "author": [{"family": "Okafor"}]}]'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive of one book, and the source of a site beside it."""
    Archive.create(tmp_path / "archive").import_text(ITEM)
    write_source(tmp_path, {"index.md": PAGE})
    return tmp_path


def test_conf_names_a_file_beside_it(root: Path) -> None:
    """A relative path counts from the folder of conf.py, whatever folder one builds from."""
    shutil.copy(BROUGHT / "good" / "journal-of-tides.csl", root / "docs" / "mine.csl")
    (root / "docs" / "conf.py").write_text(f'{CONF}citekit_style = "mine.csl"\n', "utf-8")

    site = build_site(root)

    assert "&lt;" in site.read("index.html")
    assert "Okafor: Tides." in site.read("index.html")


def test_the_archive_names_a_file_beside_it(root: Path) -> None:
    """So does one in archive.toml; what CSL 1.0.2 does not have is a warning of the build."""
    shutil.copy(BROUGHT / "bad" / "institutions.csl", root / "clubs.csl")
    settings = root / "archive" / "archive.toml"
    settings.write_text(f'style = "../clubs.csl"\n{settings.read_text("utf-8")}', "utf-8")

    site = build_site(root)

    assert "clubs.csl:3: <institution> is of CSL-M" in site.said
    assert site.code == 0
