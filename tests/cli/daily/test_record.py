"""``edit``: the record as lines in an editor; what is wrong comes back, and nothing is lost."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.changing.record_sheet import make_sheet, read_sheet, with_faults, without_faults
from citekit.cli.run import run
from citekit.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.daily.conftest import Shown

    Call = Callable[..., tuple[int, str, str]]
    Terminal = Callable[..., Shown]

ODD = {
    "id": "odd", "type": "book", "title": '"Quoted" and\nbroken', "abstract": " blanks ",
    "author": [{"family": "Gaulle", "given": "C.", "non-dropping-particle": "de"},
               {"family": "Quill", "given": "A.", "dropping-particle": "von"},
               {"literal": "Quay, Ltd"}, {"given": "Plato"}, {"literal": "others"}],
    "issued": {"date-parts": [["2020", "6"]], "circa": True}, "volume": 3,
    "event-date": {"literal": "in spring"}, "custom-field": "mine",
    "custom": {"other": {"kept": True}, "citekit": {"access": "restricted"}},
}  # fmt: skip


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Have an editor that replaces words, in each round others; what it was shown is kept."""
    shown = tmp_path / "shown.txt"

    def be(*rounds: dict[str, str]) -> Path:
        program = tmp_path / "editor.py"
        program.write_text(
            "import json, pathlib, sys\n"
            f"rounds, shown = json.loads({json.dumps(json.dumps(rounds))}), {str(shown)!r}\n"
            "path, seen = pathlib.Path(sys.argv[1]), pathlib.Path(shown)\n"
            "text = path.read_text('utf-8')\n"
            "number = len(seen.read_text('utf-8').split('\\f')) - 1 if seen.exists() else 0\n"
            "with seen.open('a', encoding='utf-8') as file: file.write(text + '\\f')\n"
            "for old, new in rounds[number].items():\n"
            "    assert old in text, (old, text)\n"
            "    text = text.replace(old, new)\n"
            "path.write_text(text, 'utf-8')\n",
            "utf-8",
        )
        monkeypatch.setenv("EDITOR", f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}")
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        return shown

    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return be


def record(call: Call, key: str) -> dict[str, Any]:
    """The item as CSL-JSON."""
    item: dict[str, Any] = json.loads(call("show", key, "--json")[1])["item"]
    return item


def drafts(folder: Path) -> list[Path]:
    """What was kept of sheets."""
    return list(folder.glob("citekit-*.txt"))


def test_a_record_is_edited(library: Call, editor: Callable[..., Path], tmp_path: Path) -> None:
    """A line changed, one added, one removed; all else stays, and the draft goes."""
    shown = editor(
        {
            "issued = 2020-06": "issued = 2020-07-01",
            "author = Lund, Ida and": "author = Lund, Ida and {Harbour Office} and",
            "container-title = Coast\n": "DOI = 10.1000/new\n",
        }
    )
    before = record(library, "lund2020")

    assert library("edit", "lund2020") == (0, "lund2020\n", "")

    after = record(library, "lund2020")
    assert after.pop("issued") == {"date-parts": [[2020, 7, 1]]}
    assert after.pop("author")[1] == {"literal": "Harbour Office"}
    assert after.pop("DOI") == "10.1000/new"
    assert "container-title" not in after
    assert after == {name: before[name] for name in after}
    assert "title = The old harbour and its <i>boats</i>\n" in shown.read_text("utf-8")
    assert not drafts(tmp_path)
    assert "lund2020  as before" in library("undo")[1]


def test_nothing_changed_is_no_change(library: Call, editor: Callable[..., Path]) -> None:
    """A sheet that is closed as it was writes nothing."""
    editor({})
    before = library("log", "--limit", "99")[1]
    assert library("edit", "marsh2019") == (0, "marsh2019\n", "nothing was changed\n")
    assert library("log", "--limit", "99")[1] == before


def test_what_is_wrong_is_told_by_line_and_kept(
    library: Call, editor: Callable[..., Path], tmp_path: Path
) -> None:
    """Without a terminal the draft stays, and another edit goes on with it."""
    editor(
        {"issued = 2020-06": "issued = June", "type = article-journal": "type = artikel\n?"},
        {"issued = June": "issued = 2021", "type = artikel\n?\n": "type = article\n"},
    )
    before = record(library, "lund2020")

    code, out, err = library("edit", "lund2020")

    assert (code, out) == (4, "")
    (draft,) = drafts(tmp_path)
    lines = draft.read_text("utf-8").splitlines()
    for line, what in (("type = artikel", "is no CSL type"), ("issued = June", "not a date")):
        assert f"line {lines.index(line) + 1}:\ncitekit: " in err
        assert what in err
    assert "is not FIELD=VALUE: '?'" in err
    assert f"citekit edit lund2020 --from {draft}" in err
    assert record(library, "lund2020") == before

    assert library("edit", "lund2020", "--from", str(draft))[0] == 0
    assert record(library, "lund2020")["issued"] == {"date-parts": [[2021]]}
    assert drafts(tmp_path) == [draft]


def test_what_is_wrong_comes_back_into_the_editor(
    library: Call, terminal: Terminal, editor: Callable[..., Path], tmp_path: Path
) -> None:
    """On a terminal one is asked, and finds above each line what is wrong with it."""
    shown = editor({"issued = 2019": "issued = 2019-13"}, {"issued = 2019-13": "issued = 2019-12"})

    done = terminal("edit", "marsh2019", typed=(("again, or stop?", "edit\n"),))

    assert done.code == 0, done.text
    second = shown.read_text("utf-8").split("\f")[1]
    assert '#! "issued" is not a date' in second.splitlines()[-3]
    assert second.splitlines()[-2] == "issued = 2019-13"
    assert record(library, "marsh2019")["issued"] == {"date-parts": [[2019, 12]]}
    assert not drafts(tmp_path)


def test_who_stops_finds_the_draft(
    library: Call, terminal: Terminal, editor: Callable[..., Path], tmp_path: Path
) -> None:
    """Nothing that was written is lost."""
    editor({"issued = 2019": "issued = soon"})
    done = terminal("edit", "marsh2019", typed=(("again, or stop?", "stop\n"),))
    assert done.code == 4
    assert "issued = soon" in drafts(tmp_path)[0].read_text("utf-8")
    assert record(library, "marsh2019")["issued"] == {"date-parts": [[2019]]}


def test_another_change_meanwhile_is_a_conflict(
    library: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same field; another field is none of ours, and both are kept."""
    program = tmp_path / "slow.py"
    monkeypatch.setenv("EDITOR", f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    program.write_text(
        "import pathlib, sys\nfrom citekit import Archive\n"
        f"archive = Archive.open({str(tmp_path / 'a')!r})\n"
        "archive.set_fields('marsh2019', {'title': 'Theirs', 'publisher': 'Theirs'})\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text('utf-8').replace('= Salt and walls', '= Ours'), 'utf-8')\n",
        "utf-8",
    )
    code, _, err = library("edit", "marsh2019")
    assert code == 7
    assert "has been changed meanwhile: title" in err
    assert drafts(tmp_path)
    assert record(library, "marsh2019")["title"] == "Theirs"

    program.write_text(
        program.read_text("utf-8").replace("'= Salt and walls', '= Ours'", "'2019', '2018'")
        .replace("'title': 'Theirs', ", ""),
        "utf-8",
    )  # fmt: skip
    assert library("edit", "marsh2019")[0] == 0
    after = record(library, "marsh2019")
    assert (after["publisher"], after["issued"]) == ("Theirs", {"date-parts": [[2018]]})


@pytest.mark.parametrize(
    ("program", "code", "told"),
    [("false", 2, "ended with 1"), ("/nonexistent/editor", 3, "does not start"), ("true", 0, "")],
)
def test_an_editor_that_fails_changes_nothing(
    library: Call,
    program: str,
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And leaves no file behind, where nobody has written anything."""
    monkeypatch.setenv("VISUAL", program)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found, _, err = library("edit", "marsh2019")
    assert found == code
    assert told in err
    assert not drafts(tmp_path)


def test_what_has_no_line_stands_as_json() -> None:
    """Names with more parts, dates with words, several lines: read back as what they are."""
    item = Item.from_json(ODD)
    sheet = make_sheet(item)

    assert read_sheet(sheet, item).changes == {}
    assert 'title = "\\"Quoted\\" and\\nbroken"\n' in sheet
    assert "volume = 3\n" in sheet
    assert '"in spring"' in sheet
    assert "custom-field = mine" in sheet
    assert "kept" not in sheet
    changed = read_sheet(sheet.replace("and\\nbroken", "whole"), item).changes
    assert changed == {"title": '"Quoted" whole'}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("id = other", "citekit rename"),
        ("access = public", "--access public"),
        ("title = Twice", "title has two lines"),
        ("issued = [{", "is not"),
        ('author = [{"family": 3}', "JSON"),
        ("author = A & B", "may be two people"),
    ],
)
def test_a_line_that_cannot_be_is_a_fault(line: str, told: str) -> None:
    """With a hint what would be right."""
    item = Item.from_json({"id": "a", "type": "book", "title": "Old"})
    (fault,) = read_sheet(f"{make_sheet(item)}{line}\n", item).faults
    assert told in f"{fault.error} {fault.error.hint}"
    assert fault.line == len(make_sheet(item).splitlines()) + 1
    marked = with_faults(make_sheet(item) + line, [fault])
    assert without_faults(marked) == make_sheet(item) + line
    assert told in marked


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
NAMES = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("family", "given", "suffix", "literal", "dropping-particle", "non-dropping-particle"),
        TEXTS,
    ),
)
DATES = st.one_of(
    st.builds(
        lambda y, m, circa: {"date-parts": [[y, m]], **({"circa": True} if circa else {})},
        st.integers(-3000, 3000),
        st.integers(1, 12),
        st.booleans(),
    ),
    st.builds(lambda text: {"literal": text}, TEXTS),
)


@given(title=TEXTS, names=st.lists(NAMES, min_size=1, max_size=3), date=DATES, volume=st.integers())
def test_a_sheet_that_nobody_has_edited_changes_nothing(
    title: str, names: list[dict[str, str]], date: dict[str, Any], volume: int
) -> None:
    """Whatever stands in the record: each line is read as what it was written from."""
    data = {"id": "a", "type": "book", "title": title, "author": names, "issued": date}
    item = Item.from_json({**data, "volume": volume})
    edited = read_sheet(make_sheet(item), item)
    assert not edited.faults
    assert edited.changes == {}


@given(sheet=st.text())
def test_any_sheet_is_read_or_refused_by_line(sheet: str) -> None:
    """An editor may leave anything."""
    item = Item.from_json({"id": "a", "type": "book", "title": "Old"})
    read_sheet(sheet, item)


def test_a_private_record_is_in_no_file_that_others_read(
    library: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet is the user's alone."""
    program = tmp_path / "look.py"
    program.write_text(
        "import os, sys; assert os.stat(sys.argv[1]).st_mode & 0o077 == 0\n", "utf-8"
    )
    monkeypatch.setenv("EDITOR", f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}")
    assert library("edit", "office")[0] == 0


def test_edit_completes_keys_and_takes_one(library: Call) -> None:
    """An unknown key is told before any editor starts."""
    assert library("edit", "lund2021")[0] == 3
    assert run(["edit"]) == 2
