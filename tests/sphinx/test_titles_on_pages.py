"""Titles with the mark-up of CSL-JSON: shown on pages, plain words everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.testing.builders import Source, build_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.testing.sites import Site

TITLE = "CO<sub>2</sub> and <i>Homo <b>sapiens</b></i> of 5 < 6 </b><u>lands</u>"
WORDS = "CO2 and Homo sapiens of 5 < 6 </b><u>lands</u>"


def test_titles_are_shown_as_meant(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """The heading has the mark-up; head, index and inventory have the words."""
    source = Source(key="rich2026", data={"title": TITLE, "type": "book"}, access="public")
    build_archive(tmp_path / "archive", [source])
    built = make_site(
        "-W", pages={"index.md": "# Start\n\n{cite:t}`rich2026` {ck:item}`rich2026`\n"}
    )
    assert built.code == 0, built.said
    page = (built.output / "items" / "rich2026.html").read_text("utf-8")
    assert "<h1>CO<sub>2</sub> and <em>Homo <strong>sapiens</strong></em> of 5 &lt; 6" in page
    head = page.partition("</head>")[0]
    said = WORDS.replace("<", "&lt;").replace(">", "&gt;")
    assert f'<meta name="citation_title" content="{said}"' in head.replace("property=", "name=")
    assert "sub&gt;2" not in head
    index = (built.output / "searchindex.js").read_text("utf-8")
    assert "CO2 and Homo sapiens of 5 < 6" in index
    assert "<sub>" not in index
