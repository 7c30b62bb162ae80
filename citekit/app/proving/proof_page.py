"""The readable page that comes with a proof file: what is proven, by whom, and what is not."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, NamedTuple

from citekit.app.proving.proof_file import item_path
from citekit.errors import InvalidData
from citekit.model.capture import Tool
from citekit.model.item import Item
from citekit.model.records.codec import decode, write_instant
from citekit.model.records.control_characters import replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citekit.app.proving.proof_file import ProofDocument
    from citekit.app.proving.proof_verdict import ProofVerdict, ProvenTime

_ENTRY = {"done": "recorded when it was done", "found": "found when it was sealed"}


class Fact(NamedTuple):
    """One thing that a record says, and how it is known: observed, declared or computed."""

    what: str
    value: str
    how: str


def render_page(verdict: ProofVerdict, document: ProofDocument, *, how: str | None = None) -> str:
    """The page, one HTML document without script; everything from the proof is escaped.

    ``how`` is HTML that stands before the lists and says how to check; without it the page ends
    with the commands for a proof file that lies alone.
    """
    page = _read("proof_page.html")
    path = item_path(document)
    item = _object(None if path is None else verdict.documents.get(path))
    alone = Template(_read("proof_how.html")).substitute(key=words(document.key))
    return Template(page).substitute(
        style=style_hash(page),
        before=how or "",
        after="" if how else alone,
        title=words(str(item.get("title") or document.key)),
        summary=words(verdict.summary.capitalize()),
        purged=_purged(verdict),
        proven=_list(verdict.proven),
        not_proven=_list(verdict.not_proven),
        facts=_rows(facts_of(verdict)),
        entries=_rows(_entries(verdict)),
        log=_rows(_log(verdict, document)),
    )


def words(text: str) -> str:
    """Text of a record as it stands between tags: no mark-up, and nothing that turns it round."""
    return escape(replaced(text))


def _read(name: str) -> str:
    return (files("citekit.app.proving") / name).read_text(encoding="utf-8")


def style_hash(page: str) -> str:
    """What the page's policy calls its style sheet by: nothing else may give a style."""
    style = page.partition("<style>")[2].partition("</style>")[0]
    return f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"


def facts_of(verdict: ProofVerdict) -> list[Fact]:
    """What the files of a proof say, each with how it is known."""
    facts: list[Fact] = []
    for path, value in sorted(verdict.documents.items()):
        document = _object(value)
        if path.endswith("/item.json"):
            facts += _item_facts(document)
        elif "/captures/" in path:
            facts += _capture_facts(document)
    return facts


def _purged(verdict: ProofVerdict) -> str:
    """What was removed for good, where everybody sees it; nothing where nothing was."""
    if not verdict.purged:
        return ""
    roles = words(", ".join(dict.fromkeys(purge.role for purge in verdict.purged)))
    return (
        f'<p class="verdict"><strong>Purged: {roles}.</strong> The archive does not hold these '
        "bytes any more. That they were captured, and what their digests were, is proven all the "
        "same; when, by whom and why they were removed stands below.</p>"
    )


def _item_facts(document: Mapping[str, Any]) -> Iterator[Fact]:
    try:
        item = Item.from_json(document)
    except InvalidData:  # sealed as it is; verify tells
        return
    issued = item.date("issued")
    values = {
        "title": item.title,
        "author": "; ".join(map(str, item.names("author"))),
        "container-title": item.text("container-title"),
        "publisher": item.text("publisher"),
        "issued": issued.to_edtf() if issued else "",
        "URL": item.text("URL"),
    }
    yield from (
        Fact(name, value, _how_known(item, name)) for name, value in values.items() if value
    )


def _how_known(item: Item, variable: str) -> str:
    """Observed where the value is what citekit read in the bytes; else somebody's word."""
    for candidate in item.facts.evidence.get(variable, ()):
        is_shown = candidate.get("chosen") and candidate.get("value") == item.data[variable]
        if is_shown and candidate.get("fact") == "observed":
            return "observed, in the captured bytes"
    return "declared"


def _capture_facts(capture: Mapping[str, Any]) -> Iterator[Fact]:
    source = _object(capture.get("source"))
    how = "observed" if source.get("fact") == "observed" else "declared"
    if source.get("url"):
        yield Fact("source URL", str(source["url"]), how)
    if source.get("file"):
        yield Fact("source file", str(source["file"]), "observed")
    for name in ("final_url", "status", "address", "certificate"):
        if capture.get(name) is not None:
            yield Fact(name.replace("_", " "), str(capture[name]), how)
    yield Fact("captured at", str(capture.get("captured_at")), "observed, by the local clock")
    with suppress(InvalidData):  # sealed as it is; verify tells
        yield Fact("read with", str(decode(Tool, capture.get("tool"))), "observed")
    for role, payload in sorted(_object(capture.get("payloads")).items()):
        about = _object(payload)
        digest = f"{about.get('digest')}, {about.get('size_bytes')} bytes"
        yield Fact(f"payload {role}", digest, "computed")


def _entries(verdict: ProofVerdict) -> Iterator[tuple[str, ...]]:
    for entry in sorted(verdict.entries, key=lambda e: e.index):
        event = entry.event
        agent = _object(event.get("agent"))
        how = _ENTRY.get(str(event.get("source")), "")
        what = f"{event.get('action')}: {event.get('subject')}"
        yield str(entry.index), what, str(event.get("at")), str(agent.get("name")), how


def _log(verdict: ProofVerdict, document: ProofDocument) -> Iterator[tuple[str, str]]:
    checkpoint = verdict.checkpoint
    if checkpoint:
        yield "Name", checkpoint.origin
        yield "Entries", str(checkpoint.size)
        yield "Root", b64encode(checkpoint.root).decode()
    yield "Signatures", ", ".join(verdict.signers) or "none: this checkpoint is unsigned"
    yield from (("Timestamp", _time(time)) for time in verdict.times)
    if not verdict.times:
        yield "Timestamp", "none: when this existed rests on the word of its signer"
    yield "Proof made at", write_instant(document.made_at)


def _time(time: ProvenTime) -> str:
    """What an authority says, and that nobody has checked it for the reader of the page."""
    what = "all of this" if time.is_whole else ", ".join(time.names)
    at = write_instant(time.at)
    return f"{at}, of {what}, says {time.authority}; check it with the authority's certificate"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"<li>{words(line)}</li>" for line in lines)


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    cells = ("".join(f"<td>{words(cell)}</td>" for cell in row) for row in rows)
    return "\n".join(f"<tr>{row}</tr>" for row in cells)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
