"""What becomes of an entry that the archive has: it stays, or the item takes over what it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from citekit.app.intake.recognising.known_works import Sign
from citekit.app.intake.recognising.said import differing, free_to_take, taken_over
from citekit.findings import Finding, Severity
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.app.intake.recognising.known_works import Match
    from citekit.errors import Place
    from citekit.model.item import Item

Merge = Literal["keep", "theirs"]
"""Of an item that the file has otherwise: leave it, or take over what nobody edited here."""


class Difference(Value):
    """An entry and the item that it was recognised as, where the two do not say the same.

    ``variables`` are those that the item has otherwise, or lacks. ``taken`` are those of them that
    it has from the file now, or would have after a dry run; ``edited`` those that stay in any case.
    """

    key: str
    entry: str
    by: Sign
    variables: tuple[str, ...]
    taken: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        """The variables that stay as they are here."""
        return tuple(name for name in self.variables if name not in self.taken)


class Doubt(Value):
    """A new item that may be one of the archive: title and year are the same."""

    key: str
    like: str


MergeAsk = Callable[[Difference], Merge]
"""Says what becomes of one entry; its ``taken`` is what ``theirs`` would take over."""


class Merging(Value):
    """The rule of one import; ``ask`` is asked of each entry where ``theirs`` would change it."""

    merge: Merge = "keep"
    ask: MergeAsk | None = None

    def settle(self, match: Match, data: Mapping[str, Any]) -> tuple[Item, Difference | None]:
        """The item as it is to be, and how the file differs from what it was."""
        variables = differing(match.item, data)
        if not variables:
            return match.item, None
        free = free_to_take(match.item, variables)
        difference = Difference(
            key=match.item.key,
            entry=str(data.get("id") or ""),
            by=match.by,
            variables=variables,
            taken=free,
            edited=tuple(name for name in variables if name not in free),
        )
        if difference.taken and self.choice(difference) == "theirs":
            return taken_over(match.item, data, difference.taken), difference
        return match.item, replace(difference, taken=())

    def choice(self, difference: Difference) -> Merge:
        """What becomes of an item that the file has otherwise."""
        return self.ask(difference) if self.ask else self.merge


def told_of(difference: Difference, place: Place) -> Finding | None:
    """What is said where the item stays otherwise than the file has it."""
    if not difference.left:
        return None
    called = f" (in the file: {difference.entry})" if difference.entry != difference.key else ""
    hint = "--merge theirs takes over what was not edited here"
    if difference.left == difference.edited:
        hint = (
            f"not from a file, or edited here: citekit set {difference.key} FIELD=VALUE changes it"
        )
    return Finding(
        code="CK-W770",
        severity=Severity.WARNING,
        message=f"{difference.key}{called} stays as it is here: {', '.join(difference.left)}",
        place=place,
        hint=hint,
    )


def told_of_doubt(doubt: Doubt, place: Place) -> Finding:
    """What is said of an item that may be another."""
    return Finding(
        code="CK-W771",
        severity=Severity.WARNING,
        message=f"{doubt.key} may be {doubt.like}: title and year are the same",
        place=place,
        hint=f"citekit remove {doubt.key}, if they are one work",
    )
