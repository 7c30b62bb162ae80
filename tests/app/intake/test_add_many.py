"""Many sources at once: they come in together, and each as if it had come alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive, StoreConflict, ToAdd
from citekit.app.sealing.signing_keys import keygen
from citekit.errors import CitekitError, UsageError
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.app.intake.add import Added
    from citekit.app.intake.known_source import Answer

NUMBERS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def page(number: str, more: str = "") -> bytes:
    """A page of our own: a title, a date and a text."""
    return f"""<!doctype html><html lang="en"><head><title>{number} boats at the pier</title>
<meta name="date" content="2024-05-06"></head><body><article><h1>{number} boats at the pier</h1>
<p>{number} boats lay at the pier on Monday, and the harbour master counted them twice{more}.</p>
<p>Nobody had seen so many there since the summer in which the lighthouse was built.</p>
</article></body></html>""".encode()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive.create(tmp_path / "a")


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    """Ten pages, which differ."""
    paths = [tmp_path / f"{number.lower()}.html" for number in NUMBERS]
    for path, number in zip(paths, NUMBERS, strict=True):
        path.write_bytes(page(number))
    return paths


def keys(outcomes: list[Added | CitekitError]) -> list[str]:
    """The key of each, or what its error is."""
    return [type(o).__name__ if isinstance(o, CitekitError) else o.key for o in outcomes]


def test_many_are_as_if_each_had_come_alone(
    archive: Archive, pages: list[Path], tmp_path: Path
) -> None:
    """Keys, records, captures, texts, and the events of the log."""
    alone = Archive.create(tmp_path / "alone")
    one_by_one = [alone.add(path) for path in pages]
    together = list(archive.add_all(pages))
    assert [added for added in together if isinstance(added, CitekitError)] == []
    assert keys(together) == keys(list(one_by_one))
    for key in alone.store.keys():  # noqa: SIM118  # no mapping
        assert archive.item(key).data == alone.item(key).data
        assert archive.store.text(key) == alone.store.text(key)
        assert archive.store.digests(key) == alone.store.digests(key)
    assert _said(archive) == _said(alone)
    assert archive.verify().exit_code() == 0


def _said(archive: Archive) -> list[tuple[str, str]]:
    """What was done, and where; a capture is named after its time."""
    return [(e["action"], e["subject"].rpartition("/")[0]) for e in _events(archive)]


def _events(archive: Archive) -> list[dict[str, Any]]:
    """What waits for a seal, without the times."""
    entries = LogFolder(archive.store.layout).pending().entries
    return [{**json.loads(entry), "at": None} for entry in entries]


def test_an_error_stands_in_its_place(archive: Archive, pages: list[Path], tmp_path: Path) -> None:
    """It keeps nobody out, whatever is wrong: no file, nothing in it, a key that is taken."""
    empty = tmp_path / "empty.html"
    empty.touch()
    sources: list[Path | ToAdd] = [
        pages[0],
        tmp_path / "nowhere.html",
        ToAdd(source=pages[1], key="mine"),
        empty,
        ToAdd(source=pages[2], key="mine"),
        ToAdd(source=pages[3], key="a key"),
        pages[4],
    ]
    outcomes = list(archive.add_all(sources))
    assert keys(outcomes)[1:6] == [
        "NotFound",
        "mine",
        "InvalidData",
        "StoreConflict",
        "InvalidData",
    ]
    assert set(archive.store.keys()) == {
        added.key for added in outcomes if not isinstance(added, CitekitError)
    }
    assert len(archive.store.keys()) == 3
    taken = outcomes[4]
    assert isinstance(taken, StoreConflict)
    assert "--to mine" in (taken.hint or "")


def test_the_same_bytes_twice_are_one_item(archive: Archive, pages: list[Path]) -> None:
    """Whether the first of them is here already or waits."""
    outcomes = list(archive.add_all([*pages[:2], pages[0], *pages[1:3], pages[2]]))
    first, second, again, known, third, last = keys(outcomes)
    assert (again, known, last) == (first, second, third)
    assert [o.is_new for o in outcomes if not isinstance(o, CitekitError)] == [
        *(True, True, False, False, True, False)
    ]
    assert archive.verify().exit_code() == 0


def test_a_known_address_is_settled_in_its_turn(archive: Archive, pages: list[Path]) -> None:
    """Other bytes of an address that waits become a capture of its item."""
    url = "https://pier.example/boats"
    sources = [ToAdd(source=path, url=url) for path in pages[:2]]
    outcomes = list(archive.add_all([*sources, pages[2]]))
    first, second, third = keys(outcomes)
    assert first == second != third
    assert len(archive.store.stamps(first)) == 2


def test_stopping_leaves_those_that_follow_out(archive: Archive, pages: list[Path]) -> None:
    """Who is asked and stops has what came before, and nothing of what comes after."""
    url = "https://pier.example/boats"
    archive.add(page("Old"), name="old.html", url=url)
    asked: list[str] = []

    def stop(key: str, _address: str) -> Answer:
        asked.append(key)
        assert len(archive.store.keys()) == 3  # two have come in before anybody is asked
        return "stop"

    sources: list[Path | ToAdd] = [*pages[:2], ToAdd(source=pages[2], url=url), *pages[3:]]
    outcomes = archive.add_all(sources, ask=stop)
    found = [next(outcomes) for _ in range(3)]
    outcomes.close()  # type: ignore[attr-defined]  # a generator
    assert isinstance(found[2], UsageError)
    assert len(asked) == 1
    assert len(archive.store.keys()) == 3


def test_what_others_add_meanwhile_is_asked_again_under_the_lock(
    archive: Archive, pages: list[Path]
) -> None:
    """A page that somebody has added since it was read becomes no second item."""

    def sources() -> Iterator[Path]:
        yield from pages[:3]
        Archive.open(archive.store.root).add(pages[1])

    outcomes = list(archive.add_all(sources()))
    assert [o.is_new for o in outcomes if not isinstance(o, CitekitError)] == [True, False, True]
    assert len(archive.store.keys()) == 3


def test_pages_with_the_same_text_share_it(archive: Archive) -> None:
    """Two items, one payload, and it lies where the more open of them says."""
    bytes_of = [b"<!-- " + name + b" -->" + page("One") for name in (b"a", b"b")]
    sources = [
        ToAdd(source=bytes_of[0], name="a.html", access="restricted"),
        ToAdd(source=bytes_of[1], name="b.html", access="public"),
    ]
    outcomes = list(archive.add_all(sources))
    assert len(set(keys(outcomes))) == 2
    assert archive.verify().exit_code() == 0
    shared = archive.store.digests(keys(outcomes)[0]) & archive.store.digests(keys(outcomes)[1])
    (digest,) = shared
    assert archive.store.objects.path(digest, "public").is_file()
    assert not archive.store.objects.path(digest, "restricted").exists()


def test_each_event_says_what_its_own_source_was_told(archive: Archive, pages: list[Path]) -> None:
    """The options of one source are not those of its neighbours."""
    sources: list[Path | ToAdd] = [
        ToAdd(source=pages[0], fields={"title": "By hand"}),
        ToAdd(source=pages[1], access="public"),
        pages[2],
    ]
    outcomes = keys(list(archive.add_all(sources)))
    options = {event["subject"]: event["tool"].get("options", {}) for event in _events(archive)}
    said = [options[f"items/{key}/item.json"] for key in outcomes]
    assert said == [{"fields": ["title"]}, {"access": "public"}, {}]


def test_an_automatic_seal_is_one_for_all(
    tmp_path: Path, pages: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in together is sealed together."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    store = ArchiveStore.create(tmp_path / "sealing")
    with store.layout.settings_file.open("a", encoding="utf-8") as file:
        file.write('\n[log]\norigin = "citekit.invalid/pier"\nseal = "auto"\n')
    keygen("citekit.invalid/pier")
    archive = Archive.open(store.root)
    archive.add(pages[0])
    before = LogFolder(store.layout).standing()
    assert before is not None
    list(archive.add_all(pages[1:]))
    after = LogFolder(store.layout).standing()
    assert after is not None
    assert after.size - before.size == 2 * len(pages[1:]) + 1  # records, captures, one state
    assert archive.verify().exit_code() == 0
