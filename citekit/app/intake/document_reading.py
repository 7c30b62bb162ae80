"""Reading a document in a process that can be stopped.

A hostile page can keep a parser busy for minutes or exhaust memory; here that costs a child
process (``reader_process``). Plain text and Markdown are read in this process: their readers are
linear.
``python -m citekit.app.intake.document_reading`` is the child.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.libraries import libraries_of
from citekit.app.intake.reader_process import GaveUp, ReaderProcess
from citekit.errors import InvalidData, Place
from citekit.extract import Extraction, extract
from citekit.extract.shared.publishers import read_publishers
from citekit.findings import Finding, Severity
from citekit.model.records.codec import decode, to_json
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.store.reading import ArchiveReader

TIMEOUT_S: Final = 60.0
_MEMORY_BYTES: Final = 4 * 2**30
_TEXT_SUFFIXES: Final = (".txt", ".text", ".md", ".markdown")
_READER: Final = ReaderProcess("citekit.app.intake.document_reading")


def read_extraction(
    data: bytes,
    *,
    name: str | None,
    url: str | None,
    encoding: str | None,
    publishers: Sequence[Mapping[str, Any]],
    now: datetime,
    timeout_s: float = TIMEOUT_S,
) -> Extraction:
    """What can be read out of the bytes; when the child fails or is stopped, a finding says so."""
    facts = {
        "name": name,
        "url": url,
        "encoding": encoding,
        "publishers": [dict(publisher) for publisher in publishers],
        "now": now.isoformat(),
    }
    if _reads_quickly(data, name):
        return _extract(data, facts)
    request = json.dumps({**facts, "data": base64.b64encode(data).decode()})
    try:
        answer = _READER.ask(request.encode(), timeout_s=timeout_s)
    except GaveUp as error:
        return _gave_up(name, str(error))
    return decode(Extraction, json.loads(answer))


def own_publishers(store: ArchiveReader) -> tuple[Mapping[str, Any], ...]:
    """The archive's own publishers; raises InvalidData with the line of a table that is wrong.

    Checked here, before a child reads a page: the child could only give up.
    """
    for number, row in enumerate(store.settings.publishers):
        try:
            read_publishers([row])
        except InvalidData as error:
            path = store.layout.settings_file
            heads = re.finditer(
                r"^\s*\[\[\s*publisher\s*\]\]", path.read_text("utf-8"), re.MULTILINE
            )
            lines = [head.string.count("\n", 0, head.end()) + 1 for head in heads]
            place = Place(path=str(path), line=lines[number] if number < len(lines) else None)
            raise InvalidData(error.message, place=place, hint=error.hint) from error
    return store.settings.publishers


def _reads_quickly(data: bytes, name: str | None) -> bool:
    """Whether no tree has to be built: text by name, or by having no mark-up at its start."""
    if name and name.lower().endswith(_TEXT_SUFFIXES):
        return True
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    suffix = "." in (name or "")
    return not suffix and not start.startswith((b"<", b"%PDF", b"MIME", b"From:"))


def _gave_up(name: str | None, reason: str) -> Extraction:
    finding = Finding(
        code="CK-W190",
        severity=Severity.WARNING,
        message=f"{name or 'stdin'} is kept as it is, but nothing was read from it: {reason}",
        hint="give its metadata with --set",
    )
    return Extraction(media_type="application/octet-stream", kind="other", findings=(finding,))


def _extract(data: bytes, facts: Mapping[str, Any]) -> Extraction:

    extraction = extract(
        data,
        name=facts["name"],
        url=facts["url"],
        encoding=facts["encoding"],
        publishers=read_publishers(facts["publishers"]),
        now=datetime.fromisoformat(facts["now"]),
    )
    return replace(extraction, libraries=libraries_of(extraction.kind))


def _limit_memory() -> None:
    """Bound the child's memory where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def main() -> int:
    """Answer the requests on stdin, one a line."""
    _limit_memory()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    for line in sys.stdin.buffer:
        request = json.loads(line)
        extraction = _extract(base64.b64decode(request.pop("data")), request)
        answers.write(json.dumps(to_json(extraction)).encode() + b"\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
