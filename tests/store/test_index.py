"""The index: as fresh as the files, findable in every script, and never the truth."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.model.capture import Capture
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.index.search_text import fold
from citekit.store.index.sqlite import Index, Row
from citekit.testing.store_builders import add_item, build_annotation, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """Three items: Turkish with a text, Chinese with a note, English with an annotation."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        turkish = build_item(
            "izmir2023",
            title="Türkiye'nin İzmir'deki birliği",
            author=[{"family": "Yıldız", "given": "Ayşe"}],
            publisher="Örnek Gazetesi",
            issued={"date-parts": [[2023, 6, 4]]},
        )
        add_item(writer, turkish, build_capture(text="Asker KIŞLAYA ulaştı.\n\nİkinci bölüm."))
        add_item(writer, build_item("beijing2024", title="北京的新闻", access="public"))
        writer.write_note("beijing2024", "東京タワーと 서울에서 온 소식\n")
        add_item(writer, build_item("plain2025", title="Plain English"))
        note = build_annotation(1, note="The figure is **doubtful**.", tags=("casualties",))
        writer.write_annotations("plain2025", [note])
    return store


def _keys(store: ArchiveStore, query: str) -> list[str]:
    with Index.open(store) as index:
        return [hit.key for hit in index.search(query)]


def _rows(store: ArchiveStore) -> dict[str, Row]:
    with Index.open(store) as index:
        return {row.key: row for row in index.rows()}


def test_rows_have_what_a_list_shows(store: ArchiveStore) -> None:
    """Each item is one row, by key, with its counts."""
    with Index.open(store) as index:
        rows = index.rows()
    assert [row.key for row in rows] == ["beijing2024", "izmir2023", "plain2025"]
    turkish = rows[1]
    assert turkish.names == ("Ayşe Yıldız",)
    assert turkish.issued == "2023-06-04"
    assert (turkish.annotations, turkish.captures, rows[2].annotations) == (0, 1, 1)
    assert (turkish.access, rows[0].access) == ("restricted", "public")


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("turkiye", "izmir2023"),
        ("IZMIR", "izmir2023"),
        ("İzmir", "izmir2023"),
        ("ızmir", "izmir2023"),
        ("yildiz", "izmir2023"),
        ("kışlaya", "izmir2023"),
        ("kislaya ikinci", "izmir2023"),
        ("gazete", "izmir2023"),
        ("北京", "beijing2024"),
        ("京", "beijing2024"),
        ("新闻", "beijing2024"),
        ("タワー", "beijing2024"),
        ("서울", "beijing2024"),
        ("doubt", "plain2025"),
        ("casualties", "plain2025"),
        ("plain2025", "plain2025"),
        ('"plain english"', "plain2025"),
    ],
)
def test_words_are_found_in_every_script(store: ArchiveStore, query: str, key: str) -> None:
    """Accents, case and the Turkish i do not matter; Chinese is found from one sign on."""
    assert _keys(store, query) == [key]


@pytest.mark.parametrize("query", ["", " ", '"', "京北", '"english plain"', "plain kislaya", "***"])
def test_what_is_not_there_is_not_found(store: ArchiveStore, query: str) -> None:
    """Every word must be there, and a phrase in its order."""
    assert _keys(store, query) == []


def test_a_hit_shows_the_place(store: ArchiveStore) -> None:
    """The snippet is cut from the text as it is written, not as it is compared."""
    with Index.open(store) as index:
        (hit,) = index.search("ulasti")
    assert (hit.field, hit.title) == ("text", "Türkiye'nin İzmir'deki birliği")
    assert hit.snippet == "Asker KIŞLAYA ulaştı. İkinci bölüm."
    assert hit.score > 0


def test_a_key_is_the_last_place_to_show(store: ArchiveStore) -> None:
    """A key is made of words of the others; it is shown where it alone has the words."""
    with Index.open(store) as index:
        assert [hit.field for hit in index.search("plain")] == ["title"]
        assert [hit.field for hit in index.search("plain2025")] == ["key"]


@settings(max_examples=60, deadline=None)
@given(query=st.text(max_size=40))
def test_no_query_is_an_error(query: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is typed, quotes, stars and NULs too, is taken as words."""
    root = tmp_path_factory.getbasetemp() / "any-query"
    store = ArchiveStore.open(root) if root.exists() else ArchiveStore.create(root)
    with Index.open(store) as index:
        assert index.search(query) == []


@given(text=st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """A word of the query and a word of the text come to the same form."""
    once = fold(text)
    assert fold(once).split() == once.split()


def test_changes_show_at_once(store: ArchiveStore) -> None:
    """Edits by citekit, by hand, renames and removals are seen the next time it is opened."""
    assert _keys(store, "novel") == []
    with store.writing() as writer:
        writer.replace_item(store.item("plain2025").with_data(title="A novel title"))
    assert _keys(store, "novel") == ["plain2025"]
    store.layout.note_file("izmir2023").write_text("A novel note")
    assert set(_keys(store, "novel")) == {"plain2025", "izmir2023"}
    store.layout.note_file("izmir2023").write_text("Another note")
    assert _keys(store, "novel") == ["plain2025"]
    with store.writing() as writer:
        item = store.item("plain2025")
        named = item.with_facts(replace(item.facts, aliases=("plain2025",)))
        writer.rename_item("plain2025", named.with_data(id="novel2025"))
        writer.remove_item("izmir2023")
    with Index.open(store) as index:
        assert [row.key for row in index.rows()] == ["beijing2024", "novel2025"]
        assert [hit.key for hit in index.search("plain2025")] == ["novel2025"]
        assert index.search("kislaya") == []


@pytest.fixture
def glanced(store: ArchiveStore) -> ArchiveStore:
    """An archive whose index has found everything unchanged, and remembers how that looks."""
    Index.open(store).close()
    time.sleep(0.1)  # files that changed a moment ago are read again
    for _ in range(2):
        Index.open(store).close()
    with closing(sqlite3.connect(store.layout.index_file)) as connection:
        assert connection.execute("SELECT 1 FROM facts WHERE name = 'glance'").fetchone()
    return store


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("item.json", '{"id": "izmir2023", "type": "book", "title": "Unheard"}'),
        ("note.md", "Unheard"),
        ("annotations.jsonl", '{"id": "urn:x", "type": "Annotation", "target": "urn:unheard"}\n'),
    ],
)
def test_a_change_after_a_quiet_time_is_seen(glanced: ArchiveStore, part: str, text: str) -> None:
    """A file written in place, or new, is read again however long nothing has changed."""
    path = glanced.layout.item_folder("izmir2023") / part
    before = _rows(glanced)["izmir2023"], _keys(glanced, "unheard")
    with path.open("w") as file:
        file.write(text)
    assert (_rows(glanced)["izmir2023"], _keys(glanced, "unheard")) != before


def test_items_come_and_go_after_a_quiet_time(glanced: ArchiveStore) -> None:
    """A folder copied in is an item, one moved out is none."""
    items = glanced.layout.items
    (items / "new2026").mkdir()
    (items / "new2026" / "item.json").write_text('{"id": "new2026", "type": "book"}')
    (items / "plain2025").rename(items.parent / "elsewhere")
    assert _rows(glanced).keys() == {"beijing2024", "izmir2023", "new2026"}


def test_a_capture_after_a_quiet_time_is_seen(glanced: ArchiveStore) -> None:
    """A new capture comes with an event in the log, which is how it is noticed."""
    with glanced.writing() as writer:
        capture = build_capture(text="Afterwards")
        writer.add_capture("plain2025", "20270101T000000Z", capture.record, capture.payloads)
    assert _rows(glanced)["plain2025"].captures == 1
    assert _keys(glanced, "afterwards") == ["plain2025"]


def test_a_text_that_comes_back_is_found(store: ArchiveStore) -> None:
    """An absent text is indexed as soon as its payload is put in place, however that happens."""
    capture = store.capture("izmir2023")
    assert isinstance(capture, Capture)
    path = store.layout.restricted_file(capture.payloads["text"].digest)
    data = path.read_bytes()
    path.unlink()
    shutil.rmtree(store.layout.local)
    assert _keys(store, "ulasti") == []
    path.write_bytes(data)
    assert _keys(store, "ulasti") == ["izmir2023"]


def test_holders_of_a_payload(store: ArchiveStore) -> None:
    """The index says which items have a digest, with capture and role."""
    capture = store.capture("izmir2023")
    assert isinstance(capture, Capture)
    digest = capture.payloads["text"].digest
    with Index.open(store) as index:
        assert index.holders(digest) == [("izmir2023", "20261122T141500Z", "text")]
        assert index.holders("sha256:" + "0" * 64) == []


def test_a_broken_item_does_not_hide_the_others(store: ArchiveStore) -> None:
    """What cannot be read is named with its reason; everything else is listed."""
    store.layout.item_file("plain2025").write_text('{"id": "plain2025",')
    with Index.open(store) as index:
        assert [row.key for row in index.rows()] == ["beijing2024", "izmir2023"]
        ((key, reason),) = index.problems()
    assert key == "plain2025"
    assert "item.json:1:20" in reason


DAMAGES = {
    "version": "UPDATE facts SET value = '0'",
    "tables": "DROP TABLE texts",
    "glance": "INSERT OR REPLACE INTO facts VALUES ('glance', '[7]')",
    "view": "CREATE VIEW endless AS SELECT 1",
    "trigger": "CREATE TRIGGER more AFTER INSERT ON items BEGIN SELECT 1; END",
}


@pytest.mark.parametrize(
    "damage", ["noise", "cut", "version", "tables", "middle", "glance", "view", "trigger"]
)
def test_a_damaged_index_is_made_anew(store: ArchiveStore, damage: str) -> None:
    """Nobody hears of it: the answers are right and the file is whole again."""
    Index.open(store).close()
    path = store.layout.index_file
    data = path.read_bytes()
    match damage:
        case "noise":
            path.write_bytes(os.urandom(len(data)))
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "middle":
            path.write_bytes(data[:8192] + os.urandom(len(data) - 8192))
        case _:
            connection = sqlite3.connect(path)
            connection.execute(DAMAGES[damage])
            connection.commit()
            connection.close()
    assert _keys(store, "doubtful") == ["plain2025"]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("end", ["", "-journal", "-wal"])
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_an_index_that_is_no_file_is_not_opened(
    store: ArchiveStore, tmp_path: Path, kind: str, end: str
) -> None:
    """A pipe would be waited for, a link followed; the answers come from memory then."""
    Index.open(store).close()
    path = store.layout.index_file.with_name(store.layout.index_file.name + end)
    path.unlink(missing_ok=True)
    elsewhere = tmp_path / "elsewhere"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to(elsewhere)
    assert _keys(store, "doubtful") == ["plain2025"]
    assert not elsewhere.exists()


def test_the_folder_of_caches_may_vanish(store: ArchiveStore) -> None:
    """Deleting .citekit costs nothing but the time to read again."""
    Index.open(store).close()
    shutil.rmtree(store.layout.local)
    assert _keys(store, "doubtful") == ["plain2025"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="gives up its rights in a child")
@pytest.mark.parametrize("has_index", [True, False])
def test_a_read_only_archive_is_searched(
    store: ArchiveStore, *, has_index: bool, tmp_path: Path
) -> None:
    """Without the right to write, the index lives in memory, and is as fresh as ever."""
    if has_index:
        Index.open(store).close()
        store.layout.note_file("izmir2023").write_text("A fresh note")
    elif store.layout.local.exists():
        shutil.rmtree(store.layout.local)
    before = sorted(tmp_path.rglob("*"))
    for path in (*before, tmp_path):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        found = _without_rights(store.root, "fresh" if has_index else "doubtful")
    finally:
        for path in (tmp_path, *before):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert found == ("izmir2023" if has_index else "plain2025")
    assert sorted(tmp_path.rglob("*")) == before


def _without_rights(root: Path, query: str) -> str:
    """The first hit, as a process sees it that is not root."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                for folder in root.parents:  # what pytest made is for its user alone
                    if not folder.stat().st_mode & 1:
                        folder.chmod(0o755)
                os.setgid(65534)
                os.setuid(65534)
            os.write(writer, _keys(ArchiveStore.open(root), query)[0].encode())
        except BaseException:  # noqa: BLE001  # a child must not go on as a second pytest
            os._exit(3)
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        assert status == 0
        return pipe.read()


def test_many_processes_build_it_at_once(store: ArchiveStore) -> None:
    """Whoever comes second waits for the first and finds the same."""
    code = (
        "import sys; from pathlib import Path; from citekit.store.archive import ArchiveStore\n"
        "from citekit.store.index.sqlite import Index\n"
        "print(len(Index.open(ArchiveStore.open(Path(sys.argv[1]))).rows()))"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(store.root)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in running] == ["3\n"] * 4


def test_progress_is_told(store: ArchiveStore) -> None:
    """Who waits for a long reading hears how far it is."""
    heard: list[tuple[int, int]] = []
    Index.open(store, progress=lambda done, of: heard.append((done, of))).close()
    assert heard == [(1, 3), (2, 3), (3, 3)]
    heard.clear()
    Index.open(store, progress=lambda done, of: heard.append((done, of))).close()
    assert len(heard) <= 3
