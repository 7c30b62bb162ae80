"""``citekit diff``: two captures compared, in colours on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from citekit.app.looking.diff import diff as compare
from citekit.cli import output
from citekit.model.records.control_characters import visible

if TYPE_CHECKING:
    from citekit.app.looking.diff import CaptureDiff
    from citekit.app.looking.text_diff import Paragraph
    from citekit.cli.context import Context

# Without colours the marks of git diff --word-diff=plain.
_PLAIN: Final = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
_COLOURED: Final = {
    "same": ("", ""),
    "removed": ("\x1b[31;9m", "\x1b[0m"),
    "added": ("\x1b[32m", "\x1b[0m"),
}


def diff(context: Context, *, key: str, a: str | None, b: str | None) -> int:
    """Print what changed between two captures of an item."""
    found = compare(context.store(), key, a, b)
    if context.json:
        output.answer_json(found.to_json())
        return 0
    marks = _COLOURED if output.has_colours() else _PLAIN
    output.answer(f"{found.key}: {found.old} -> {found.new}")
    for name, (old, new) in {**found.record, **found.metadata}.items():
        removed, added = (
            _marked("removed", _value(old), marks),
            _marked("added", _value(new), marks),
        )
        output.answer_as_it_is(f"{visible(name)}: {removed} {added}")
    _tell_text(found, marks)
    return 0


def _tell_text(found: CaptureDiff, marks: dict[str, tuple[str, str]]) -> None:
    if found.text is None:
        same = {True: "is the same", False: "has changed", None: "is missing in one of them"}
        output.answer(f"text {same[found.is_same_text]}; not compared: it is not on this computer")
        return
    changed = [paragraph for paragraph in found.text if not paragraph.is_same]
    if not changed:
        output.answer("text: no difference")
    for paragraph in changed:
        words = "".join(_marked(piece.op, piece.text, marks) for piece in paragraph.pieces)
        output.answer_as_it_is(f"{_number(paragraph)}: {words}")


def _number(paragraph: Paragraph) -> str:
    """``p3`` where both have it, ``p3 -> p4`` where it moved, ``- p3`` or ``+ p4``."""
    old, new = paragraph.old, paragraph.new
    if new is None:
        return f"- p{old}"
    if old is None:
        return f"+ p{new}"
    return f"p{old}" if old == new else f"p{old} -> p{new}"


def _marked(op: str, text: str, marks: dict[str, tuple[str, str]]) -> str:
    """The text between its marks; nothing for no text. Archived text must not drive a terminal."""
    before, after = marks[op]
    return f"{before}{visible(text)}{after}" if text else ""


def _value(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
