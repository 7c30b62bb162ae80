"""What a restricted item's records show of its text beyond the limits: found, and taken out.

The limits are those of ``model.quotation``. Offsets stay: with the text's digest they determine
the passage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.errors import Place
from citekit.findings import Finding, FindingClass, Severity
from citekit.model.annotation import Annotation
from citekit.model.item import Item
from citekit.model.quotation import Quota, longest_text, words_beyond, words_shown
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.writer import Writer


def shown_words(store: ArchiveReader, key: str) -> int:
    """How many words of the text an item's annotations show; private ones show nobody any."""
    return sum(words_shown(a) for a in store.annotations(key) if not a.is_private)


class Shortened(Value):
    """Records of an item as a restricted one may show them; ``annotations`` None: as they are."""

    item: Item
    annotations: tuple[Annotation, ...] | None
    findings: tuple[Finding, ...]


def find_excess(store: ArchiveReader, key: str) -> tuple[Finding, ...]:
    """What an item's records show of its text beyond the limits; nothing is changed."""
    return shortened(store, store.item(key)).findings


def trim_excess(store: ArchiveReader, writer: Writer, key: str) -> tuple[Finding, ...]:
    """Take out of an item's records what a restricted item may not show; a finding for each."""
    item = store.item(key)
    short = shortened(store, item)
    if short.annotations is not None:
        writer.write_annotations(key, short.annotations)
    if short.item != item:
        writer.replace_item(short.item)
    return short.findings


def shortened(store: ArchiveReader, item: Item) -> Shortened:
    """What an item's records are without what a restricted item may not show."""
    findings: list[Finding] = []
    annotations = tuple(_trimmed(store, item.key, findings))
    are_as_before = not findings
    evidence = {
        name: tuple(_short(store, item, name, candidate, findings) for candidate in candidates)
        for name, candidates in item.facts.evidence.items()
    }
    short = item.with_facts(replace(item.facts, evidence=evidence))
    return Shortened(
        item=short, annotations=None if are_as_before else annotations, findings=tuple(findings)
    )


def _trimmed(store: ArchiveReader, key: str, findings: list[Finding]) -> Iterator[Annotation]:
    """Each annotation with as many of its words as the limits leave: exact ones, or none."""
    quota = Quota(longest_text(store.captures(key).values()))
    path = str(store.layout.annotations_file(key))
    for line, annotation in enumerate(store.annotations(key), 1):
        if annotation.is_private:
            yield annotation
            continue
        kept = annotation
        for part in ("its words around the passage", "the words of the passage"):
            words = words_shown(kept)
            if quota.excess(words) is None:
                break
            kept = kept.with_less_quoted()
            if words_shown(kept) < words:
                message = f"{part} were beyond the limits and taken out; the offsets stay"
                findings.append(_finding("CK-I711", message, Place(path=path, line=line)))
        quota.spend(words_shown(kept))
        yield kept


def _short(
    store: ArchiveReader,
    item: Item,
    name: str,
    candidate: Mapping[str, Any],
    findings: list[Finding],
) -> Mapping[str, Any]:
    """The evidence, without its value where that holds more than a headline of the text."""
    words = words_beyond(name, candidate.get("value"))
    if not words:
        return candidate
    place = Place(path=str(store.layout.item_file(item.key)))
    findings.append(_finding("CK-I712", f"evidence of {name!r} was {words} words long", place))
    return {**candidate, "value": None}


def _finding(code: str, message: str, place: Place) -> Finding:
    return Finding(
        code=code,
        message=message,
        severity=Severity.NOTE,
        kind=FindingClass.EXCESS,
        place=place,
        rule="Access: what a restricted item shows of its text",
    )
