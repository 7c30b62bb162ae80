"""The only place that prints: answers on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from citekit.model.records.control_characters import escaped_json, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from citekit.app.syncing.cited import CitedByPapers
    from citekit.errors import CitekitError
    from citekit.findings import Finding
    from citekit.store.private.left_out import LeftOut


MOST_TOLD: Final = 20
"""How many findings of one kind of work are told to people, where there may be thousands."""


def prepare() -> None:
    """Make both streams write UTF-8 whatever the locale says, and never die of a character."""
    if sys.stdout is None:  # closed by the caller: the work is done all the same
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # speed; it lives on
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # speed; it lives on
    for stream in (sys.stdout, sys.stderr):
        if (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # a text file
        else:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text file


def answer(text: str) -> None:
    """Print an answer for people; it ends with one newline, and nothing in it steers a terminal."""
    answer_as_it_is(visible(text))


def answer_as_it_is(text: str) -> None:
    """Print what is inert already: a reference in its own format, words in colours, a program."""
    if text:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def flush() -> None:
    """Let what was answered be read now: the command goes on for as long as the user likes."""
    sys.stdout.flush()


def answer_json(value: Any) -> None:  # noqa: ANN401  # any JSON value
    """Print one JSON document."""
    sys.stdout.write(f"{_document(value)}\n")


def _document(value: Any) -> str:  # noqa: ANN401  # any JSON value
    import json

    return escaped_json(json.dumps(value, ensure_ascii=False, indent=2))


def fit(line: str) -> str:
    """The line, cut with an ellipsis where a terminal would break it; whole in files and pipes."""
    columns = width()
    return line if columns is None or len(line) <= columns else f"{line[: columns - 1]}…"


def width() -> int | None:
    """The columns of the terminal, as the environment or the terminal says; None in files, pipes.

    A terminal that does not say has 80.
    """
    if not sys.stdout.isatty():
        return None
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named) > 0:
        return int(named)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def note(text: str, *, quiet: bool = False) -> None:
    """Tell something that is not the answer."""
    if not quiet:
        sys.stderr.write(f"{visible(text)}\n")


def warn(text: str, *, quiet: bool = False) -> None:
    """Tell something that may be amiss."""
    note(f"warning: {text}", quiet=quiet)


def tell_left_out(left_out: LeftOut, *, quiet: bool = False) -> None:
    """Tell how much private is not in what was made: here alone, never in the answer."""
    if left_out:
        note(f"not in it, being private: {left_out.told()}", quiet=quiet)


def tell_findings(findings: Iterable[Finding], *, quiet: bool = False) -> None:
    """Tell findings, one a line, with what to do."""
    for finding in findings:
        place = f"{finding.place}: " if finding.place and str(finding.place) else ""
        note(f"{place}{finding.severity}: {finding.message} [{finding.code}]", quiet=quiet)
        if finding.hint:
            note(f"  hint: {finding.hint}", quiet=quiet)


def tell_some_findings(findings: Sequence[Finding], *, quiet: bool = False) -> None:
    """Tell the first findings and how many there are: nobody reads two thousand lines."""
    tell_findings(findings[:MOST_TOLD], quiet=quiet)
    if len(findings) > MOST_TOLD:
        number = sum(finding.stands_for for finding in findings)
        listed = "every one" if number == len(findings) else f"the first {len(findings) - 1}"
        more = f"… and {number - MOST_TOLD} more, {number} in all"
        note(f"{more}; --json lists {listed}", quiet=quiet)


def tell_cited_by(found: CitedByPapers, *, quiet: bool = False) -> None:
    """Tell what papers cite that is no item here, or is private."""
    tell_findings(found.findings, quiet=quiet)
    tell_some_findings(found.unknown, quiet=quiet)
    tell_left_out(found.left_out, quiet=quiet)


def tell_error(error: CitekitError, *, as_json: bool = False) -> None:
    """Tell why the work stopped, and what to do next."""
    if as_json:
        note(_document({"error": error.to_json()}))
        return
    note(f"citekit: {error}")
    if error.hint:
        note(f"hint: {error.hint}")


def tell_progress(text: str, *, quiet: bool = False) -> None:
    """Overwrite one line of progress; only on a terminal."""
    if not quiet and sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{visible(text)}")
        sys.stderr.flush()


def end_progress(*, quiet: bool = False) -> None:
    """Clear the line of progress."""
    tell_progress("", quiet=quiet)


def has_colours() -> bool:
    """Whether answers may be coloured: on a terminal, and not where NO_COLOR says otherwise.

    Source: https://no-color.org
    """
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_plain


def confirm(question: str) -> bool:
    """Ask; anything but yes is no, and so is a stdin that is no terminal."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{visible(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def is_conversation() -> bool:
    """Whether there is somebody to ask: questions go to stderr, and answers come from stdin."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(question: str, answers: Mapping[str, str], *, otherwise: str) -> str:
    """Ask until an answer is given, or how it begins; ``otherwise`` at the end of the input."""
    while True:
        sys.stderr.write(f"{visible(question)} [{'/'.join(answers)}] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return otherwise
        typed = line.strip().lower()
        for answer_, value in answers.items():
            if typed and answer_.startswith(typed):
                return value


def abandon_stdout() -> None:
    """Let a closed pipe end the program quietly."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
