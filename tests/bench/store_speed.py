"""How long list and search take in an archive of 10,000 items: whole processes, start included.

    python tests/bench/store_speed.py [ITEMS] [FOLDER]

The archive is made once in FOLDER (default: a temporary folder) and can be used again. Every text
is made of invented words; half of the items are public, each has a text, every fifth annotations.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from citekit.model.annotation import Passage
from citekit.model.records.codec import to_json
from citekit.model.records.json_text import dump_json, dump_json_line
from citekit.store.archive import ArchiveStore
from citekit.store.index.sqlite import Index
from citekit.testing.store_builders import build_annotation, build_capture, build_item

_WORDS = 500  # a short news text
_RUNS = 9
_OPEN = """\
import sys; from pathlib import Path
from citekit.store.archive import ArchiveStore; from citekit.store.index.sqlite import Index
index = Index.open(ArchiveStore.open(Path(sys.argv[1])))
"""
_LIST = _OPEN + "rows = index.rows(); assert len(rows) == int(sys.argv[2])"
_SEARCH = _OPEN + "assert index.search('kepalo')"
_SEARCH_TWO = _OPEN + "index.search('kepalo mitura \"sanbe lotira\"')"


def main() -> None:
    """Make the archive where it is absent, build its index, time the questions."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(sys.argv[2] if len(sys.argv) > 2 else temporary) / f"archive-{count}"
        if not root.exists():
            _report("make the archive", lambda: _make(root, count))
        store = ArchiveStore.open(root)
        store.layout.index_file.unlink(missing_ok=True)
        _report("build the index", lambda: Index.open(store).close())
        time.sleep(0.2)
        _report("refresh once more", lambda: Index.open(store).close())
        size = store.layout.index_file.stat().st_size
        print(f"{'size of the index':24} {size / 1e6:8.1f} MB")
        for name, code in (
            ("python -c pass", "pass"),
            ("rows", _LIST),
            ("search, one word", _SEARCH),
            ("search, two and a phrase", _SEARCH_TWO),
        ):
            _time(name, code, root, count)


def _make(root: Path, count: int) -> None:
    """Write the files as the store would, without its flushing: 10,000 at once are no use case."""
    chance = random.Random(1)  # noqa: S311  # a bench, no secret
    store = ArchiveStore.create(root)
    vocabulary = [_word(chance) for _ in range(20_000)]
    for number in range(count):
        key = f"item{number:05}"
        access = "public" if number % 2 else "restricted"
        text = _text(chance, vocabulary)
        capture = build_capture(text=text)
        item = build_item(
            key,
            access=access,  # type: ignore[arg-type]  # one of the two
            title=" ".join(chance.choices(vocabulary, k=8)),
            publisher=f"Publisher {number % 40}",
            issued={"date-parts": [[2000 + number % 26, 1 + number % 12]]},
            author=[{"family": chance.choice(vocabulary), "given": "A."}],
            URL=f"https://news.example/{number}",
        )
        folder = store.layout.item_folder(key)
        (folder / "captures").mkdir(parents=True)
        (folder / "item.json").write_text(dump_json(dict(item.data)))
        record = dump_json(to_json(capture.record))
        store.layout.capture_file(key, capture.stamp).write_text(record)
        for digest, data in capture.payloads.items():
            path = store.objects.path(digest, item.facts.access)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if number % 5 == 0:
            passage = Passage(capture=capture.stamp, start=0, end=9)
            notes = [
                build_annotation(number * 3 + i, passage=passage, note=text[:99]) for i in range(3)
            ]
            lines = "".join(dump_json_line(dict(note.data)) for note in notes)
            store.layout.annotations_file(key).write_text(lines)


def _word(chance: random.Random) -> str:
    syllables = chance.choices(
        ["ke", "pa", "lo", "mi", "tu", "ra", "san", "be", "ti", "zi", "nor", "gal", "éa", "çü"], k=3
    )
    return "".join(syllables)


def _text(chance: random.Random, vocabulary: list[str]) -> str:
    words = chance.choices(vocabulary, k=_WORDS)
    return "\n\n".join(" ".join(words[i : i + 80]) for i in range(0, _WORDS, 80))


def _report(name: str, action: object) -> None:
    start = time.perf_counter()
    action()  # type: ignore[operator]  # a function without arguments
    print(f"{name:24} {time.perf_counter() - start:8.2f} s", flush=True)


def _time(name: str, code: str, root: Path, count: int) -> None:
    seconds = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, str(root), str(count)], check=True)
        seconds.append(time.perf_counter() - start)
    low, middle = min(seconds) * 1000, statistics.median(seconds) * 1000
    print(f"{name:24} {middle:8.0f} ms, at best {low:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
