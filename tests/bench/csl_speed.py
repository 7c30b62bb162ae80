"""CPU seconds and peak memory of citekit, citeproc-js and pandoc on the same tasks, in one run.

    npm install --prefix build/node citeproc
    pip install pypandoc-binary                # or any pandoc 2.11 or later on the PATH
    python tests/bench/csl_speed.py [--quick]

Every number is of a fresh process from its start to its end: reading styles and items counts. CPU
is user + system time of the child, memory its largest resident set. A dash: not done, or not done
in the time allowed. This prints a table and judges nothing: a loaded machine must not fail a test.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # run as a program, not as a package

from csl_compare import NODE_FOLDER, THEIRS, locales_folder

from citekit.csl import find_style

if TYPE_CHECKING:
    from collections.abc import Iterator

# The child is a program of its own: what this bench imports is not to be counted.
_FORMAT = """\
import json, sys
from citekit.csl import Citation, process
asked = json.load(sys.stdin)
cited = [
    Citation(id=c["citationID"], cites=tuple(c["citationItems"]), note=number)
    for number, (c, _, _) in enumerate(asked.get("citations", ()), 1)
]
made = process(asked["csl"], asked["input"], cited, output="html")
texts = list(made.citations) if cited else [text for _, text in made.bibliography]
json.dump({"result": "\\n".join(texts)}, sys.stdout)
"""
OURS = [sys.executable, "-c", _FORMAT]
LIMIT_S = 300
Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to format: a bibliography of the items, or a document of citations of them."""

    name: str
    style: str
    items: list[Item]
    citations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process used; ``cpu_s`` is None when it failed or took too long."""

    cpu_s: float | None
    peak_mb: float = 0.0

    def __str__(self) -> str:
        return "–" if self.cpu_s is None else f"{self.cpu_s:8.2f} s {self.peak_mb:6.0f} MB"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; always 0."""
    parser = argparse.ArgumentParser(description="citekit, citeproc-js and pandoc side by side")
    parser.add_argument("--quick", action="store_true", help="nothing above 1,000 items")
    parser.add_argument("--only", default="", help="tasks whose name holds this")
    options = parser.parse_args(arguments)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users have compiled modules
    _row("task", "citekit", "citeproc-js", "pandoc")
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks(quick=options.quick):
            if options.only in task.name:
                costs = (ours(task), citeproc_js(task), pandoc(task, Path(folder)))
                _row(task.name, *(str(cost) for cost in costs))
        for name in ("first search of the styles", "search from the cache"):
            if options.only in name:
                _row(name, str(search(Path(folder))), "", "")
    return 0


# --------------------------------------------------------------------------------------- the tasks


def tasks(*, quick: bool) -> Iterator[Task]:
    """Every task, small ones first."""
    sizes = (1, 100, 1000) if quick else (1, 100, 1000, 10_000)
    for style in ("apa", "chicago-author-date", "nature"):
        for size in sizes:
            yield Task(name=f"{style}, {size:,} items", style=style, items=make_items(size))
    for style in ("chicago-notes-bibliography", "chicago-notes-bibliography-subsequent-ibid"):
        yield Task(
            name=f"{style}, 2,000 citations",
            style=style, items=make_items(400), citations=2000,
        )  # fmt: skip
    yield Task(name="apa, 448 authors", style="apa", items=[_many_authors()])
    for style in ("apa", "chicago-author-date"):
        yield Task(
            name=f"{style}, 2,000 of one author and year", style=style, items=_one_author(2000)
        )


def make_items(count: int) -> list[Item]:
    """Invented items of five types; the same ones for the same count."""
    chance = random.Random(7)  # noqa: S311  # no secret
    return [_item(number, chance) for number in range(count)]


def _item(number: int, chance: random.Random) -> Item:
    kind = chance.choices(
        ("article-journal", "book", "chapter", "article-newspaper", "webpage"), (60, 15, 10, 5, 10)
    )[0]
    first = chance.randint(1, 900)
    item: Item = {
        "id": f"item{number}",
        "type": kind,
        "title": _words(chance, chance.randint(4, 12)).capitalize(),
        "author": _people(chance, chance.choice((1, 1, 2, 2, 3, 4, 7))),
        "issued": {"date-parts": [[chance.randint(1950, 2025), chance.randint(1, 12)]]},
    }
    if kind in ("article-journal", "article-newspaper", "chapter"):
        item["container-title"] = _words(chance, 3).title()
        item["page"] = f"{first}-{first + chance.randint(1, 30)}"
    if kind == "article-journal":
        item |= {"volume": str(chance.randint(1, 90)), "issue": str(chance.randint(1, 12))}
        item["DOI"] = f"10.5555/bench.{number}"
    if kind in ("book", "chapter"):
        item |= {"publisher": _words(chance, 2).title(), "publisher-place": _word(chance).title()}
    if kind == "chapter":
        item["editor"] = _people(chance, 2)
    if kind in ("webpage", "article-newspaper"):
        item["URL"] = f"https://example.org/{number}"
        item["accessed"] = {"date-parts": [[2025, 5, 1 + number % 28]]}
    return item


def _people(chance: random.Random, count: int) -> list[dict[str, str]]:
    return [
        {"family": _word(chance).title(), "given": f"{_word(chance).title()} {_letter(chance)}."}
        for _ in range(count)
    ]


def _words(chance: random.Random, count: int) -> str:
    return " ".join(_word(chance) for _ in range(count))


def _word(chance: random.Random) -> str:
    syllables = ("ba", "ren", "to", "mi", "lek", "su", "no", "var", "di", "hol", "ka", "pe")
    return "".join(chance.choices(syllables, k=chance.randint(1, 3)))


def _letter(chance: random.Random) -> str:
    return chance.choice("ABCDEFGHJKLMNPRSTW")


def _many_authors() -> Item:
    return {**make_items(1)[0], "author": _people(random.Random(3), 448)}  # noqa: S311  # no secret


def _one_author(count: int) -> list[Item]:
    same = {"author": [{"family": "Same", "given": "Ada"}], "issued": {"date-parts": [[2001]]}}
    return [{**item, **same} for item in make_items(count)]


def clusters(task: Task) -> list[list[dict[str, Any]]]:
    """The citations of a document: every fifth repeats the one before, some have pages."""
    chance = random.Random(11)  # noqa: S311  # no secret
    made: list[list[dict[str, Any]]] = []
    for number in range(task.citations):
        cite: dict[str, Any] = {"id": chance.choice(task.items)["id"]}
        if number % 5 == 4:
            cite = {"id": made[-1][0]["id"]}
        if chance.random() < 0.5:
            cite |= {"locator": str(chance.randint(1, 300)), "label": "page"}
        made.append([cite])
    return made


# ------------------------------------------------------------------------------------- the engines


def request(task: Task) -> bytes:
    """A task in the protocol of the drivers; a document is asked for in one pass."""
    asked: dict[str, Any] = {
        "name": task.name,
        "mode": "citation" if task.citations else "bibliography",
        "csl": find_style(task.style).xml.decode("utf-8"),
        "input": task.items,
        "batch": True,
    }
    if task.citations:
        asked["citations"] = [
            [
                {"citationID": f"c{i}", "citationItems": c, "properties": {"noteIndex": i + 1}},
                [],
                [],
            ]
            for i, c in enumerate(clusters(task))
        ]
    return json.dumps(asked).encode() + b"\n"


def ours(task: Task) -> Cost:
    """Format with citekit; a document's bibliography is made as well."""
    return measure(OURS, request(task))


def search(cache: Path) -> Cost:
    """Search the installed styles; the second time the cache in the folder is there."""
    program = "from citekit.csl import search_styles; print(len(search_styles('nature')))"
    return measure([sys.executable, "-c", program], environment={"XDG_CACHE_HOME": str(cache)})


def citeproc_js(task: Task) -> Cost:
    """Format with citeproc-js in node."""
    if not (NODE_FOLDER / "node_modules" / "citeproc").is_dir():
        return Cost(cpu_s=None)
    where = {"CITEPROC_JS": str(NODE_FOLDER), "CSL_LOCALES": str(locales_folder())}
    return measure(THEIRS, request(task), environment=where)


def pandoc(task: Task, folder: Path) -> Cost:
    """Format with pandoc: the items themselves, or a Markdown document with a note a citation."""
    program = _pandoc_program()
    if program is None:
        return Cost(cpu_s=None)
    style, items = folder / "style.csl", folder / "items.json"
    style.write_bytes(find_style(task.style).xml)
    items.write_text(json.dumps(task.items), encoding="utf-8")
    command = [program, "--citeproc", f"--csl={style}", "--to=html"]
    if not task.citations:
        return measure([*command, "--from=csljson", str(items)])
    paper = folder / "paper.md"
    paper.write_text("\n\n".join(_markdown(cites) for cites in clusters(task)), encoding="utf-8")
    return measure([*command, f"--bibliography={items}", str(paper)])


def _markdown(cites: list[dict[str, Any]]) -> str:
    inside = "; ".join(
        f"@{c['id']}, p. {c['locator']}" if "locator" in c else f"@{c['id']}" for c in cites
    )
    return f"Text [{inside}]."


def _pandoc_program() -> str | None:
    """The pandoc of pypandoc-binary, else the one on the PATH."""
    try:
        import pypandoc
    except ImportError:
        return shutil.which("pandoc")
    path: str = pypandoc.get_pandoc_path()
    return path


def measure(
    command: list[str], text: bytes = b"", environment: dict[str, str] | None = None
) -> Cost:
    """Run a program to its end, with what it used."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as got:
        given.write(text)
        given.seek(0)
        process = subprocess.Popen(
            command, stdin=given, stdout=got, stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        guard = threading.Timer(LIMIT_S, process.kill)
        guard.start()
        _, status, used = os.wait4(process.pid, 0)
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        got.seek(0)
        answer = got.read()
    if process.returncode != 0 or not answer or b'"error":' in answer[:300]:
        return Cost(cpu_s=None)
    return Cost(cpu_s=used.ru_utime + used.ru_stime, peak_mb=used.ru_maxrss / 1024)


def _row(task: str, *cells: str) -> None:
    sys.stdout.write(f"{task:<62}" + "".join(f"{cell:>21}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
