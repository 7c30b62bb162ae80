"""What a reader of a few articles writes in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from citekit import Annotated, Archive, ArchivedItem, Cited, Claim, Entity, Hit, Item, Row, Rows


def reading(folder: Path) -> str:
    """Archive, cite and annotate an article."""
    archive = Archive.open(folder)
    added = archive.add("article.html", url="https://gazette.example/1", fields={"note": "read"})
    assert_type(added.item, Item)
    assert_type(archive.item(added.key), ArchivedItem)
    assert_type(archive.cite([added.key], style="apa", format="html", locator="page 4"), Cited)
    assert_type(archive.list(type="webpage", access="public"), Rows[Row])
    assert_type(archive.search("harbour", limit=3)[0], Hit)
    made = archive.annotate(f"{added.key}#p3", note="so many", tags=["figures"])
    assert_type(made, Annotated)
    assert_type(archive.add_entity("Ada Quill", kind="person"), Entity)
    assert_type(archive.link_claim("lanterns", added.key, stance="disputes"), Claim)
    titles = [item.title for item in (archive.item(row.key) for row in archive.list())]
    return "; ".join(titles)
