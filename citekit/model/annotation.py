"""Annotations as the W3C Web Annotation Data Model has them, kept whole, with typed views.

Bodies: a note (purpose commenting), tags (tagging), entities (identifying). The target names the
item by an absolute URI, the capture by a TimeState, and the passage by a TextPositionSelector (code
points, half-open) and, where words may be shown, a TextQuoteSelector.
Source: https://www.w3.org/TR/annotation-model/ §3.2, §4.2, §4.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from citekit.errors import InvalidData, Place
from citekit.model.records.codec import Mismatch, read_instant, write_instant
from citekit.model.records.json_text import Json, parse_json, place_in, show_path
from citekit.model.value import Value

if TYPE_CHECKING:
    from datetime import datetime

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
ENTITY_URI: Final = "urn:citekit:entity:"


class Passage(Value):
    """A half-open range of code points of one capture's text, with its words where known."""

    capture: str
    start: int
    end: int
    exact: str | None = None
    prefix: str | None = None
    suffix: str | None = None

    @property
    def quoted(self) -> str:
        """All words that the annotation shows: prefix, exact and suffix."""
        return " ".join(part for part in (self.prefix, self.exact, self.suffix) if part)


def annotation_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of an annotations.jsonl that hold something, with their numbers from 1.

    One that stands there twice to the letter, as a merge leaves it, counts once.
    """
    seen = set()
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and line not in seen:
            seen.add(line)
            yield number, line


class Annotation(Value):
    """A Web Annotation that has been checked."""

    data: Mapping[str, Any]

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Check an annotation; raises InvalidData naming the JSON path."""
        try:
            _check(data)
        except Mismatch as error:
            place = Place(json_path=show_path(error.json_path))
            raise InvalidData(str(error), place=place, hint=error.hint) from error
        return cls(data=data)

    @classmethod
    def from_line(cls, text: str, *, path: str | None = None, line: int = 1) -> Self:
        """Read one line of annotations.jsonl; raises InvalidData naming file, line, column."""
        data = parse_json(text, path=path, first_line=line)
        try:
            _check(data)
        except Mismatch as error:
            place = place_in(text, error.json_path, path=path, first_line=line)
            raise InvalidData(str(error), place=place, hint=error.hint) from error
        return cls(data=data)

    @property
    def id(self) -> str:
        """The whole id, ``urn:uuid:…``."""
        return str(self.data["id"])

    @property
    def short_id(self) -> str:
        """The id without ``urn:uuid:``, as in ``#a-<annotation id>``."""
        return self.id.removeprefix("urn:uuid:")

    @property
    def is_private(self) -> bool:
        """Whether it is for its owner alone, whatever it is about."""
        return self.data.get("private") is True

    @property
    def created(self) -> datetime | None:
        """When it was made."""
        text = self.data.get("created")
        return read_instant(text) if text else None

    @property
    def bodies(self) -> tuple[Mapping[str, Any], ...]:
        """The bodies that are objects."""
        body = self.data.get("body", ())
        bodies = body if isinstance(body, list | tuple) else [body]
        return tuple(body for body in bodies if isinstance(body, Mapping))

    @property
    def note(self) -> str:
        """The comment, or an empty text."""
        texts = [
            str(body.get("value", ""))
            for body in self.bodies
            if body.get("purpose", "commenting") == "commenting"
            and body.get("type") == "TextualBody"
        ]
        return "\n\n".join(texts)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags."""
        return tuple(str(b["value"]) for b in self.bodies if b.get("purpose") == "tagging")

    @property
    def entities(self) -> tuple[str, ...]:
        """The ids of the entities that the passage names."""
        return tuple(
            str(body["source"]).removeprefix(ENTITY_URI)
            for body in self.bodies
            if body.get("purpose") == "identifying"
            and str(body.get("source", "")).startswith(ENTITY_URI)
        )

    @property
    def passage(self) -> Passage | None:
        """The passage, or None when the annotation is about the whole item."""
        target = self.data["target"]
        if not isinstance(target, Mapping):
            return None
        selectors = target.get("selector", ())
        found = {
            selector.get("type"): selector
            for selector in (selectors if isinstance(selectors, list | tuple) else [selectors])
            if isinstance(selector, Mapping)
        }
        position = found.get("TextPositionSelector")
        if position is None:
            return None
        quote = found.get("TextQuoteSelector", {})
        return Passage(
            capture=_capture(target),
            start=position["start"],
            end=position["end"],
            exact=quote.get("exact"),
            prefix=quote.get("prefix"),
            suffix=quote.get("suffix"),
        )

    def with_less_quoted(self) -> Self:
        """A copy without the context of its quote; without the quote, if it has no context."""
        target = self.data["target"]
        selectors = target.get("selector", ()) if isinstance(target, Mapping) else ()
        shorter = []
        for selector in selectors if isinstance(selectors, list | tuple) else [selectors]:
            if selector.get("type") != "TextQuoteSelector":
                shorter.append(selector)
            elif "prefix" in selector or "suffix" in selector:
                shorter.append({k: v for k, v in selector.items() if k not in ("prefix", "suffix")})
        return type(self).from_json({**self.data, "target": {**target, "selector": shorter}})

    def with_captures(self, stamps: Mapping[str, str]) -> Self:
        """A copy on captures that have other stamps now, old -> new."""
        target = self.data["target"]
        if not isinstance(target, Mapping) or "state" not in target:
            return self
        state = target["state"]
        states = [_with_capture(one, stamps) for one in (state if _is_list(state) else [state])]
        changed = {**target, "state": states if _is_list(state) else states[0]}
        return type(self)(data={**self.data, "target": changed})

    def with_private(self, *, private: bool) -> Self:
        """A copy that is for its owner alone, or for all."""
        data = {name: value for name, value in self.data.items() if name != "private"}
        return type(self)(data={**data, "private": True} if private else data)

    def with_bodies(
        self,
        *,
        note: str = "",
        tags: Iterable[str] = (),
        entities: Iterable[str] = (),
        modified: datetime,
    ) -> Self:
        """A copy with its note, tags and entities replaced; bodies of other kinds stay."""
        others = [b for b in self.bodies if b.get("purpose") not in _OURS]
        bodies = [*_write_bodies(note, tags, entities), *others]
        data = {**self.data, "modified": write_instant(modified)}
        data.pop("body", None)
        return type(self).from_json({**data, "body": bodies} if bodies else data)


_OURS = (None, "commenting", "tagging", "identifying")


def new_annotation(
    *,
    annotation_id: str,
    source: str,
    created: datetime,
    passage: Passage | None,
    captured_at: datetime | None = None,
    creator: str | None = None,
    note: str = "",
    tags: Iterable[str] = (),
    entities: Iterable[str] = (),
    private: bool = False,
) -> Annotation:
    """A new annotation on ``source`` (an absolute URI); ``annotation_id`` is ``urn:uuid:…``."""
    bodies = _write_bodies(note, tags, entities)
    motivation = "commenting" if note else "identifying" if entities else "highlighting"
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "id": annotation_id,
        "type": "Annotation",
        "motivation": motivation,
        "created": write_instant(created),
    }
    if creator:
        data["creator"] = {"type": "Person", "name": creator}
    if bodies:
        data["body"] = bodies
    if private:
        data["private"] = True
    data["target"] = _write_target(source, passage, captured_at)
    return Annotation.from_json(data)


def _write_bodies(note: str, tags: Iterable[str], entities: Iterable[str]) -> list[dict[str, Any]]:
    comment: dict[str, Any] = {
        "type": "TextualBody",
        "value": note,
        "format": "text/markdown",
        "purpose": "commenting",
    }
    return [
        *([comment] if note else []),
        *({"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in tags),
        *(
            {"type": "SpecificResource", "source": ENTITY_URI + entity, "purpose": "identifying"}
            for entity in entities
        ),
    ]


def _write_target(
    source: str, passage: Passage | None, captured_at: datetime | None
) -> dict[str, Any]:
    target: dict[str, Any] = {"type": "SpecificResource", "source": source}
    if passage is None:
        return target
    state: dict[str, Any] = {"type": "TimeState"}
    if captured_at:
        state["sourceDate"] = write_instant(captured_at)
    selectors: list[dict[str, Any]] = []
    if passage.exact is not None:
        quote = {"exact": passage.exact, "prefix": passage.prefix, "suffix": passage.suffix}
        present = {key: value for key, value in quote.items() if value}
        selectors.append({"type": "TextQuoteSelector", **present})
    selectors.append({"type": "TextPositionSelector", "start": passage.start, "end": passage.end})
    return {**target, "state": {**state, "capture": passage.capture}, "selector": selectors}


def _is_list(value: Json) -> bool:
    return isinstance(value, list | tuple)


def _with_capture(state: Json, stamps: Mapping[str, str]) -> Json:
    """A state that names another capture, if it names one that has another stamp now."""
    if not isinstance(state, Mapping) or state.get("capture") not in stamps:
        return state
    return {**state, "capture": stamps[state["capture"]]}


def _capture(target: Mapping[str, Any]) -> str:
    state = target.get("state", {})
    states = state if isinstance(state, list | tuple) else [state]
    return next(
        (str(s["capture"]) for s in states if isinstance(s, Mapping) and "capture" in s), ""
    )


def _check(data: Json) -> None:
    """The MUSTs that the views above rely on; raises Mismatch."""
    if not isinstance(data, Mapping):
        raise Mismatch((), "an annotation is a JSON object")
    if not isinstance(data.get("id"), str) or ":" not in data["id"]:
        raise Mismatch(("id",), '"id" is not an absolute URI', "urn:uuid:… is what citekit writes")
    if data.get("type") != "Annotation":
        raise Mismatch(("type",), '"type" is not "Annotation"')
    if "target" not in data:
        raise Mismatch((), '"target" is missing')
    if not isinstance(data.get("private", False), bool):
        raise Mismatch(("private",), '"private" is not true or false')
    for key in ("created", "modified"):
        if key in data:
            _check_instant(data[key], key)
    for selector_path, selector in _selectors(data["target"]):
        _check_selector(selector, selector_path)


def _check_instant(value: Json, key: str) -> None:
    try:
        read_instant(value)
    except (ValueError, TypeError) as error:
        raise Mismatch((key,), f'"{key}" is not an instant: {value!r}') from error


def _selectors(target: Json) -> list[tuple[tuple[str | int, ...], Any]]:
    if not isinstance(target, Mapping) or "selector" not in target:
        return []
    selectors = target["selector"]
    if isinstance(selectors, list | tuple):
        return [(("target", "selector", i), s) for i, s in enumerate(selectors)]
    return [(("target", "selector"), selectors)]


def _check_selector(selector: Json, where: tuple[str | int, ...]) -> None:
    if not isinstance(selector, Mapping):
        return  # an IRI of a selector is allowed
    if selector.get("type") == "TextPositionSelector":
        start, end = selector.get("start"), selector.get("end")
        if type(start) is not int or type(end) is not int or not 0 <= start <= end:
            raise Mismatch(where, "start and end are not offsets with 0 ≤ start ≤ end")
    if selector.get("type") == "TextQuoteSelector":
        for key in ("exact", "prefix", "suffix"):
            if key in selector and not isinstance(selector[key], str):
                raise Mismatch((*where, key), f'"{key}" is not text')


def partition(
    annotations: Iterable[Annotation], access: str
) -> tuple[list[Annotation], list[Annotation]]:
    """The annotations that lie with an item of this access, and those that lie under private."""
    with_item: list[Annotation] = []
    apart: list[Annotation] = []
    for annotation in annotations:
        is_apart = annotation.is_private and access != "private"
        (apart if is_apart else with_item).append(annotation)
    return with_item, apart
