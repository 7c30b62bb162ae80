"""The cache that answers ``list`` and ``search``: SQLite and FTS5 under ``.citekit/``.

Never the truth: it looks at the files each time it is opened and reads again what has changed. It
is made anew when it is damaged or of another version, and lives in memory where the folder cannot
be written. No other module of citekit knows SQLite.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from citekit.errors import CitekitError, InvalidData
from citekit.model.value import Value, as_dict
from citekit.store import files
from citekit.store.index import search_text as folding
from citekit.store.index.index_entry import read_entry
from citekit.store.index.refresh import (
    Changes,
    Glance,
    Seen,
    glance,
    group,
    look,
    look_at_each,
    look_for,
    look_inside,
)
from citekit.store.index.search_text import Phrase, fold, phrases
from citekit.store.index.snippet import best_field, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from citekit.store.index.index_entry import Entry
    from citekit.store.reading import ArchiveReader

    Progress = Callable[[int, int], None]

VERSION: Final = f"9, folding {folding.VERSION}"
"""Of index.sql and entry.py (raise the number when they change) and of what words look like."""

_FIELDS: Final = ("key", "title", "names", "publisher", "tags", "note", "annotations", "text")
_WEIGHTS: Final = "10, 8, 4, 2, 4, 2, 3, 1"
_WAIT_S: Final = 60.0  # another process may be reading ten thousand items right now
# Shorter words are taken whole: "to*" would be in every text. Two signs are a word in Korean.
_PREFIX_FROM: Final = 3

_NEVER: Final = Seen(parts="", look=0)

# What SQLite says of a file that it cannot use but that may be whole; all else is damage.
_OUT_OF_REACH: Final = frozenset(
    [
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    ]
)


class Row(NamedTuple):  # ten thousand frozen dataclasses would take twice the time of the query
    """One item as ``list`` shows it. ``names`` are the authors, else the editors, and so on.

    ``author`` is the same in short: ``Lund & Díaz``. ``added`` is the instant of its first capture,
    of a record alone that of its last change; ``variables`` are the CSL variables that it has.
    """

    key: str
    title: str
    names: tuple[str, ...]
    issued: str
    container: str
    publisher: str
    type: str
    access: str
    url: str
    annotations: int
    captures: int
    author: str
    year: int | None
    tags: tuple[str, ...]
    added: str
    variables: tuple[str, ...]


class Hit(Value):
    """One item that a search found: ``score`` is higher for better, ``field`` has the words."""

    key: str
    title: str
    field: str
    snippet: str
    score: float


class Index:
    """The index of one archive, as fresh as its files; close it, or use it in a ``with``."""

    def __init__(
        self, store: ArchiveReader, progress: Progress | None = None, *, is_fresh: bool = False
    ) -> None:
        self._store = store
        self._progress = progress
        self._is_fresh = is_fresh
        self.is_kept = False
        """Whether what it has read is on the disk, for the next one that is opened."""
        self._connection = self._connect()

    @classmethod
    def open(
        cls, store: ArchiveReader, *, progress: Progress | None = None, is_fresh: bool = False
    ) -> Self:
        """The refreshed index; ``progress`` hears how many of how many items have been read.

        With ``is_fresh`` it does not look at the items, unless it has to be made.
        """
        return cls(store, progress, is_fresh=is_fresh)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it may never have been opened
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # ── questions ──────────────────────────────────────────────────────────────────────────────

    def rows(self) -> list[Row]:
        """Every readable item, in the order of the keys."""
        found = self._ask(
            f"SELECT {', '.join(Row._fields)} FROM items WHERE problem IS NULL ORDER BY key"  # noqa: S608  # ours
        )
        return [_row(*columns) for columns in found]

    def problems(self) -> list[tuple[str, str]]:
        """Keys of items that cannot be read, each with the reason."""
        return self._ask("SELECT key, problem FROM items WHERE problem IS NOT NULL ORDER BY key")

    def search(self, query: str, *, limit: int = 20) -> list[Hit]:
        """The items that hold every word of the query, best first.

        Case and accents do not count, the end of a word may be missing; quotes keep words together.
        """
        asked = phrases(query)
        if not asked:
            return []
        found = self._ask(
            # The few best are chosen first: sorting all with their texts would read these all.
            "SELECT badness, texts.* FROM"  # noqa: S608  # ours
            f" (SELECT words.rowid AS number, bm25(words, {_WEIGHTS}) AS badness FROM words"
            " JOIN items ON items.id = words.rowid WHERE words MATCH ?"
            " ORDER BY badness, items.key LIMIT ?)"
            " JOIN texts ON texts.id = number ORDER BY badness, texts.key",
            (" AND ".join(map(_match, asked)), max(limit, 0)),
        )
        return [_hit(texts, -badness, asked) for badness, _, *texts in found]

    def holders(self, digest: str) -> list[tuple[str, str, str]]:
        """Key, stamp and role of each payload with this digest."""
        return self._ask(
            "SELECT key, stamp, role FROM payloads JOIN items ON items.id = item"
            " WHERE digest = ? ORDER BY key, stamp, role",
            (digest,),
        )

    def at(self, address: str) -> list[str]:
        """The keys of the items that are known at this address, as ``compared_address`` has it."""
        found = self._ask(
            "SELECT key FROM addresses JOIN items ON items.id = item"
            " WHERE address = ? ORDER BY key",
            (address,),
        )
        return [key for (key,) in found]

    def _ask(self, query: str, values: tuple[str | int, ...] = ()) -> list[Any]:
        """The answer; damage that shows only now makes the index anew, once."""
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error:
            self.close()
            self._remove_file()
            self._connection = self._connect()
            return self._connection.execute(query, values).fetchall()

    # ── opening ────────────────────────────────────────────────────────────────────────────────

    def _connect(self) -> sqlite3.Connection:
        """A connection to a refreshed index, on the disk if that can be, else in memory."""
        self.is_kept = False
        for _ in range(2):
            try:
                connection = self._refreshed(_connect(self._store))
            except CitekitError:
                break  # no folder for it
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUT_OF_REACH:
                    break
                self._remove_file()
            else:
                self.is_kept = True
                return connection
        try:
            return self._refreshed(_copied(self._store))
        except (sqlite3.Error, CitekitError):
            return self._refreshed(sqlite3.connect(":memory:", isolation_level=None))

    def _remove_file(self) -> None:
        path = self._store.layout.index_file
        for name in (path.name, f"{path.name}-journal"):
            with suppress(CitekitError):
                files.remove_file(path.with_name(name))

    def _refreshed(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        try:
            _Refresh(self._store, connection, self._progress).run(is_fresh=self._is_fresh)
        except BaseException:
            connection.close()
            raise
        return connection


class _Refresh:
    """One look at the archive, and what follows from it."""

    def __init__(
        self, store: ArchiveReader, connection: sqlite3.Connection, progress: Progress | None
    ) -> None:
        self._store = store
        self._connection = connection
        self._progress = progress

    def run(self, *, is_fresh: bool) -> None:
        """Read again what has changed since the last time; usually nothing."""
        if self._is_ours() and (is_fresh or not self._may_have_changed()):
            return
        with _transaction(self._connection):
            if not self._is_ours():  # nor has another process made the tables meanwhile
                _make_tables(self._connection)
            self._take_in(self._look(self._known()))

    def _may_have_changed(self) -> bool:
        """Compare with the last glance; where that differs, look at each item."""
        items, elsewhere = self._store.layout.items, _elsewhere(self._store)
        before = self._glance()
        if before and before == glance(items, before.groups, elsewhere):
            return False
        known = self._known()
        now = glance(items, group(items, known), elsewhere)  # first, lest a change falls between
        changes = self._look(known)
        if changes.changed or changes.gone or self._texts_may_be_back() or self._renoted():
            return True
        self._keep(now)
        return False

    def _look(self, known: dict[str, tuple[str, int]]) -> Changes:
        """Each item's look, wherever it lies; its folder has the same name in both places."""
        layout = self._store.layout
        changes = look(layout.items, known)
        if not layout.sees_private or not layout.private_items.is_dir():
            return changes
        private = look(layout.private_items, known)
        return Changes(
            changed={**changes.changed, **private.changed}, gone=changes.gone & private.gone
        )

    def _renoted(self) -> set[str]:
        """The folders of the items whose private notes have changed."""
        now, before = _private_notes(self._store), json.loads(self._fact("notes") or "{}")
        return {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}

    def _glance(self) -> Glance | None:
        text = self._fact("glance")
        try:
            return Glance(**json.loads(text)) if text else None
        except (TypeError, ValueError) as error:
            raise sqlite3.DatabaseError("no glance of ours") from error

    def _keep(self, now: Glance) -> None:
        """Remember the glance, unless it found something amiss or another process is writing."""
        if now.number:
            with suppress(sqlite3.OperationalError):
                self._connection.execute("PRAGMA busy_timeout = 0")
                values = ("glance", json.dumps(as_dict(now)))
                self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", values)
            self._connection.execute(f"PRAGMA busy_timeout = {_WAIT_S * 1000:.0f}")

    def _is_ours(self) -> bool:
        """Whether the tables are there; raises DatabaseError when they are not such as we make."""
        if not self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return False
        if self._fact("version") != VERSION:
            raise sqlite3.DatabaseError("another version")
        programs = "SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger') LIMIT 1"
        if self._connection.execute(programs).fetchone():  # we make none: they could run for ever
            raise sqlite3.DatabaseError("somebody else's tables")
        return True

    def _fact(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _known(self) -> dict[str, tuple[str, int]]:
        known = self._connection.execute("SELECT folder, parts, look FROM items")
        return {folder: (parts, number) for folder, parts, number in known}

    def _texts_may_be_back(self) -> bool:
        """Whether a text was absent, and payloads have come since."""
        query = "SELECT 1 FROM items WHERE lacks_text LIMIT 1"
        if not self._connection.execute(query).fetchone():
            return False
        return self._fact("payloads") != _payload_folders(self._store)

    def _take_in(self, changes: Changes) -> None:
        payloads = _payload_folders(self._store)
        hidden = self._store.superseded()
        again = dict.fromkeys([*self._back(), *self._renoted() - changes.gone], _NEVER)
        notes = json.dumps(_private_notes(self._store))
        changed: dict[str, Seen] = {**again, **changes.changed}
        for folder in {*changes.gone, *changed, *hidden}:
            self._forget(folder)
        for number, (folder, seen) in enumerate(sorted(changed.items()), 1):
            if folder not in hidden and self._store.may_be_seen(folder):
                self._insert(read_entry(self._store, folder), seen.settled())
            if self._progress:
                self._progress(number, len(changed))
        for name, value in (("payloads", payloads), ("notes", notes), ("version", VERSION)):
            self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def _back(self) -> list[str]:
        """Folders of the items whose text was absent and is here now."""
        lacking = self._connection.execute(
            "SELECT folder, digest FROM items JOIN payloads ON item = items.id"
            " WHERE lacks_text AND role = 'text'"
        )
        return [folder for folder, digest in lacking if self._store.payload_path(digest)]

    def _forget(self, folder: str) -> None:
        ask = self._connection.execute
        query = "SELECT texts.* FROM items JOIN texts USING (id) WHERE items.folder = ?"
        row = ask(query, (folder,))
        for number, *texts in row.fetchall():
            # The table of words keeps no copy of the texts: it must be told what to take out.
            ask(
                "INSERT INTO words (words, rowid, key, title, names, publisher, tags, note,"
                " annotations, text) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (number, *map(fold, texts)),
            )
            ask("DELETE FROM texts WHERE id = ?", (number,))
            ask("DELETE FROM payloads WHERE item = ?", (number,))
            ask("DELETE FROM addresses WHERE item = ?", (number,))
            ask("DELETE FROM items WHERE id = ?", (number,))

    def _insert(self, entry: Entry, seen: Seen) -> None:
        ask = self._connection.execute
        columns = {**entry.columns, "parts": seen.parts, "look": seen.look}
        names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        number = ask(f"INSERT INTO items ({names}) VALUES ({marks})", columns).lastrowid  # noqa: S608  # ours
        texts = [entry.texts.get(field, "") for field in _FIELDS]
        ask("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *texts))
        ask(
            "INSERT INTO words (rowid, key, title, names, publisher, tags, note, annotations, text)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *map(fold, texts)),
        )
        self._connection.executemany(
            "INSERT INTO payloads VALUES (?, ?, ?, ?)", [(number, *row) for row in entry.payloads]
        )
        self._connection.executemany(
            "INSERT INTO addresses VALUES (?, ?)",
            [(number, address) for address in sorted(entry.addresses)],
        )


def _connect(store: ArchiveReader) -> sqlite3.Connection:
    """The file of the index, made when it is absent."""
    path = _plain_file(store)
    if not path.exists():
        files.make_folder(path.parent, root=store.root)
    connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    # Removed text leaves no trace in free pages, and a crash costs no more than a new index.
    connection.executescript("PRAGMA secure_delete = ON; PRAGMA synchronous = NORMAL;")
    return connection


def _plain_file(store: ArchiveReader) -> Path:
    """Where the index is or will be; raises InvalidData for what SQLite would wait for, or follow.

    An archive may come from a stranger with its ``.citekit``: a named pipe in it stops whoever
    opens it.
    """
    path = store.layout.check_inside(store.layout.index_file)
    for name in (path.name, *(f"{path.name}-{end}" for end in ("journal", "wal", "shm"))):
        place = path.with_name(name)
        with suppress(OSError):
            if not stat.S_ISREG(os.lstat(place).st_mode):
                raise InvalidData("is no file", place=str(place), hint="delete it")
    return path


def _copied(store: ArchiveReader) -> sqlite3.Connection:
    """A copy in memory of an index that can be read and not written."""
    path = _plain_file(store).absolute()
    memory = sqlite3.connect(":memory:", isolation_level=None)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source:
        source.backup(memory)
    return memory


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _make_tables(connection: sqlite3.Connection) -> None:
    sql = Path(__file__).with_name("index.sql").read_text(encoding="utf-8")
    for statement in sql.split(";\n"):  # executescript() would end the transaction
        connection.execute(statement)


def _payload_folders(store: ArchiveReader) -> str:
    """How the folders of payloads look; it differs as soon as one of them gains a file."""
    layout = store.layout
    tops = [layout.objects, layout.restricted]
    if layout.sees_private:
        tops.append(layout.private / "objects")
    return ";".join(look_inside(top / "sha256") for top in tops)


def _private_notes(store: ArchiveReader) -> dict[str, int]:
    """The folders of the items that have private notes, with the look of these."""
    layout = store.layout
    return look_for(layout.private_notes, "annotations.jsonl") if layout.sees_private else {}


def _elsewhere(store: ArchiveReader) -> str:
    """How the payloads and the log look, where a new capture shows, and all that is private."""
    layout = store.layout
    private = ""
    if layout.sees_private:
        private = f"{look_at_each(layout.private_items)};{_private_notes(store)}"
    return f"{_payload_folders(store)};{look_inside(layout.log)};{private}"


def _match(phrase: Phrase) -> str:
    """One phrase in the language of FTS5; tokens are words, so nothing in them needs escaping."""
    last = phrase.tokens[-1]
    is_open = not phrase.is_quoted and len(last) >= (_PREFIX_FROM if last.isascii() else 2)
    return f'"{" ".join(phrase.tokens)}"{"*" if is_open else ""}'


def _row(key: str, title: str, names: str, *others: Any) -> Row:  # noqa: ANN401  # as SQLite has it
    """A row with its lists, in the columns one a line."""
    *plain, tags, added, variables = others
    return Row._make((key, title, _lines(names), *plain, _lines(tags), added, _lines(variables)))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _hit(texts: list[str], score: float, query: list[Phrase]) -> Hit:
    number = best_field(texts, query)
    return Hit(
        key=texts[0].split()[0],  # the aliases follow
        title=texts[1],
        field=_FIELDS[number],
        snippet=cut(texts[number], query),
        score=round(score, 4),
    )


def sqlite_features() -> tuple[str, bool]:
    """The version of SQLite here, and whether it has full text search."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE probe USING fts5 (word)")
        except sqlite3.Error:
            return sqlite3.sqlite_version, False
    return sqlite3.sqlite_version, True
