"""Where annotations stand in the newest text of their item: *exact*, *moved*, *edited* or *gone*.

An annotation belongs to the capture that it was made on, and stays with it; this says what has
become of its passage since. Nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.anchor.anchoring import AnchoredText, Quote
from citekit.app.annotating.passages import paragraph_number, read_text
from citekit.errors import NotFound
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.app.annotating.passages import ItemText
    from citekit.model.annotation import Annotation, Passage
    from citekit.store.reading import ArchiveReader

_CONTEXT: Final = 32

State = Literal["exact", "moved", "edited", "gone", "unknown"]


class Reanchored(Value):
    """An annotation, the capture it was made on, and its passage in the newest one.

    ``start`` and ``end`` are code points of the newest text, ``passage`` names its paragraph; of
    what is *gone* they are None. *Unknown* is what only a text tells that is not on this computer.
    """

    key: str
    annotation: str
    made_on: str
    newest: str
    state: State
    score: float | None = None
    start: int | None = None
    end: int | None = None
    passage: str | None = None

    def told(self) -> str:
        """One line for people."""
        where = f"  {self.passage}" if self.passage else ""
        return f"{self.state:7} {self.key}  {self.annotation}{where}"

    def to_json(self) -> dict[str, Any]:
        """The ``--json`` shape."""
        return {
            "key": self.key,
            "annotation": self.annotation,
            "made_on": self.made_on,
            "newest": self.newest,
            "state": self.state,
            "score": self.score,
            "start": self.start,
            "end": self.end,
            "passage": self.passage,
        }


def reanchor(store: ArchiveReader, keys: Iterable[str] = ()) -> tuple[Reanchored, ...]:
    """What has become of the passages that were annotated before the newest capture.

    Without keys, of all items; those that were made on the newest text are left out. Raises
    NotFound for an unknown key, or a named item whose newest text is not on this computer.
    """
    named = tuple(keys)
    found: list[Reanchored] = []
    for key in [store.resolve(key) for key in named] or store.keys():
        earlier = list(_earlier(store, key))
        if earlier or named:
            try:
                found += _of_item(store, read_text(store, key), earlier)
            except NotFound:
                if named:
                    raise
    return tuple(found)


def _earlier(store: ArchiveReader, key: str) -> Iterator[tuple[Annotation, Passage]]:
    """Annotations of passages that were made on a capture which is not the newest one."""
    stamps = store.stamps(key)
    for annotation in store.annotations(key):
        passage = annotation.passage
        if passage is not None and stamps and passage.capture != stamps[-1]:
            yield annotation, passage


def _of_item(
    store: ArchiveReader, newest: ItemText, annotations: list[tuple[Annotation, Passage]]
) -> Iterator[Reanchored]:
    text = AnchoredText(newest.text) if annotations else None
    old: dict[str, str | None] = {}
    for annotation, passage in annotations:
        if passage.capture == newest.stamp or text is None:
            continue
        if passage.capture not in old:
            old[passage.capture] = store.text(newest.key, passage.capture)
        about: dict[str, Any] = {
            "key": newest.key,
            "annotation": annotation.short_id,
            "made_on": passage.capture,
            "newest": newest.stamp,
        }
        quote = _quote(passage, old[passage.capture])
        anchor = text.find(quote) if quote else None
        if anchor is None:
            yield Reanchored(**about, state="gone" if quote else "unknown")
            continue
        number = paragraph_number(newest.map.paragraphs, anchor.start)
        yield Reanchored(
            **about,
            state=anchor.state,
            score=anchor.score,
            start=anchor.start,
            end=anchor.end,
            passage=f"{newest.key}#p{number}" if number else None,
        )


def _quote(passage: Passage, text: str | None) -> Quote | None:
    """The words of a passage with their context: out of the old text, else as they were kept."""
    if text is not None and passage.end <= len(text):
        return Quote(
            exact=text[passage.start : passage.end],
            prefix=text[max(0, passage.start - _CONTEXT) : passage.start],
            suffix=text[passage.end : passage.end + _CONTEXT],
        )
    if passage.exact:
        return Quote(exact=passage.exact, prefix=passage.prefix or "", suffix=passage.suffix or "")
    return None
