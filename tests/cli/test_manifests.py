"""``add --from`` and ``set --from``: lists of many sources or items, a line each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An empty archive, and two saved pages beside the lists."""
    (tmp_path / "lists").mkdir()
    for name in ("pier", "quay"):
        page = f"<h1>The {name}</h1><p>Boats come to the {name} every day.</p>"
        (tmp_path / "lists" / f"{name}.html").write_text(page, "utf-8")
    return ArchiveStore.create(tmp_path / "archive")


@pytest.fixture
def call(
    store: ArchiveStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Call citekit in the folder of the archive."""
    assert store.keys() == ()
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def write(folder: Path, name: str, data: str | bytes) -> str:
    """A list beside the pages; its name as it is called from the archive's folder."""
    (folder / "lists" / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return f"lists/{name}"


def test_a_list_adds_its_files(call: Call, store: ArchiveStore, tmp_path: Path) -> None:
    """Files as seen from the list; names, dates, tags and access as ``set`` reads them."""
    text = (
        "file,url,key,title,author,date,tags,access\n"
        'pier.html,https://pier.example/,pier:1,"The Pier, seen",'
        '"Lund, Bo and {Harbour Office}",2024-05,"boats, wood",public\n'
        "\n"
        "quay.html,,,,,,,\n"
    )
    code, out, err = call("add", "--from", write(tmp_path, "l.csv", text), "--set", "publisher=Q")
    assert code == 0
    keys = out.split()
    assert (len(keys), keys[0]) == (2, "pier:1")
    assert "2 added" in err
    item = store.item("pier:1")
    assert (item.title, item.text("URL")) == ("The Pier, seen", "https://pier.example/")
    assert [str(name) for name in item.names("author")] == ["Bo Lund", "Harbour Office"]
    assert item.data["issued"] == {"date-parts": [[2024, 5]]}
    assert (item.tags, item.facts.access) == (("boats", "wood"), "public")
    assert [store.item(key).text("publisher") for key in keys] == ["Q", "Q"]
    assert store.item(keys[1]).facts.access == "restricted"


def test_a_bad_line_does_not_keep_the_others_out(
    call: Call, store: ArchiveStore, tmp_path: Path
) -> None:
    """Each is told with the line of the list; an address that nobody answers is one of them."""
    lines = [
        {"file": "nowhere.html"},
        {"url": "https://pier.example/"},
        {"title": "Neither"},
        {"file": "pier.html", "access": "secret"},
        {"file": ["pier.html"]},
        {"file": "pier.html", "issued": "2024-13"},
        {"file": "quay.html", "key": "q", "author": ["Lund, Bo", "Berg, Ada"], "tags": ["a", "b"]},
    ]
    name = write(tmp_path, "l.jsonl", "\n".join(map(json.dumps, lines)))
    code, out, err = call("add", "--from", name)
    assert (code, out) == (3, "q\n")
    for number, words in enumerate(
        ("no such file", "pier.example", "names no file", "'secret'", "is not text", "issued"),
        1,
    ):
        told = [line for line in err.splitlines() if f"l.jsonl:{number}: " in line]
        assert words in told[0]
    assert "1 added, 6 not added" in err
    assert [str(name) for name in store.item("q").names("author")] == ["Bo Lund", "Ada Berg"]
    assert store.item("q").tags == ("a", "b")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"file,file\na,b\n", "l.csv:1: a column has no name"),
        (b"file,title\npier.html,The,Pier\n", "l.csv:2: has 3 cells"),
        (b'file,title\npier.html,"open\n', "l.csv:2: is no CSV"),
        (b"file,title\n", "l.csv: has no lines"),
    ],
)
def test_a_list_that_cannot_be_read_adds_nothing(
    call: Call, store: ArchiveStore, tmp_path: Path, data: bytes, place: str
) -> None:
    """A cell that has slipped would give every field a wrong name."""
    code, _, err = call("add", "--from", write(tmp_path, "l.csv", data))
    assert code == 4
    assert place in err
    assert store.keys() == ()


def test_lists_of_spreadsheets_are_read(call: Call, store: ArchiveStore, tmp_path: Path) -> None:
    """Semicolons and the code page of Windows; a cell over two lines keeps the lines' numbers."""
    text = 'key;title;file\np;"Müller\r\nand Sons";pier.html\r\nq;B;nowhere.html\r\n'
    code, out, err = call("add", "--from", write(tmp_path, "l.csv", text.encode("cp1252")))
    assert (code, out) == (3, "p\n")
    assert store.item("p").title.startswith("Müller")
    assert "l.csv:4: " in err


def test_a_list_sets_fields(call: Call, store: ArchiveStore, tmp_path: Path) -> None:
    """Empty cells leave what is there, null removes; an unknown key does not stop the others."""
    bib = "@book{a, title={A}, year=2001, publisher={Quay}}\n@book{b, title={B}, year=2002}"
    call("import", write(tmp_path, "a.bib", bib))
    csv = "key,title,date,tags,file\na,Alpha,,old,ignored.html\nnobody,N,,,\nb,,2003,,\n"
    code, out, err = call("set", "--from", write(tmp_path, "s.csv", csv))
    assert (code, out) == (3, "a\nb\n")
    assert "s.csv:3: " in err
    assert "2 changed, 1 not" in err
    first, second = store.item("a"), store.item("b")
    assert (first.title, first.tags) == ("Alpha", ("old",))
    assert [item.date().year for item in (first, second) if item.date()] == [2001, 2003]  # type: ignore[union-attr]  # asked for
    removing = write(tmp_path, "s.jsonl", '{"key": "a", "publisher": null, "access": "public"}\n')
    code, out, _ = call("set", "--from", removing, "--json")
    assert (code, json.loads(out)) == (0, {"items": [{"key": "a"}]})
    assert (store.item("a").text("publisher"), store.item("a").facts.access) == ("", "public")


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "x.html", "--from", "l.csv"),
        ("add", "--from", "l.csv", "--key", "k"),
        ("set",),
        ("set", "k", "--from", "l.csv"),
    ],
)
def test_what_does_not_go_together_is_refused(call: Call, arguments: tuple[str, ...]) -> None:
    """With exit code 2, and a hint."""
    code, _, err = call(*arguments)
    assert code == 2
    assert "hint" in err
