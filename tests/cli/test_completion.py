"""What the shells offer: keys, styles, languages, ids, choices, options and commands."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from citekit.cli.completion.cache import entries_of, lists_folder, stamp_of
from citekit.cli.completion.complete import complete
from citekit.cli.completion.shells import bash_words
from citekit.cli.run import run

BIN = Path(sys.executable).parent
BROUGHT = Path(__file__).parents[1] / "cases" / "csl" / "brought" / "good"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an archive of three items and an entity, which the environment names."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    archive = tmp_path / "archive"
    monkeypatch.setenv("CITEKIT_ARCHIVE", str(archive))
    assert run(["init", str(archive)]) == 0
    titles = {"lund2020tide": "Tides: a study", "lund2021ebb": "Ebb", "marsh2019salt": "Salt"}
    items = [{"id": key, "type": "book", "title": title} for key, title in titles.items()]
    (tmp_path / "items.json").write_text(json.dumps(items), "utf-8")
    assert run(["import", str(tmp_path / "items.json")]) == 0
    assert run(["entity", "add", "Port Example", "--kind", "place"]) == 0
    assert run(["claim", "add", "The harbour was closed."]) == 0
    return archive


def offered(typed: str) -> list[str]:
    """The words offered at the end of a command line without quotes."""
    *before, incomplete = typed.split(" ")
    return [word for word, _ in complete(before, incomplete)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cite lund", ["lund2020tide", "lund2021ebb"]),
        ("cite lund2020tide marsh", ["marsh2019salt"]),
        ("show m", ["marsh2019salt"]),
        ("cite x --style national-sc", ["national-science-foundation-grant-proposals"]),
        ("cite x -s american-ge", ["american-geophysical-union"]),
        ("cite x --style=american-ge", ["--style=american-geophysical-union"]),
        ("cite x --locale tr", ["tr-TR"]),
        ("cite x --format bi", ["bibtex", "biblatex"]),
        ("cite x -f csl", ["csl-json", "csl-yaml"]),
        ("add x.html --access p", ["public", "private"]),
        ("set x --access=r", ["--access=restricted"]),
        ("annotate lund2021ebb --entity po", ["port-example"]),
        ("entity show p", ["port-example"]),
        ("entity add x --kind o", ["organization", "occurrence"]),
        ("claim link the-harbour-was-closed mar", ["marsh2019salt"]),
        ("claim link the-harbour-was-closed x --stance ", ["supports", "disputes", "mentions"]),
        ("claim show the", ["the-harbour-was-closed"]),
        ("export -f b", ["bagit"]),
        ("list --type article-n", ["article-newspaper"]),
        ("cite x --in", ["--in-text"]),
        ("cite x --archive", ["--archive"]),
        ("--json ver", ["verify"]),
        ("--v", ["--version"]),
        ("ann", ["annotate", "annotation", "annotations"]),
        ("annotation ", ["edit", "private", "rm"]),
        ("--install-completion z", ["zsh"]),
        ("cite -- lund2021", ["lund2021ebb"]),
        ("cite -- -", []),
        ("cite x --output ", []),
        ("cite x --archive ", []),
        ("frobnicate ", []),
        ("rename lund2021ebb ", []),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("root")
def test_what_can_stand_there_is_offered(typed: str, expected: list[str]) -> None:
    """Commands, options, choices, keys, ids, styles and languages; nothing where anything goes."""
    assert sorted(offered(typed)) == sorted(expected)


@pytest.mark.usefixtures("root")
def test_an_option_is_offered_once_unless_it_may_be_repeated() -> None:
    """What was given already is not offered again."""
    left = offered("annotate x --note n --tag a --")
    assert "--note" not in left
    assert {"--tag", "--quote", "--json", "--help"} <= set(left)


def test_titles_and_help_are_said_beside(root: Path) -> None:
    """A key is offered with its title, an option with its help."""
    assert complete(["cite"], "lund2020") == [("lund2020tide", "Tides: a study")]
    assert ("--no-links", "Make no links of identifiers and titles.") in complete(["cite"], "--no")
    assert complete(["--archive", str(root), "show"], "mar") == [("marsh2019salt", "Salt")]


@pytest.mark.usefixtures("root")
def test_a_change_of_the_archive_is_seen() -> None:
    """New, renamed and removed items, other titles and new entities are offered at once."""
    assert offered("cite m") == ["marsh2019salt"]
    assert run(["rename", "marsh2019salt", "mire2019"]) == 0
    assert offered("cite m") == ["mire2019"]
    assert run(["set", "mire2019", "title=Mire"]) == 0
    assert complete(["cite"], "m") == [("mire2019", "Mire")]
    assert run(["remove", "mire2019", "--yes"]) == 0
    assert offered("cite m") == []
    assert run(["entity", "add", "Mira", "--kind", "person"]) == 0
    assert offered("entity show mi") == ["mira"]


@pytest.mark.usefixtures("root")
def test_a_list_is_made_once() -> None:
    """The second time the kept list is read, whatever lies in it."""
    assert offered("cite m") == ["marsh2019salt"]
    (kept_list,) = lists_folder().glob("items-*.txt")
    text = kept_list.read_text("utf-8").replace("marsh2019salt", "marsh2019fen")
    kept_list.write_text(text, "utf-8")
    assert offered("cite m") == ["marsh2019fen"]


def test_a_list_that_cannot_be_kept_is_made_each_time(root: Path) -> None:
    """No cache folder, no permission: completion works all the same."""
    (root.parent / "cache").write_text("a file", "utf-8")
    for _ in range(2):
        assert offered("cite m") == ["marsh2019salt"]


def test_an_entry_is_a_line() -> None:
    """What is said of a word is what stands after it on its line."""
    assert entries_of("stamp\nab\tone\nb\ttwo\na\t", "a") == [("ab", "one"), ("a", "")]


def test_a_stamp_tells_an_absent_file(tmp_path: Path) -> None:
    """What is not there is another state than any that is."""
    before = stamp_of(tmp_path / "x")
    (tmp_path / "x").write_text("", "utf-8")
    assert stamp_of(tmp_path / "x") != before


def test_without_an_archive_there_are_no_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no archive is, and where it is broken, nothing is offered and nothing told."""
    monkeypatch.delenv("CITEKIT_ARCHIVE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert offered("cite x") == []
    (tmp_path / "archive.toml").write_text("layout = [", "utf-8")
    assert offered("cite x") == []


def test_lists_lie_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is the one that platformdirs names, with and without XDG_CACHE_HOME."""
    for value in ("/somewhere/else", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        named = platformdirs.user_cache_dir("citekit", appauthor=False)
        assert lists_folder().parent == Path(named)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["citekit", "ci"], ([], "ci", 0)),
        (["citekit", "cite", ""], (["cite"], "", 0)),
        (["citekit", "cite", "--style", "="], (["cite"], "--style=", 8)),
        (["citekit", "cite", "--style", "=", "ap"], (["cite"], "--style=ap", 8)),
        (["citekit", "cite", "--style=ap"], (["cite"], "--style=ap", 0)),
        (["citekit", "cite", "doe", ":", "2020"], (["cite"], "doe:2020", 4)),
        (["citekit", "set", "k", "url", "=", "x", "a"], (["set", "k", "url=x"], "a", 0)),
        (["citekit", "cite", '"lund'], (["cite"], "lund", 0)),
    ],
)
def test_words_of_bash_are_put_together(
    words: list[str], expected: tuple[list[str], str, int]
) -> None:
    """Bash takes ``=`` and ``:`` for words; they belong to what stands around them."""
    given = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    assert bash_words(given) == expected


def type_into(shell: list[str], setup: list[str], typed: str, expected: str) -> str:
    """The line that a shell has after TAB was pressed at its end, as the shell itself echoes it."""
    import pty  # which Windows has not

    process, terminal = pty.fork()
    if not process:
        os.environ |= {"TERM": "dumb", "PS1": "", "NO_COLOR": "1"}
        os.execvp(shell[0], shell)  # noqa: S606  # the terminal is its own
    try:
        for line in [*setup, "echo re''ady"]:
            os.write(terminal, f"{line}\n".encode())
        _read_until(terminal, "ready")
        os.write(terminal, f"{typed}\t".encode())
        _read_until(terminal, expected[len(typed) :], seconds=10)
        os.write(terminal, b"\x01echo 'line': \x05 'end'\n")
        text = _read_until(terminal, " end")
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    return text.rpartition("line: ")[2].partition(" end")[0].strip()


def _read_until(terminal: int, word: str, *, seconds: float = 30) -> str:
    text = ""
    end = time.monotonic() + seconds
    while word not in text and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            text += os.read(terminal, 65536).decode("utf-8", "replace")
    return text


TYPED = [
    ("citekit cite mar", "citekit cite marsh2019salt"),
    ("citekit cite x --style american-ge", "citekit cite x --style american-geophysical-union"),
    ("citekit cite x --style=american-ge", "citekit cite x --style=american-geophysical-union"),
    ("citekit add x --access pu", "citekit add x --access public"),
    ("citekit entity sh", "citekit entity show"),
    ("citekit cite x --no-l", "citekit cite x --no-links"),
    ("citekit import items.j", "citekit import items.json"),
]


def skip_without(shell: str) -> None:
    """Skip loudly where a shell is not installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_bash_completes(root: Path, typed: str, expected: str) -> None:
    """In a real bash, with what --install-completion wrote, TAB completes the word."""
    skip_without("bash")
    assert run(["--install-completion", "bash"]) == 0
    setup = [f"cd {root.parent}", "source .bashrc"]
    assert type_into(["bash", "--norc", "-i"], setup, typed, expected) == expected


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_zsh_completes(root: Path, typed: str, expected: str) -> None:
    """In a real zsh, with what --install-completion wrote, TAB completes the word."""
    skip_without("zsh")
    assert run(["--install-completion", "zsh"]) == 0
    setup = ["bindkey -e", f"cd {root.parent}", "source .zshrc"]
    assert type_into(["zsh", "-f", "-i"], setup, typed, expected) == expected


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_fish_completes(root: Path, typed: str, expected: str) -> None:
    """In a real fish, with what --install-completion wrote, the one candidate is the word."""
    skip_without("fish")
    assert run(["--install-completion", "fish"]) == 0
    asked = subprocess.run(
        ["fish", "-c", f"complete -C {typed!r}"], cwd=root.parent, capture_output=True, check=True
    )
    words = [line.partition("\t")[0] for line in asked.stdout.decode().splitlines()]
    assert words == [expected.rpartition(" ")[2]]


@pytest.mark.usefixtures("root")
def test_fish_can_be_installed_from_bash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shell that is named gets its script, whichever one asks; unnamed, the user's own."""
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert run(["--install-completion", "fish"]) == 0
    script = tmp_path / ".config" / "fish" / "completions" / "citekit.fish"
    assert "complete_fish" in script.read_text("utf-8")
    assert not (tmp_path / ".bashrc").exists()
    capsys.readouterr()
    assert run(["--show-completion", "zsh"]) == 0
    assert "#compdef citekit" in capsys.readouterr().out
    assert run(["--show-completion"]) == 0
    assert "complete -o default" in capsys.readouterr().out
    assert run(["--install-completion", "tcsh"]) == 2


@pytest.mark.usefixtures("root")
def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    """The user's start-up file gets one line, after what stands in it."""
    (tmp_path / ".bashrc").write_text("alias ll='ls -l'", "utf-8")
    assert run(["--install-completion", "bash"]) == 0
    once = (tmp_path / ".bashrc").read_text("utf-8")
    assert run(["--install-completion", "bash"]) == 0
    assert (tmp_path / ".bashrc").read_text("utf-8") == once
    assert once.splitlines()[0] == "alias ll='ls -l'"


def test_titles_of_others_do_not_drive_the_terminal(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a shell prints of an archive holds no control characters."""
    items = json.dumps([{"id": "evil", "type": "book", "title": "a\x1b]0;owned\x07b:c\n"}])
    (root.parent / "evil.json").write_text(items, "utf-8")
    assert run(["import", str(root.parent / "evil.json")]) == 0
    capsys.readouterr()
    for shell in ("fish", "zsh"):
        monkeypatch.setenv("_CITEKIT_COMPLETE", f"complete_{shell}")
        assert run(["cite", "ev"]) == 0
        out = capsys.readouterr().out
        assert out.startswith("evil")
        assert "\x1b" not in out
        assert out.count("\n") == 1


def test_completion_does_not_load_typer(root: Path) -> None:
    """A kept list is read by a handful of modules, and none of the program behind them."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    env["_CITEKIT_COMPLETE"] = "complete_fish"
    command = [sys.executable, "-X", "importtime", "-m", "citekit", "cite", "mar"]
    for _ in range(2):
        done = subprocess.run(command, env=env, capture_output=True, check=True, cwd=root)
    assert done.stdout == b"marsh2019salt\tSalt\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert {name for name in loaded if name.startswith("citekit")} == {
        "citekit",
        "citekit.app",
        "citekit.app.citing",
        "citekit.app.citing.result",  # the names of formats, and nothing behind them
        "citekit.cli",
        "citekit.cli.arguments",
        "citekit.cli.call",
        "citekit.cli.command_table",
        "citekit.cli.completion",
        "citekit.cli.completion.cache",
        "citekit.cli.completion.complete",
        "citekit.cli.completion.shells",
        "citekit.cli.completion.sources",
        "citekit.cli.context",
        "citekit.cli.declared",
        "citekit.cli.output",
        "citekit.cli.run",
        "citekit.errors",
        "citekit.model",
        "citekit.model.machine",
        "citekit.model.machine.user_folders",
        "citekit.model.records",
        "citekit.model.records.control_characters",
        "citekit.model.title_markup",
        "citekit.model.value",
        "citekit.model.variables",
        "citekit.version",
    }
    assert not loaded & {"typer", "click", "rich", "json", "dataclasses", "inspect", "sqlite3"}


def test_styles_that_one_has_are_offered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken in is known at once, and what the group of commands can do."""
    monkeypatch.setenv("XDG_DATA_HOME", str(root.parent / "data"))
    assert offered("cite --style journal-of-tid") == []
    assert run(["styles", "update", str(BROUGHT)]) == 0
    assert offered("cite --style journal-of-tid") == ["journal-of-tides"]
    assert offered("cite --locale qaa") == ["qaa-ZZ"]
    assert offered("styles ") == ["show", "update", "remove"]
    assert offered("styles --o") == ["--own"]
    assert offered("styles show letters-on-t") == ["letters-on-tides"]
    assert offered("styles remove lo") == ["locales-qaa-ZZ"]
    assert run(["styles", "remove", "--all"]) == 0
    assert offered("cite --style journal-of-tid") == []
