"""What git still has: the commits whose trees hold given bytes, wherever in the repository.

Bytes are looked for by git's own id of their content, so a copy under another name is found too.
Only reading commands are run, with whatever a repository's own configuration could start switched
off; nothing is ever fetched.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import CitekitError
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_TIMEOUT_S: Final = 300.0
_MOST_REFS: Final = 50  # commits whose branches and tags are asked for
_SAFE: Final = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false",
    "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
)  # fmt: skip


class Commit(Value):
    """One commit that holds the bytes: its full id, its author's date (ISO 8601), its subject."""

    id: str
    at: str
    subject: str

    def __str__(self) -> str:
        return f"{self.id[:12]} {self.at[:10]} {self.subject}"


class Traces(Value):
    """What a repository holds of some bytes: commits (newest first), refs that lead there.

    ``paths`` are the names under which they stand, ``is_staged`` tells of the index. Bytes that
    only an unreachable object has are ``is_loose``: git drops them by itself, in time.
    """

    repository: Path
    commits: tuple[Commit, ...] = ()
    refs: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    is_staged: bool = False
    is_loose: bool = False

    def to_json(self) -> dict[str, Any]:
        """The part of a ``--json`` document about git."""
        return {
            "commits": [{"id": c.id, "at": c.at, "subject": c.subject} for c in self.commits],
            "refs": list(self.refs),
            "paths": list(self.paths),
            "staged": self.is_staged,
            "loose": self.is_loose,
        }


class Repository:
    """The git repository in whose work tree a folder is."""

    def __init__(self, top: Path) -> None:
        self.top = top

    @classmethod
    def around(cls, folder: Path) -> Repository | None:
        """The repository around a folder; None when there is none.

        Raises CitekitError when there is one that git does not read, or git is not installed.
        """
        absolute = folder.absolute()
        if not any((above / ".git").exists() for above in (absolute, *absolute.parents)):
            return None
        answer = _git(folder, ["rev-parse", "--show-toplevel"])
        if not answer:
            raise CitekitError("git does not read this repository", place=str(folder),
                               hint="git status says why")  # fmt: skip
        return cls(Path(os.fsdecode(answer.rstrip(b"\n"))))

    def tracked(self, folder: Path) -> list[str]:
        """The paths below a folder that git has in its index, relative to the top."""
        return self._files(folder)

    def takeable(self, folder: Path) -> list[str]:
        """The paths below a folder that git would add next, as it ignores nothing of them."""
        return self._files(folder, "--others", "--exclude-standard")

    def _files(self, folder: Path, *options: str) -> list[str]:
        name = self.name(folder)
        return self._ask("ls-files", "-z", *options, "--", name).split("\0")[:-1] if name else []

    def ids_of(self, files: Sequence[Path]) -> set[str]:
        """Git's ids of the bytes of these files, which need not be in the repository."""
        if not files:
            return set()
        names = [str(path.absolute()) for path in files]
        return set(self._ask("hash-object", "--no-filters", "--", *names).split())

    def ids_at(self, names: Iterable[str]) -> set[str]:
        """Git's ids of all bytes that ever stood at these paths (relative to the top)."""
        return {new for _, new, _ in self._changes(["--", *names])}

    def name(self, path: Path) -> str | None:
        """The path relative to the top of the repository; None when it is outside."""
        try:
            return path.absolute().resolve().relative_to(self.top.resolve()).as_posix()
        except ValueError:
            return None

    def traces(self, ids: Collection[str]) -> Traces:
        """Everything that still holds bytes with one of these ids."""
        present = [i for i in sorted(ids) if _git(self.top, ["cat-file", "-e", i]) is not None]
        if not present:
            return Traces(repository=self.top)
        wanted = [f"--find-object={i}" for i in present]
        changes = list(self._changes(["-m", *wanted]))
        paths = sorted({name for _, _, name in changes})
        holding = self._holding(present, paths)
        staged = self._ask("ls-files", "--stage", "-z").split("\0")
        is_staged = any(line.split(" ", 2)[1:2] == [i] for line in staged for i in present)
        return Traces(
            repository=self.top,
            commits=holding,
            refs=self._refs(changes, present),
            paths=tuple(paths),
            is_staged=is_staged,
            is_loose=not holding and not is_staged,
        )

    def _changes(self, options: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Commit, new id and path of each change that ``git log`` tells, on any ref or reflog."""
        log = ("log", "--all", "--reflog", "--raw", "--no-abbrev", "--no-renames", "-z",
               "--no-ext-diff", "--no-textconv", "--format=%x01%H")  # fmt: skip
        commit = change = ""
        for field in self._ask(*log, *options).split("\0"):
            text = field.lstrip("\n")
            if change:  # what follows a change is its path, whatever it looks like
                yield commit, change.split()[3], field
                change = ""
            elif text.startswith("\1"):
                commit = text[1:].strip()
            elif text.startswith(":"):
                change = text

    def _holding(self, ids: Collection[str], paths: Sequence[str]) -> tuple[Commit, ...]:
        """The commits whose trees have one of these ids at one of these paths."""
        listed = self._ask(
            "log", "--all", "--reflog", "-z", "--no-show-signature", "--format=%H%x01%aI%x01%s"
        )
        commits = [
            Commit(id=parts[0], at=parts[1], subject=parts[2])
            for line in listed.split("\0")
            if len(parts := line.strip("\n").split("\1", 2)) == 3
        ]
        plain = [path for path in paths if "\n" not in path]
        asked = [(commit, path) for commit in commits for path in plain]
        lines = "".join(f"{commit.id}:{path}\n" for commit, path in asked)
        answers = self._ask("cat-file", "--batch-check=%(objectname)", text=lines).split("\n")
        found = {commit.id for (commit, _), i in zip(asked, answers, strict=False) if i in ids}
        return tuple(commit for commit in commits if commit.id in found)

    def _refs(
        self, changes: Iterable[tuple[str, str, str]], ids: Collection[str]
    ) -> tuple[str, ...]:
        """The branches, tags and stashes whose history has a commit that brought the bytes in."""
        refs: set[str] = set()
        brought = dict.fromkeys(commit for commit, new, _ in changes if new in ids)
        for commit in list(brought)[:_MOST_REFS]:
            answer = self._ask("for-each-ref", "--format=%(refname)", f"--contains={commit}")
            refs.update(answer.split("\n"))
        return tuple(sorted(refs - {""}))

    def _ask(self, *words: str, text: str = "") -> str:
        answer = _git(self.top, words, os.fsencode(text))
        if answer is None:
            raise CitekitError(f"git {words[0]} failed", place=str(self.top), hint="run git fsck")
        return os.fsdecode(answer)


def _git(folder: Path, words: Sequence[str], data: bytes = b"") -> bytes | None:
    """What git answers; None when it fails. Raises CitekitError when there is no git."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  # our own words; paths are absolute or after --
            ["git", "-C", str(folder), *_SAFE, *words],  # noqa: S607  # the user's git
            input=data,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
            env=environment,
        )
    except FileNotFoundError as error:
        raise CitekitError(
            "git is not installed", place=str(folder), hint="install git to see what it holds"
        ) from error
    except subprocess.TimeoutExpired as error:
        message = f"git {words[0]} took more than {_TIMEOUT_S:g} s"
        raise CitekitError(message, place=str(folder)) from error
    return done.stdout if done.returncode == 0 else None
