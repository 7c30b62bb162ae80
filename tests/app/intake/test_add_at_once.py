"""Several processes that add at the same time: the same bytes become one item."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

_WRITERS = 4
_PAGE = """\
<!doctype html><html lang="en"><head><title>Ferry to the outer islands sails again</title></head>
<body><article><h1>Ferry to the outer islands sails again</h1><p>The ferry sailed on Tuesday with
forty passengers, the harbour master said, after a winter in the dock.</p></article></body></html>
"""
# Every writer has looked for the bytes, and read the page, before the first one may write.
_MEET = """
import sys, time; from pathlib import Path
from citekit.app.intake.adding import draft as adding
folder, number, writers = Path(sys.argv[3]), sys.argv[4], int(sys.argv[5])
read = adding.read_extraction
def read_and_wait(*words, **options):
    made = read(*words, **options)
    (folder / number).touch()
    while len(list(folder.iterdir())) < writers:
        time.sleep(0.01)
    return made
adding.read_extraction = read_and_wait
"""
_BY_PYTHON = """
from citekit import Archive
added = Archive.open(sys.argv[1]).add(sys.argv[2])
print(added.key, added.is_new)
"""
_BY_COMMAND = """
from citekit.cli.run import run
raise SystemExit(run(["--archive", sys.argv[1], "add", sys.argv[2]]))
"""


@pytest.mark.parametrize("entrance", [_BY_PYTHON, _BY_COMMAND], ids=["python", "command"])
def test_the_same_bytes_at_once_become_one_item(tmp_path: Path, entrance: str) -> None:
    """All of them were told that nobody has the bytes; under the lock they are asked again."""
    store = ArchiveStore.create(tmp_path / "a")
    page, meeting = tmp_path / "ferry.html", tmp_path / "meeting"
    page.write_text(_PAGE, "utf-8")
    meeting.mkdir()
    words = [sys.executable, "-c", _MEET + entrance, str(store.root), str(page), str(meeting)]
    writers = [
        subprocess.Popen([*words, str(number), str(_WRITERS)], stdout=subprocess.PIPE, text=True)
        for number in range(_WRITERS)
    ]
    answers = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * _WRITERS
    (key,) = store.keys()
    assert {answer[0] for answer in answers} == {key}
    assert len(store.stamps(key)) == 1
    if entrance == _BY_PYTHON:
        assert sorted(answer[1] for answer in answers) == ["False", "False", "False", "True"]
