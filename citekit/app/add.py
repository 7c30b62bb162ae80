"""Archiving a file: its bytes, a capture record, and an item with evidence for every field.

What citekit reads in the bytes itself is *observed*; what somebody says of them – the address they
came from, a field given by hand – is *declared*.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from citekit.app.citekey import make_citekey
from citekit.app.clock import now as this_second
from citekit.app.extraction import own_publishers, read_extraction
from citekit.app.passages import count_words
from citekit.errors import InvalidData, NotFound, StorageFailed, StoreConflict, UsageError
from citekit.findings import Finding, Severity
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import Capture, Payload, Source, TextMap
from citekit.model.citekey import check_citekey
from citekit.model.identifiers import make_stamp
from citekit.model.item import Access, Item, ItemFacts
from citekit.store.record import this_tool

if TYPE_CHECKING:
    from datetime import datetime

    from citekit.extract import Evidence, Extraction
    from citekit.store.archive import ArchiveStore

DEFAULT_MAX_SIZE_BYTES: Final = 100 * 10**6

# CSL variables that evidence may fill. What an archive may publish of a restricted item are its
# title, names and dates; the article's own sentences (abstract, captions) stay offsets.
_VARIABLES: Final = (
    "title",
    "title-short",
    "author",
    "editor",
    "container-title",
    "container-title-short",
    "section",
    "publisher",
    "publisher-place",
    "issued",
    "language",
    "genre",
    "volume",
    "issue",
    "page",
    "ISSN",
    "ISBN",
    "DOI",
)
_RECORDED: Final = (
    *_VARIABLES,
    "type",
    "URL",
    "issued-time",
    "encoding",
    "updated",
    "alternate-title",
    "caption",
    "credit",
    "archive",
)
_MISSED: Final = {"no-title": "title", "no-date": "issued"}  # rule of a finding -> variable
_OFFSETS_ONLY: Final = frozenset({"caption"})
# What follows from the address is as sure as the address: somebody's word; so is what a program
# that saved the page wrote into it.
_DECLARING: Final = frozenset({"url", "singlefile", "mhtml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """One source's result: its item, whether that is new, and what was noticed."""

    key: str
    item: Item
    is_new: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the user says of a source."""

    url: str | None = None
    fields: Mapping[str, Any] | None = None
    access: Access | None = None
    encoding: str | None = None


def read_source(source: Path, *, max_size_bytes: int = DEFAULT_MAX_SIZE_BYTES) -> bytes:
    """A file's bytes.

    Raises NotFound, InvalidData (a folder, empty, larger than the limit) or StorageFailed.
    """
    try:
        if source.is_dir():
            hint = "name the files in it, such as FOLDER/*.html"
            raise InvalidData("is a folder, not a file", place=str(source), hint=hint)
        if source.exists() and not source.is_file():  # a pipe or a device may never end
            hint = "give its bytes on stdin: … | citekit add -"
            raise InvalidData("is no regular file", place=str(source), hint=hint)
        with source.open("rb") as file:
            data = file.read(max_size_bytes + 1)
    except FileNotFoundError as error:
        raise NotFound("no such file", place=str(source), hint=_near_files(source)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed(f"cannot be read: {reason}", place=str(source)) from error
    return check_size(data, str(source), max_size_bytes=max_size_bytes)


def _near_files(source: Path) -> str:
    """Files in the same folder that are called nearly so; else where to look."""
    from difflib import get_close_matches

    try:
        names = [path.name for path in source.parent.iterdir()]
    except OSError:
        return "look at the path: its folder cannot be read"
    near = get_close_matches(source.name, names, n=3)
    return f"did you mean {', '.join(near)}?" if near else "look at the path; - reads stdin"


def check_size(data: bytes, place: str, *, max_size_bytes: int) -> bytes:
    """The data, if there is some and not too much; raises InvalidData."""
    if not data:
        raise InvalidData("is empty", place=place, hint="nothing to archive")
    if len(data) > max_size_bytes:
        limit = f"{max_size_bytes / 10**6:g} MB"
        raise InvalidData(
            f"is larger than {limit}", place=place, hint="allow it with --max-size, such as 2GB"
        )
    return data


def add(
    store: ArchiveStore,
    source: Path | bytes,
    *,
    name: str | None = None,
    url: str | None = None,
    key: str | None = None,
    fields: Mapping[str, Any] | None = None,
    access: Access | None = None,
    encoding: str | None = None,
    max_size_bytes: int = DEFAULT_MAX_SIZE_BYTES,
    now: datetime | None = None,
) -> Added:
    """Archive one file, or bytes, as a new item.

    Bytes that the archive has already are not added again: the item that has them comes back.
    Raises NotFound, InvalidData, StorageFailed for the source, UsageError for what is said of it,
    StoreConflict for a key that is taken.
    """
    check_encoding(encoding)
    declared = Declared(url=check_url(url), fields=fields, access=access, encoding=encoding)
    if key is not None:
        check_citekey(key)
    if isinstance(source, Path):
        data = read_source(source, max_size_bytes=max_size_bytes)
        name = os.fsencode(source.name).decode("utf-8", "replace")  # a name may be any bytes
    else:
        data = check_size(source, name or "stdin", max_size_bytes=max_size_bytes)
    known = _known(store, data, is_told_more=key is not None or declared != Declared())
    if known is not None:
        return known
    captured_at = now or this_second()
    extraction = read_extraction(
        data,
        name=name,
        url=declared.url,
        encoding=encoding,
        publishers=own_publishers(store),
        now=captured_at,
    )
    _refuse_binary_text(extraction, name)
    is_default = max_size_bytes == DEFAULT_MAX_SIZE_BYTES
    options = {"encoding": encoding, "max_size_bytes": None if is_default else max_size_bytes}
    return _store(
        store, data, extraction, declared, options, key=key, name=name, captured_at=captured_at
    )


def check_url(url: str | None) -> str | None:
    """The address, if it is an absolute http or https one; raises UsageError."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or re.search(r"[\s<>\"\x00-\x1f]", url):
        raise UsageError(f"is no web address: {url!r}", hint="for example https://example.org/news")
    return url


def check_encoding(name: str | None) -> None:
    """Refuse an encoding that nobody knows; raises UsageError."""
    try:
        codecs.lookup(name or "utf-8")
    except (LookupError, ValueError) as error:
        hint = "use a name such as utf-8, windows-1254 or shift_jis"
        raise UsageError(f"no encoding is called {name!r}", hint=hint) from error


def _known(store: ArchiveStore, data: bytes, *, is_told_more: bool) -> Added | None:
    """The item that has these bytes already; it stays as it is, whatever was said of them."""
    key = store.holders.find(digest_bytes(data))
    if key is None:
        return None
    is_here = store.payload_path(digest_bytes(data)) is not None
    finding = Finding(
        code="CK-I101",
        severity=Severity.NOTE,
        message=f"these bytes are in the archive already: {key}"
        if is_here
        else f"these bytes were archived as {key}, and are not on this machine",
        hint=_about_known(key, is_here=is_here, is_told_more=is_told_more),
    )
    return Added(key=key, item=store.item(key), is_new=False, findings=(finding,))


def _about_known(key: str, *, is_here: bool, is_told_more: bool) -> str:
    if not is_here:
        return f"citekit verify {key} says why"
    if is_told_more:
        return f"nothing was changed; citekit set {key} FIELD=VALUE changes its record"
    return f"citekit show {key}"


def _refuse_binary_text(extraction: Extraction, name: str | None) -> None:
    """A file that its name calls text must be one: else a wrong file would pass unseen."""
    named_text = re.search(r"\.(txt|text|md|html?)$", name or "", re.IGNORECASE)
    if extraction.kind == "other" and named_text:
        raise InvalidData(
            "is binary, though its name says text",
            place=name,
            hint="name its --encoding, or rename the file to keep its bytes as they are",
        )


def _store(
    store: ArchiveStore,
    data: bytes,
    extraction: Extraction,
    declared: Declared,
    options: Mapping[str, Any],
    *,
    key: str | None,
    name: str | None,
    captured_at: datetime,
) -> Added:
    payloads, contents = build_payloads(data, extraction)
    capture = Capture(
        captured_at=captured_at,
        source=_source(declared, extraction, name),
        tool=this_tool(options, extraction.libraries),
        payloads=payloads,
    )
    variables, facts = describe(extraction, declared, store.settings.access)
    with store.writing(options={**options, **_of_the_item(declared)}) as writer:
        if key is not None and _is_taken(store, key):
            raise StoreConflict(f"the key {key} is taken", hint="choose another --key")
        chosen = key or writer.unique_key(make_citekey(variables))
        item = Item.from_json({"id": chosen, **variables}).with_facts(facts)
        stamp = make_stamp(captured_at)
        writer.add_item(item, captures={stamp: capture}, payloads=contents)
    findings = tuple(_findings(extraction, declared, chosen))
    return Added(key=chosen, item=item, is_new=True, findings=findings)


def _findings(extraction: Extraction, declared: Declared, key: str) -> Iterator[Finding]:
    """What was noticed; of what was missed only that which the user did not give, either."""
    given = declared.fields or {}
    for finding in extraction.findings:
        variable = _MISSED.get(finding.rule)
        if variable is None:
            yield finding
        elif variable not in given:
            yield replace(finding, hint=f"give it by hand: citekit set {key} {variable}=…")
    yield from unknown_variables(given)


def unknown_variables(fields: Mapping[str, Any]) -> Iterator[Finding]:
    """A warning for each field that CSL does not know: it is kept, and no style prints it."""
    from difflib import get_close_matches

    from citekit.model.variables import VARIABLES

    for name in fields:
        if name not in VARIABLES:
            near = get_close_matches(name, VARIABLES, n=3)
            yield Finding(
                code="CK-W105",
                severity=Severity.WARNING,
                message=f"CSL has no field {name!r}: it is kept, and no style prints it",
                hint=f"did you mean {', '.join(near)}?" if near else "",
            )


def _of_the_item(declared: Declared) -> dict[str, Any]:
    """Options that shape the item, not the capture; of fields the names, for the log is public."""
    fields = sorted(declared.fields) if declared.fields else None
    return {"access": declared.access, "fields": fields}


def _is_taken(store: ArchiveStore, key: str) -> bool:
    try:
        store.resolve(key)
    except NotFound:
        return False
    return True


def build_payloads(
    data: bytes, extraction: Extraction
) -> tuple[dict[str, Payload], dict[str, bytes | Path]]:
    """Payload records by role, and their bytes by digest."""
    original = Payload(
        digest=digest_bytes(data),
        size_bytes=len(data),
        media_type=extraction.media_type,
        encoding=extraction.encoding,
    )
    payloads = {"original": original}
    contents: dict[str, bytes | Path] = {original.digest: data}
    if extraction.text:
        encoded = extraction.text.encode()
        text = Payload(
            digest=digest_bytes(encoded),
            size_bytes=len(encoded),
            media_type="text/plain",
            encoding="utf-8",
            map=map_text(extraction.text),
        )
        payloads["text"] = text
        contents[text.digest] = encoded
    return payloads, contents


def map_text(text: str) -> TextMap:
    """The shape of a text payload: paragraphs stand between blank lines."""
    paragraphs: list[tuple[int, int]] = []
    start = 0
    for part in text.split("\n\n"):
        if part:
            paragraphs.append((start, start + len(part)))
        start += len(part) + 2
    return TextMap(characters=len(text), words=count_words(text), paragraphs=tuple(paragraphs))


def _source(declared: Declared, extraction: Extraction, name: str | None) -> Source:
    """Where the bytes came from; a saved page's own word for its address counts as declared."""
    said_by_file = declared.url is None and extraction.source_url is not None
    return Source(
        fact="declared",
        url=declared.url or extraction.source_url,
        file=name,
        declared_by="file" if said_by_file else "user" if declared.url else None,
        declared_at=extraction.captured_at,
    )


def describe(
    extraction: Extraction, declared: Declared, default_access: Access
) -> tuple[dict[str, Any], ItemFacts]:
    """The item's CSL variables, and its facts with the evidence for them."""
    variables: dict[str, Any] = {"type": extraction.value("type") or "document"}
    for variable in _VARIABLES:
        value = extraction.value(variable)
        if value not in (None, "", []):
            variables[variable] = value
    url = declared.url or extraction.source_url or extraction.value("URL")
    if url:
        variables["URL"] = url
    evidence = {name: _recorded(extraction, name) for name in _RECORDED}
    if declared.url:
        read = tuple(e for e in evidence["URL"] if e["origin"] != "url")
        evidence["URL"] = (declared_evidence(declared.url), *_unchosen(read))
    for name, value in (declared.fields or {}).items():
        variables[name] = value
        evidence[name] = (declared_evidence(value), *_unchosen(evidence.get(name, ())))
    facts = ItemFacts(
        access=declared.access or default_access,
        evidence={name: candidates for name, candidates in evidence.items() if candidates},
    )
    return {name: value for name, value in variables.items() if value is not None}, facts


def declared_evidence(value: Any) -> dict[str, Any]:  # noqa: ANN401  # a JSON value
    """Evidence for a value that the user gave."""
    return {
        "value": value,
        "origin": "user",
        "fact": "declared",
        "rule": "given by hand",
        "place": {},
        "confidence": 1.0,
        "chosen": True,
    }


def _recorded(extraction: Extraction, name: str) -> tuple[dict[str, Any], ...]:
    return tuple(_evidence_json(evidence) for evidence in extraction.candidates(name))


def _evidence_json(evidence: Evidence) -> dict[str, Any]:
    data = evidence.to_json()
    field = data.pop("field")
    if field in _OFFSETS_ONLY:
        data["value"] = None
    fact = "declared" if data["origin"] in _DECLARING else "observed"
    return {"value": data.pop("value"), "origin": data.pop("origin"), "fact": fact, **data}


def _unchosen(candidates: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    return tuple({**candidate, "chosen": False} for candidate in candidates)
