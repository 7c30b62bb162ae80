"""``add`` of what is known: other bytes of a known address, several files, absent bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

URL = "https://mill.example/news"
RESTRICTED = "git does not back the text up"


def write(folder: Path, name: str, more: str = "") -> str:
    """A news text of our own; the path of its file."""
    path = folder / f"{name}.txt"
    path.write_text(
        f"Tide mill grinds again\n\n5 March 2024\n\nThe mill at the quay ground flour{more}, after "
        "nine years in which its wheel had not turned, and everybody had a loaf of it.\n",
        "utf-8",
    )
    return str(path)


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command in an archive that has one item, ``mill2024``."""

    def do(*words: str) -> tuple[int, str, str]:
        code = run(["--archive", str(tmp_path / "a"), *words])
        out, err = capsys.readouterr()
        return code, out, err

    do("init")
    assert do("add", write(tmp_path, "one"), "--url", URL, "--key", "mill2024")[0] == 0
    return do


def captures(tmp_path: Path) -> dict[str, int]:
    """How many captures each item has."""
    store = ArchiveStore.open(tmp_path / "a")
    return {key: len(store.stamps(key)) for key in store.keys()}  # noqa: SIM118  # no dict


def test_in_a_script_it_becomes_a_capture_and_that_is_said(call: Call, tmp_path: Path) -> None:
    """The answer is the key of the item; stderr says what happened and how to have it otherwise."""
    code, out, err = call("add", write(tmp_path, "two", " on Tuesday"), "--url", URL + "#top")
    assert (code, out) == (0, "mill2024\n")
    assert f"{URL}#top is the address of mill2024: a new capture of that item" in err
    assert "--new-item" in err
    assert captures(tmp_path) == {"mill2024": 2}
    assert "on Tuesday" in call("diff", "mill2024")[1]


def test_new_item_and_to(call: Call, tmp_path: Path) -> None:
    """The user decides; both at once are wrong usage."""
    other = write(tmp_path, "two", " on Tuesday")
    code, out, err = call("add", other, "--url", URL, "--new-item", "--key", "other2024")
    assert (code, out) == (0, "other2024\n")
    assert "address of" not in err
    third = write(tmp_path, "three", " on Friday")
    assert call("add", third, "--to", "other2024")[:2] == (0, "other2024\n")
    assert call("add", third, "--to", "other2024", "--new-item")[0] == 2
    assert call("add", third, "--to", "nobody2024")[0] == 3
    assert call("add", write(tmp_path, "four", " twice"), "--url", URL)[0] == 7
    assert captures(tmp_path) == {"mill2024": 1, "other2024": 2}


def test_the_json_shape_says_which_capture(call: Call, tmp_path: Path) -> None:
    """Key, whether the item is new, the stamp of the capture, findings."""
    other = write(tmp_path, "two", " on Tuesday")
    items = json.loads(call("--json", "add", other, "--url", URL)[1])["items"]
    stamps = ArchiveStore.open(tmp_path / "a").stamps("mill2024")
    (item,) = items
    assert (item["key"], item["new"], item["capture"]) == ("mill2024", False, stamps[-1])
    assert [finding["code"] for finding in item["findings"]] == ["CK-I102"]
    assert json.loads(call("--json", "add", other)[1])["items"][0]["capture"] is None


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
@pytest.mark.parametrize(
    ("typed", "code", "expected"),
    [
        (b"c\n", 0, {"mill2024": 2}),
        (b"perhaps\nnew\n", 0, {"tide": 1, "mill2024": 1}),
        (b"s\n", 2, {"mill2024": 1}),
        (b"\x04", 2, {"mill2024": 1}),
    ],
    ids=["capture", "new", "stop", "end"],
)
def test_on_a_terminal_it_is_asked(
    call: Call, tmp_path: Path, typed: bytes, code: int, expected: dict[str, int]
) -> None:
    """A real terminal: the question names the item, and the answer is done; *stop* stops all."""
    sources = [save(tmp_path, "two", " on Tuesday")]
    if code:
        sources.append(save(tmp_path, "three", " on Friday"))
    said = on_terminal(tmp_path, sources, typed, code)
    assert "is the address of mill2024" in said
    assert said.count("Make a new capture") == (2 if b"perhaps" in typed else 1)
    assert captures(tmp_path) == expected
    assert call("verify")[0] == 0


def save(folder: Path, name: str, more: str) -> str:
    """A page as SingleFile saves it, with the address."""
    path = folder / f"{name}.html"
    path.write_text(
        f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Tue Mar 05 2024 -->\n"
        f"<!doctype html><title>Tide mill</title><p>The mill at the quay ground flour{more}.</p>",
        "utf-8",
    )
    return str(path)


def on_terminal(tmp_path: Path, words: list[str], typed: bytes, code: int) -> str:
    """Run ``add`` with stdin and stderr on a terminal; what it said there."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "citekit", "--archive", str(tmp_path / "a"), "add", *words]
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE) as process:
        os.write(ours, typed)
        assert process.wait(timeout=120) == code
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the other side is closed, and all is read
        pass
    os.close(ours)
    return said.decode()


def test_many_files_end_with_a_count_and_one_sentence(call: Call, tmp_path: Path) -> None:
    """What restricted means is said once; one source needs no count."""
    files = [write(tmp_path, f"n{number}", f" {number} times") for number in range(10)]
    code, out, err = call("add", *files)
    assert code == 0
    assert len(out.split()) == 10
    assert err.count(RESTRICTED) == 1
    assert "10 sources are restricted: their text stays" in err
    assert err.endswith("10 added\n")

    again = call("add", files[0], write(tmp_path, "other", " for once"), str(tmp_path / "no.txt"))
    assert again[0] == 3
    assert again[2].endswith("1 added, 1 in the archive already, 1 not added\n")
    _, _, err = call("add", write(tmp_path, "single", " at last"), "--access", "public")
    assert err.endswith("is public: its text may be published.\n")
    captured = call("add", write(tmp_path, "x", " now"), write(tmp_path, "y", " then"), "--to",
                    "mill2024")  # fmt: skip
    assert captured[2].endswith("0 added, 2 new captures\n")
    assert call("-q", "add", *files)[2] == ""


def test_a_file_whose_bytes_are_absent_is_put_back(call: Call, tmp_path: Path) -> None:
    """A clone without restricted/: the file that the texts came from brings them back."""
    for path in (tmp_path / "a" / "restricted").rglob("*"):
        if path.is_file():
            path.unlink()
    code, out, err = call("add", write(tmp_path, "one"))
    assert (code, out) == (0, "mill2024\n")
    assert "are back on this computer" in err
    assert "loaf of it" in call("search", "loaf")[1]
    assert call("show", "mill2024")[1].count("not on this computer") == 0


def test_many_errors_are_counted(call: Call, tmp_path: Path) -> None:
    """A wrong file of 2,000 entries: the first ones, a sum, and a thousand of them in JSON."""
    file = tmp_path / "wrong.json"
    entries = [{"id": f"k{number}", "type": "book", "title": {}} for number in range(2000)]
    good = {"id": "good2024", "type": "book", "title": "Good"}
    file.write_text(json.dumps([*entries, good], indent=1), "utf-8")
    code, out, err = call("import", str(file))
    assert (code, out) == (4, "good2024\n")
    assert err.count("[CK-E421]") == 20
    assert "… and 1980 more, 2000 in all; --json lists the first 1000\n" in err
    assert "1 new, 2000 problems found" in err
    findings = json.loads(call("--json", "import", str(file))[1])["findings"]
    assert len(findings) == 1001
    assert findings[-2]["line"] == 5 * 1000
    assert findings[-1]["message"] == "1,000 more entries are no items, or stand twice"
    again = call("import", str(file), str(file))[2]
    assert again.count("good2024 is in the archive already") == 2
