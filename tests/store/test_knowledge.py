"""What one writer remembers of an archive, and what another changes behind its back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import seal
from citekit.errors import StoreConflict
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import Source
from citekit.model.value import replace
from citekit.store.addresses import known_addresses
from citekit.store.archive import ArchiveStore
from citekit.store.folder_names import names_of
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = digest_bytes(b"bytes of one")


@pytest.fixture
def ours(tmp_path: Path) -> ArchiveStore:
    """An archive with one item, whose names and bytes have been asked for."""
    store = ArchiveStore.create(tmp_path / "archive")
    put(store, "one", b"bytes of one")
    assert store.holders.find(DIGEST) == "one"
    assert free(store, "one") == "onea"
    return store


@pytest.fixture
def theirs(ours: ArchiveStore) -> ArchiveStore:
    """The same archive as another process sees it."""
    return ArchiveStore.open(ours.root)


def put(store: ArchiveStore, key: str, data: bytes) -> None:
    """Add an item with these bytes."""
    with store.writing() as writer:
        add_item(writer, build_item(key), build_capture(original=data))


def free(store: ArchiveStore, key: str) -> str:
    """The key that a new item would get."""
    with store.writing() as writer:
        return writer.unique_key(key)


def test_own_changes_are_known(ours: ArchiveStore) -> None:
    """What was added a moment ago is neither added again nor its key given away."""
    put(ours, "two", b"bytes of two")
    assert ours.holders.is_current
    assert ours.holders.find(digest_bytes(b"bytes of two")) == "two"
    assert free(ours, "Two") == "Twoa"


def test_changes_of_others_are_seen(ours: ArchiveStore, theirs: ArchiveStore) -> None:
    """Keys and bytes that another process has added since."""
    put(theirs, "two", b"bytes of two")
    assert not ours.holders.is_current
    assert free(ours, "two") == "twoa"
    assert ours.holders.find(digest_bytes(b"bytes of two")) == "two"
    with pytest.raises(StoreConflict, match="taken"):
        put(ours, "two", b"other bytes")
    put(ours, "TWO", b"other bytes")
    assert ours.layout.folder_name("TWO") == names_of("TWO")[1]


def test_aliases_of_others_are_seen(ours: ArchiveStore, theirs: ArchiveStore) -> None:
    """An alias is taken as a key is."""
    item = theirs.item("one")
    renamed = item.with_facts(replace(item.facts, aliases=("alias",)))
    with theirs.writing() as writer:
        writer.replace_item(renamed)
    assert free(ours, "alias") == "aliasa"


def test_what_others_remove_is_gone(ours: ArchiveStore, theirs: ArchiveStore) -> None:
    """Its key is free again, and its bytes can be added again."""
    with theirs.writing() as writer:
        writer.remove_item("one")
    assert free(ours, "one") == "one"
    assert ours.holders.find(DIGEST) is None


def test_what_we_remove_is_gone(ours: ArchiveStore) -> None:
    """The same for one's own changes."""
    with ours.writing() as writer:
        writer.remove_item("one")
        assert writer.unique_key("one") == "one"
    assert ours.holders.find(DIGEST) is None


def test_a_folder_taken_away_by_hand_is_seen(ours: ArchiveStore) -> None:
    """Without an entry in the log."""
    shutil.rmtree(ours.layout.item_folder("one"))
    assert free(ours, "one") == "one"
    assert ours.holders.find(DIGEST) is None


def test_a_seal_between_changes_nothing(ours: ArchiveStore, theirs: ArchiveStore) -> None:
    """The log has other files then; what is read again is the same."""
    seal(theirs)
    assert ours.holders.find(DIGEST) == "one"
    assert free(ours, "one") == "onea"


def test_a_lost_cache_is_made_again(ours: ArchiveStore) -> None:
    """``.citekit`` may be deleted at any time."""
    put(ours, "two", b"bytes of two")
    shutil.rmtree(ours.layout.local)
    assert ours.holders.find(DIGEST) == "one"


def test_an_index_that_cannot_be_kept_is_not_relied_on(ours: ArchiveStore) -> None:
    """What it reads is in memory and gone with it: the next question reads everything again."""
    path = ours.layout.index_file
    path.unlink()
    path.mkdir()
    ours.holders.forget()
    for _ in range(2):
        assert ours.holders.find(DIGEST) == "one"
        assert not ours.holders.is_current


def test_items_are_known_at_their_addresses(ours: ArchiveStore, theirs: ArchiveStore) -> None:
    """Own items, those of others, and those whose address was changed since."""
    where = "//news.example/1"
    assert ours.holders.at(where) == ("one",)
    put(ours, "two", b"bytes of two")
    assert ours.holders.at(where) == ("one", "two")
    put(theirs, "three", b"bytes of three")
    assert ours.holders.at(where) == ("one", "three", "two")
    assert ours.holders.at("//news.example/2") == ()
    with ours.writing() as writer:
        writer.replace_item(build_item("two", URL="http://News.example/2#top"))
    assert ours.holders.at("//news.example/2") == ("two",)


def test_a_canonical_alone_is_no_address_of_an_item() -> None:
    """What the page says of itself is not counted; what somebody said is, and what answered."""
    made = build_capture(original=b"x").record
    canonical = Source(fact="declared", url="https://a.example/canonical", declared_by="file")
    read = {"URL": ({"value": "https://a.example/canonical", "fact": "observed", "chosen": True},)}
    item = build_item("one", URL="https://a.example/canonical")
    by_page = item.with_facts(replace(item.facts, evidence=read))
    capture = replace(made, source=canonical)

    assert known_addresses(item, []) == {"//a.example/canonical"}  # a record alone
    assert known_addresses(by_page, [capture]) == frozenset()
    given = {"URL": ({"value": "https://a.example/given", "fact": "declared"}, *read["URL"])}
    by_hand = item.with_facts(replace(item.facts, evidence=given))
    moved = replace(capture, final_url="https://a.example/moved")
    assert known_addresses(by_hand, [moved]) == {"//a.example/given", "//a.example/moved"}
