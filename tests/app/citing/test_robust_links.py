"""References in HTML tell of a public copy of what they lead to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import html

from citekit.app.citing.cite import cite
from citekit.app.citing.robust_links import robust_link
from citekit.model.item import ArchivedCopy, Item, ItemFacts
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://courier.example/pier?a=1&b=2"
COPY = ArchivedCopy(
    url="https://web.archive.example/20240315080000/https://courier.example/pier?a=1&b=2",
    at=datetime(2024, 3, 15, 8, tzinfo=UTC),
)
DATA = {"id": "pier2024", "type": "webpage", "title": "A new pier", "URL": URL}


@pytest.mark.parametrize("style", ["apa", "ieee", "chicago-author-date"])
def test_a_reference_has_its_copy(tmp_path: Path, style: str) -> None:
    """Address, address of the copy, and its day; text and data have none of it."""
    store = ArchiveStore.create(tmp_path / "a")
    with store.writing() as writer:
        writer.add_item(Item.from_json(DATA).with_facts(ItemFacts(archived=(COPY,))))
        writer.add_item(Item.from_json({**DATA, "id": "other2024"}))

    made = html.fromstring(cite(store, ["pier2024"], format="html", style=style).text)

    (link,) = [one for one in made.iter("a") if one.get("href") == URL]
    assert link.get("data-originalurl") == URL
    assert link.get("data-versionurl") == COPY.url
    assert link.get("data-versiondate") == "2024-03-15"
    assert "data-" not in cite(store, ["other2024"], format="html", style=style).text.replace(
        "data-entry", ""
    ).replace("data-line", "").replace("data-second", "")
    assert COPY.url not in cite(store, ["pier2024"], style=style).text


def test_what_leads_nowhere_has_none() -> None:
    """A reference without the link, and a copy that is at no web address, stay as they are."""
    assert robust_link("A new pier.", URL, COPY) == "A new pier."
    opened = '<a href="https://c.example/">c</a>'
    assert robust_link(opened, "https://c.example/", ArchivedCopy(url="javascript:x")) == opened
