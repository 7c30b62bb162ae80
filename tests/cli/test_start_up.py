"""What short commands load: start-up time is a promise, and every module counts.

``fast_modules.txt`` lists what each of them may load of citekit and of other packages;
``CITEKIT_UPDATE=1 pytest tests/cli/test_start_up.py`` writes it anew, for review.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST = Path(__file__).with_name("fast_modules.txt")
CALLS = {
    "--version": ["--version"],
    "cite KEY --format bibtex": ["cite", "harbour", "--format", "bibtex"],
    "cite KEY --style apa": ["cite", "harbour", "--style", "apa"],
    "list": ["list"],
    "search": ["search", "lighthouse"],
    "show": ["show", "harbour"],
    "styles": ["styles", "apa"],
    "annotations": ["annotations", "harbour"],
    "log": ["log"],
}
# Slow ones of the standard library, which nothing that cites may need.
SLOW = {"argparse", "asyncio", "ast", "concurrent", "dataclasses", "dis", "email", "html", "http",
        "hashlib", "inspect", "logging", "multiprocessing", "sqlite3", "socket", "ssl",
        "subprocess", "tempfile", "unittest", "urllib.request", "xml.dom", "zipfile"}  # fmt: skip


def loaded(words: list[str], archive: Path) -> set[str]:
    """The modules that a call loads, in a process of its own, beside those of Python's start."""
    program = (
        "import sys; before = set(sys.modules); sys.argv = ['citekit', *sys.argv[1:]];"
        "import os; end = os._exit; os._exit = lambda code: None;"
        "from citekit.__main__ import main; main();"
        "print('\\0'.join(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env={**os.environ, "CITEKIT_ARCHIVE": str(archive)},
        capture_output=True,
        check=True,
    )
    return set(done.stderr.decode().splitlines()[-1].split("\0"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive of one item, whose index, list of styles and parsed style are there already.

    They lie in a cache folder of their own: another checkout that runs meanwhile has other ones.
    """
    root = tmp_path_factory.mktemp("fast") / "a"
    items = root.parent / "items.json"
    text = '[{"id": "harbour", "type": "book", "title": "Old lighthouse"}]'
    items.write_text(text, "utf-8")
    at = ["--archive", str(root)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root.parent / "cache"))
        assert run([*at, "init"]) == run([*at, "import", str(items)]) == run([*at, "list"]) == 0
        assert run(["styles", "apa"]) == 0
        loaded(CALLS["cite KEY --style apa"], root)
        yield root


def read_list() -> dict[str, set[str]]:
    """The committed list: a call in brackets, then its modules."""
    allowed: dict[str, set[str]] = {}
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("["):
            allowed[line.strip("[]")] = modules = set()
        elif line and not line.startswith("#"):
            modules.add(line)
    return allowed


def test_short_commands_load_what_is_listed(archive: Path) -> None:
    """No short command loads a module of ours or of another package that is not in the list."""
    found = {}
    for name, words in CALLS.items():
        tops = {module: module.partition(".")[0] for module in loaded(words, archive)}
        names = {m if top == "citekit" else top for m, top in tops.items()}
        found[name] = {name for name in names if name not in sys.stdlib_module_names}
    if os.environ.get("CITEKIT_UPDATE"):
        parts = ["\n".join([f"[{name}]", *sorted(found[name])]) for name in found]
        LIST.write_text("\n\n".join(parts) + "\n", "utf-8", newline="\n")
    allowed = read_list()
    assert {name: found[name] - allowed[name] for name in CALLS} == {name: set() for name in CALLS}


@pytest.mark.parametrize("name", ["--version", "cite KEY --format bibtex", "cite KEY --style apa"])
def test_citing_loads_nothing_slow(name: str, archive: Path) -> None:
    """What cites leaves typer, databases, networks and the slow part of Python's library alone."""
    modules = loaded(CALLS[name], archive)
    tops = modules | {module.partition(".")[0] for module in modules}
    assert not tops & (SLOW | {"typer", "click", "rich", "lxml", "yaml", "sphinx", "docutils"})


def test_the_version_loads_next_to_nothing(archive: Path) -> None:
    """``--version`` is answered before the program is loaded."""
    assert {m for m in loaded(["--version"], archive) if "." in m} <= {
        "citekit.__main__",
        "citekit.version",
    }
