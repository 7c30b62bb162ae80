"""A page that calls the address of another item its own may be a later copy of it: that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.intake.add import add
from citekit.app.intake.together.add_all import add_all
from citekit.model.address import compared_address
from citekit.store.addresses import recorded
from citekit.store.archive import ArchiveStore
from citekit.store.index.sqlite import Index

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://courier.example/2024/tide-mill"


def page(words: str) -> bytes:
    """A page of our own that names its address only by itself."""
    return f"""<!DOCTYPE html><html lang="en"><head><title>Tide mill grinds again</title>
<link rel="canonical" href="{URL}"><meta property="article:published_time" content="2024-03-05">
</head><body><article><h1>Tide mill grinds again</h1><p>The mill at the quay ground flour {words},
after nine years in which its wheel had not turned, and everybody who came had a loaf of it. The
miller says that the wheel will turn each Sunday until the autumn, when the sluice is mended.</p>
</article></body></html>""".encode()


def test_it_becomes_an_item_and_the_other_is_named(tmp_path: Path) -> None:
    """A canonical address alone makes no capture: many pages name another one there."""
    store = ArchiveStore.create(tmp_path / "a")
    first = add(store, page("on Monday"))
    later = add(store, page("on Tuesday"))
    assert (first.is_new, later.is_new) == (True, True)
    assert [finding.code for finding in first.findings] == []
    assert [finding.code for finding in later.findings] == ["CK-I107"]
    assert f"--to {first.key}" in later.findings[0].hint


def test_among_many_it_is_said_too(tmp_path: Path) -> None:
    """Files that are stored together know of each other."""
    store = ArchiveStore.create(tmp_path / "a")
    results = list(add_all(store, [page("on Monday"), page("on Tuesday"), page("on Friday")]))
    told = [[finding.code for finding in one.findings] for one in results]  # type: ignore[union-attr]  # none failed
    assert told[-1] == ["CK-I107"]


def test_who_wants_another_item_hears_nothing(tmp_path: Path) -> None:
    """It was said that it is another one."""
    store = ArchiveStore.create(tmp_path / "a")
    add(store, page("on Monday"))
    assert add(store, page("on Tuesday"), new_item=True).findings == ()


def test_the_index_tells_it_from_where_an_item_is_known(tmp_path: Path) -> None:
    """The sign of a record is no address."""
    store = ArchiveStore.create(tmp_path / "a")
    key = add(store, page("on Monday")).key
    with Index.open(store) as index:
        assert index.at(recorded(URL)) == [key]
        assert index.at(compared_address(URL)) == []
