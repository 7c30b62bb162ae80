"""What could not be used: a text for people, with its kind and place for programs."""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

NoticeKind: TypeAlias = Literal[
    "style", "unknown item", "item given twice", "unknown type", "unknown variable",
    "unusable value", "unknown word in a cite", "cites left alike",
]  # fmt: skip


class Notice(str):
    """A warning; ``item`` is the id of the item it is about, ``variable`` what of it."""

    __slots__ = ("item", "kind", "variable")

    kind: NoticeKind
    item: str | None
    variable: str | None

    def __new__(
        cls, text: str, kind: NoticeKind, *, item: str | None = None, variable: str | None = None
    ) -> Self:
        """The text with what a program wants to know."""
        notice = super().__new__(cls, text)
        notice.kind, notice.item, notice.variable = kind, item, variable
        return notice
