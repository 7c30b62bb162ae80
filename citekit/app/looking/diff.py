"""``diff``: what changed between two captures of an item, in its record and in its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.reread import read_again
from citekit.app.looking.text_diff import Paragraph, diff_texts
from citekit.errors import InvalidData, NotFound, UsageError
from citekit.model.identifiers import stamp_order
from citekit.model.records.codec import to_json
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.model.capture import Capture
    from citekit.store.reading import ArchiveReader

_RECORD: Final = ("source", "final_url", "redirects", "status", "certificate", "address",
                  "completeness", "tool")  # fmt: skip
_READ: Final = ("title", "author", "issued", "issued-time", "updated", "section",
                "container-title", "publisher")  # fmt: skip


class CaptureDiff(Value):
    """Two captures (stamps) compared: fields as (old, new), paragraphs if both texts are here.

    ``text`` is None when a text is absent; ``is_same_text`` then still tells by the digests.
    """

    key: str
    old: str
    new: str
    record: Mapping[str, tuple[Any, Any]]
    metadata: Mapping[str, tuple[Any, Any]]
    is_same_text: bool | None
    text: tuple[Paragraph, ...] | None

    @property
    def is_same(self) -> bool:
        """Whether nothing differs but the time of capture."""
        return not self.record and not self.metadata and self.is_same_text is not False

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``; only paragraphs that differ."""
        changed = [p.to_json() for p in self.text or () if not p.is_same]
        return {
            "key": self.key,
            "old": self.old,
            "new": self.new,
            "same": self.is_same,
            "record": {name: list(pair) for name, pair in self.record.items()},
            "metadata": {name: list(pair) for name, pair in self.metadata.items()},
            "same_text": self.is_same_text,
            "text": None if self.text is None else changed,
        }


def diff(
    store: ArchiveReader, key: str, old: str | None = None, new: str | None = None
) -> CaptureDiff:
    """Compare two captures; without stamps the last two, with one that one and the last.

    A stamp may be cut short where it stays clear. Raises NotFound for an unknown key or stamp, and
    UsageError for an item with fewer than two captures.
    """
    key = store.resolve(key)
    stamps = sorted(store.stamps(key), key=stamp_order)
    if len(stamps) < 2:
        raise UsageError(
            f"{key} has {'one capture' if stamps else 'no capture'}: there is nothing to compare",
            hint=f"citekit show {key} lists them",
        )
    older = _find(stamps, old, key) if old else stamps[-2]
    newer = _find(stamps, new, key) if new else stamps[-1]
    one, two = store.capture(key, older), store.capture(key, newer)
    if one is None or two is None:
        raise NotFound(f"a capture of {key} has gone meanwhile")
    texts = _text(store, one), _text(store, two)
    digests = [c.payloads["text"].digest if "text" in c.payloads else None for c in (one, two)]
    has_texts = texts[0] is not None and texts[1] is not None
    return CaptureDiff(
        key=key,
        old=older,
        new=newer,
        record=_changed(_record(one), _record(two)),
        metadata=_changed(*_metadata(store, one, two)),
        is_same_text=None if None in digests else digests[0] == digests[1],
        text=diff_texts(texts[0] or "", texts[1] or "") if has_texts else None,
    )


def _find(stamps: list[str], named: str, key: str) -> str:
    if named in stamps:
        return named
    found = [stamp for stamp in stamps if stamp.startswith(named)]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} captures of {key} begin with" if found else f"{key} has no capture"
    raise NotFound(f"{what} {named!r}", hint=f"its captures are {', '.join(stamps[-5:])}")


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*old, *new])
    return {n: (old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)}


def _record(capture: Capture) -> dict[str, Any]:
    """What the record says of how it was captured; times and payloads are told otherwise."""
    data = to_json(capture)
    facts = {name: data[name] for name in _RECORD if name in data}
    types = {role: payload.media_type for role, payload in capture.payloads.items()}
    return {**facts, "payloads": dict(sorted(types.items()))}


def _metadata(
    store: ArchiveReader, old: Capture, new: Capture
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is read out of both originals; nothing where one of them is absent."""
    one, two = _read(store, old), _read(store, new)
    return (one, two) if one is not None and two is not None else ({}, {})


def _read(store: ArchiveReader, capture: Capture) -> dict[str, Any] | None:
    original = capture.payloads.get("original")
    data = store.payload(original.digest, original.size_bytes) if original else None
    if original is None or data is None:
        return None
    extraction = read_again(store, capture, data, encoding=original.encoding)
    return {name: v for name in _READ if (v := extraction.value(name)) not in (None, "", [])}


def _text(store: ArchiveReader, capture: Capture) -> str | None:
    payload = capture.payloads.get("text")
    data = store.payload(payload.digest, payload.size_bytes) if payload else None
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InvalidData("the text payload is not UTF-8", hint="citekit verify") from error
