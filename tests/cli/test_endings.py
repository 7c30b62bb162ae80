"""How a call ends: exit codes, and what is said of mistakes, stops and bugs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from citekit import errors
from citekit.cli.call import INTERNAL_ERROR, STOPPED
from citekit.cli.command_table import COMMANDS, GROUPS
from citekit.cli.declared import Option, read_command
from citekit.cli.run import run
from citekit.cli.suggest import destroys, suggest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "exit-codes.md"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["sho", "x"], "did you mean show?"),
        (["serch", "x"], "did you mean search?"),
        (["entity", "lst"], "did you mean list?"),
        (["claims"], "did you mean claim?"),
        (["cite", "x", "--fromat", "ris"], "did you mean --format?"),
        (["cite", "x", "--jsno"], "did you mean --json?"),
        (["export", "x", "--format=bagti"], "did you mean bagit?"),
        (["list", "--access", "pubic"], "did you mean public?"),
        (["claim", "link", "c", "x", "--stance", "suports"], "did you mean supports?"),
        (["cite", "x", "--format", "bibtex", "--lim", "3"], None),
        (["cite", "--", "--fromat"], None),
        (["wxyz"], None),
        ([], None),
    ],
)
def test_the_nearest_is_suggested(words: list[str], hint: str | None) -> None:
    """A misspelt command, option or choice gets the one it is nearest to."""
    assert suggest(words) == hint


def misspelt(word: str) -> list[str]:
    """A word with one letter left out, doubled, or changed, at each place."""
    cuts = range(len(word))
    left_out = [word[:i] + word[i + 1 :] for i in cuts]
    doubled = [word[: i + 1] + word[i:] for i in cuts]
    return [*left_out, *doubled, *(f"{word[:i]}x{word[i + 1 :]}" for i in cuts)]


@pytest.mark.parametrize("name", ["purge", "remove", "entity rm", "claim rm", "annotation rm"])
def test_nothing_that_destroys_is_suggested(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the hand is never told to be a command that removes something."""
    *group, word = name.split()
    for wrong in {*misspelt(word), "capture", "prune", "delete"} - {*COMMANDS, *GROUPS}:
        assert run([*group, wrong, "x"]) == 2
        told = capsys.readouterr().err.partition(wrong)[2]
        assert not {"purge", "remove", "rm"} & set(told.replace("?", "").replace("'", "").split())


def test_what_takes_something_away_is_known() -> None:
    """What is called rm, and what asks before it removes, is never what was meant."""
    asking = {name for name in COMMANDS if "--yes" in map(_name, read_command(name).options)}
    harmless = {"seal", "set"}  # one asks before it signs, one before what is known becomes private
    assert asking == {"purge", "remove", *harmless}
    removing = {name.split()[-1] for name in COMMANDS if name.endswith(" rm")}
    assert all(map(destroys, removing | asking - harmless))
    assert not any(map(destroys, ("list", "restore", "add", "set", "rename", "seal")))


def _name(option: Option) -> str:
    return option.name


def test_a_suggestion_is_the_hint_of_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the suggestion is the hint of the document on stderr."""
    assert run(["lst", "--json"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert (error["code"], error["hint"]) == ("usage", "did you mean list?")


def test_a_wrong_choice_is_told_with_what_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the option, the word, and what stands in its place; no class of Python."""
    assert run(["list", "--access", "pubic"]) == 2
    told = capsys.readouterr().err
    assert (
        "Invalid value for '--access': 'pubic' is not one of 'public', 'restricted', 'private'."
        in told
    )
    assert "hint: did you mean public?" in told


def test_every_exit_code_is_documented() -> None:
    """The reference has a row for each code of the errors, for bugs, and for being stopped."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.CitekitError)}
    text = PAGE.read_text("utf-8")
    for code in {0, *codes, INTERNAL_ERROR, STOPPED}:
        assert f"\n| {code} | " in text


# Each is the body of an action, which is run in a process of its own as one that a plug-in or a
# mistake of ours might be: ways of ending that no command of ours has on purpose.
ENDINGS = [
    ("raise OSError(errno.ENOSPC, 'No space left on device', 'x')", 8, "x: No space left"),
    ("raise OSError(errno.EROFS, 'Read-only file system')", 8, "Read-only file system"),
    ("open('/nonexistent/x')", 70, "a bug in citekit: FileNotFoundError"),
    ("os.close(99999)", 70, "a bug in citekit: OSError"),
    ("raise OSError('of a library')", 70, "a bug in citekit: OSError: of a library"),
    ("{}['x']", 70, "a bug in citekit: KeyError"),
    ("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", 130, "citekit: stopped"),
]


@pytest.mark.parametrize(("body", "code", "told"), ENDINGS)
def test_what_the_machine_refuses_is_told_from_bugs(
    body: str, code: int, told: str, tmp_path: Path
) -> None:
    """8 where a disk or its owner refuses, 70 for a mistake of ours, 130 when stopped."""
    program = (
        "import errno, os, signal, sys, time\n"
        "from citekit.cli.actions import styles\n"
        "from citekit.cli.run import run\n"
        f"def styles_(context, *, query, own):\n    {body}\n"
        "styles.styles = styles_\n"
        "sys.exit(run(['styles', 'x']))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert ended.returncode == code
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that one stands in")
def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """Whoever stands in a folder that was removed meanwhile learns that there is no archive."""
    gone = tmp_path / "gone"
    gone.mkdir()
    program = "import os, shutil, sys; os.chdir('gone'); shutil.rmtree('../gone');"
    program += "from citekit.cli.run import run; sys.exit(run(['list']))"
    env = {name: value for name, value in os.environ.items() if name != "CITEKIT_ARCHIVE"}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert (ended.returncode, b"no archive here" in ended.stderr) == (3, True)
