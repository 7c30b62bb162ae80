"""What a source becomes: a capture with its payloads, and the record of an item without its key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.adding.completeness import judge_against, judge_answer, refuse_failed
from citekit.app.intake.adding.sources import Opened
from citekit.app.intake.describe import Declared, describe
from citekit.app.intake.document_reading import read_extraction
from citekit.app.intake.known_source import address_of
from citekit.app.intake.new_citekey import make_citekey
from citekit.app.intake.payloads import build_payloads
from citekit.app.intake.web.observed import cited_address, seen
from citekit.errors import InvalidData
from citekit.extract import Extraction
from citekit.extract.shared.completeness import Completeness
from citekit.findings import Finding, Severity
from citekit.model.capture import Capture, Source
from citekit.model.identifiers import make_stamp
from citekit.model.item import Item, ItemFacts
from citekit.model.nearest import did_you_mean
from citekit.model.value import Value, replace
from citekit.model.variables import VARIABLES
from citekit.store.addresses import known_addresses
from citekit.store.writing.event_recorder import this_tool
from citekit.store.writing.transaction import PayloadSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.intake.reader_process import ReaderProcess
    from citekit.model.item import Access

_MISSED: Final = {"no-title": "title", "no-date": "issued"}  # rule of a finding -> variable


class Draft(Value):
    """A source that was read: its capture, its payloads by digest, and what its item would be."""

    opened: Opened
    extraction: Extraction
    capture: Capture
    contents: Mapping[str, PayloadSource]
    variables: Mapping[str, Any]
    facts: ItemFacts
    completeness: Completeness = Completeness()

    @property
    def asked_at(self) -> tuple[str, ...]:
        """The address that was visited or given, or that was saved in the file."""
        visited = self.opened.visited
        if visited:
            cited = cited_address(visited.exchange, self.extraction)
            return tuple(dict.fromkeys([visited.exchange.url, visited.exchange.final_url, cited]))
        address = address_of(self.opened.declared.url, self.extraction)
        return (address,) if address else ()

    @property
    def stamp(self) -> str:
        """That of the first capture of an item."""
        return make_stamp(self.opened.at)

    @property
    def digest(self) -> str:
        """That of the bytes as they came."""
        return self.capture.payloads["original"].digest

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The addresses at which its item would be known, as they are compared."""
        return known_addresses(self.item("item"), [self.capture])

    def suggested_key(self) -> str:
        """The key that its own data suggests."""
        return make_citekey(self.variables)

    def item(self, key: str) -> Item:
        """The item that it becomes under this key."""
        return Item.from_json({"id": key, **self.variables}).with_facts(self.facts)

    def findings(self, item: Item, *, is_new: bool) -> Iterator[Finding]:
        """What was noticed; of what was missed only that which the record does not have, either."""
        given = (self.opened.declared.fields or {}) if is_new else {}
        yield from self.opened.visited.findings if self.opened.visited else ()
        yield from filter(None, [self.completeness.finding(item.key)])
        for finding in self.extraction.findings:
            variable = _MISSED.get(finding.rule)
            if variable is None:
                yield finding
            elif variable not in (given if is_new else item.data):
                yield replace(finding, hint=f"give it by hand: citekit set {item.key} {variable}=…")
        yield from unknown_variables(given)

    def after(self, last: Capture | None) -> Draft:
        """The same as a new capture of an item of which ``last`` is the last one."""
        shorter = judge_against(last, self.capture)
        return self.judged(self.completeness.with_reasons(shorter))

    def judged(self, completeness: Completeness) -> Draft:
        """The same with what is said of how complete it is, in its capture record too."""
        said = {**self.capture.completeness, **completeness.to_json()}
        capture = replace(self.capture, completeness=said)
        return replace(self, completeness=completeness, capture=capture)


def read_opened(
    opened: Opened,
    publishers: Sequence[Mapping[str, Any]],
    reader: ReaderProcess | None = None,
) -> Extraction:
    """What a source says of itself; a server says what it is of what it sends."""
    visited, said = opened.visited, opened.declared
    return read_extraction(
        opened.data,
        name=visited.name if visited else opened.name,
        url=visited.exchange.final_url if visited else said.url,
        media_type=visited.exchange.content_type if visited else None,
        encoding=said.encoding,
        publishers=publishers,
        now=opened.at,
        reader=reader,
    )


def make_draft(opened: Opened, extraction: Extraction, access: Access) -> Draft:
    """Put together what was read and said; ``access`` is that of an item of which nobody said it.

    Raises InvalidData for a binary file that its name calls text, CaptureFailed for a visit that
    gave no article, unless it is to be kept.
    """
    _refuse_binary_text(extraction, opened.name)
    visited = opened.visited
    completeness = judge_answer(extraction, visited.exchange.status if visited else None)
    if opened.is_own_visit and not opened.keep:
        refuse_failed(completeness, visited)
    payloads, contents = build_payloads(opened.data, extraction, visited)
    said = {"source": _source(opened.declared, extraction, opened.name)}
    capture = Capture(
        captured_at=opened.at,
        tool=this_tool(opened.options, extraction.libraries),
        payloads=payloads,
        **(seen(visited) if visited else said),
    )
    own = visited if opened.is_own_visit else None
    cited = cited_address(own.exchange, extraction) if own else None
    variables, facts = describe(extraction, opened.declared, access, visited=cited)
    draft = Draft(
        opened=opened,
        extraction=extraction,
        capture=capture,
        contents=contents,
        variables=variables,
        facts=facts,
    )
    return draft.judged(completeness)


def unknown_variables(fields: Mapping[str, Any]) -> Iterator[Finding]:
    """A warning for each field that CSL does not know: it is kept, and no style prints it."""
    for name in fields:
        if name not in VARIABLES:
            yield Finding(
                code="CK-W105",
                severity=Severity.WARNING,
                message=f"CSL has no field {name!r}: it is kept, and no style prints it",
                hint=did_you_mean(name, VARIABLES),
            )


def _refuse_binary_text(extraction: Extraction, name: str | None) -> None:
    """A file that its name calls text must be one: else a wrong file would pass unseen."""
    named_text = re.search(r"\.(txt|text|md|html?)$", name or "", re.IGNORECASE)
    if extraction.kind == "other" and named_text:
        raise InvalidData(
            "is binary, though its name says text",
            place=name,
            hint="name its --encoding, or rename the file to keep its bytes as they are",
        )


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
