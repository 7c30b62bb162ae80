"""An item with two captures: the newest text is shown, and nothing of the older one is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import Archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.model.item import Access
    from citekit.testing.sites import Site

URL = "https://quay.example/tide"
OLD, NEW = "20261122T141500Z", "20261123T141500Z"


def text(more: str) -> bytes:
    """A news text of our own."""
    return (
        "Tide mill grinds again\n\n5 March 2024\n\nThe tide mill at the northern quay ground its "
        f"first flour on Tuesday{more}, after nine years in which the wheel had not turned once "
        "and the race had filled with sand and with weed.\n"
    ).encode()


@pytest.mark.parametrize("access", ["public", "restricted"])
def test_the_page_of_an_item_with_two_captures(
    tmp_path: Path, make_site: Callable[..., Site], access: Access
) -> None:
    """Whose text it is stands at the top; both captures, and the notes of both, are on the page."""
    archive = Archive.create(tmp_path / "archive")
    first = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)
    archive.add(text(""), url=URL, key="tide2024", access=access, now=first, name="tide.txt")
    archive.annotate("tide2024", quote="ground its first flour", note="How much of it?")
    added = archive.add(text(" evening"), url=URL, now=first.replace(day=23), name="tide-again.txt")
    assert added.capture == NEW
    archive.annotate("tide2024", quote="Tuesday evening", note="Not in the morning.")

    page = make_site(
        "-W", "--keep-going", pages={"index.md": "# Tides\n\n{ck:item}`tide2024`\n"}
    ).read("items/tide2024.html")
    head, _, rest = page.partition('id="text"')
    assert "2 captures" in head
    assert f'href="#capture-{NEW}"' in head
    assert f'href="#capture-{OLD}"' not in head
    assert page.index(f'id="capture-{NEW}"') < page.index(f'id="capture-{OLD}"')
    notes = page[page.index('id="notes"') :]
    assert "How much of it?" in notes
    assert "ground its first flour" in notes
    assert f'href="#capture-{OLD}"' in notes
    assert "Not in the morning." in rest
    assert ("after nine years" in page) == (access == "public")
