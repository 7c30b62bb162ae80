"""Pages that are copies of web archives: the record has the original, and the copy beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit import Archive

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = "https://courier.example/2023/crane"
COPY = f"https://web.archive.org/web/20230605101112/{ORIGINAL}"
PAGE = """<html lang="en"><head><title>Harbour board keeps the old crane</title>{head}</head>
<body><article><h1>Harbour board keeps the old crane</h1>
<p>The harbour board of Lanternfish voted on Tuesday to keep the wooden crane.</p>
</article></body></html>"""
CANONICAL = f'<link rel="canonical" href="{COPY}">'


@pytest.mark.parametrize(("head", "url"), [(CANONICAL, None), ("", COPY), (CANONICAL, COPY)])
def test_a_copy_is_cited_as_its_original(tmp_path: Path, head: str, url: str | None) -> None:
    """Whether the page says it or the user, the original is cited, and the copy is kept."""
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(head=head), "utf-8")
    archive = Archive.create(tmp_path / "a")

    item = archive.add(file, url=url).item

    assert item.data["URL"] == ORIGINAL
    assert item.data["custom"]["citekit"]["archived"] == [
        {"url": COPY, "at": "2023-06-05T10:11:12Z", "name": "Wayback Machine"}
    ]
    chosen = [one["value"] for one in item.facts.evidence["URL"] if one["chosen"]]
    assert chosen == [ORIGINAL]


def test_what_is_chosen_is_what_the_record_has(tmp_path: Path) -> None:
    """Of a page that SingleFile saved with a tracking word, the canonical address is cited."""
    saved = f"<!--\n Page saved with SingleFile \n url: {ORIGINAL}?from=mail \n"
    saved += " saved date: Mon Jun 05 2023 12:03:11 GMT+0200 (Central European Summer Time)\n-->"
    head = f'<link rel="canonical" href="{ORIGINAL}">'
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(head=head).replace("<head>", f"{saved}<head>"), "utf-8")

    item = Archive.create(tmp_path / "a").add(file).item

    chosen = [one["value"] for one in item.facts.evidence["URL"] if one["chosen"]]
    assert chosen == [item.data["URL"]] == [ORIGINAL]
