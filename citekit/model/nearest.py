"""What somebody may have meant who mistyped a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """The names that look like this one, nearest first; case does not count.

    >>> nearest("harbor2024", ["Harbour2024", "tide2023"])
    ['Harbour2024']
    """
    import difflib  # costs more than all that is done where no name was mistyped

    by_folded = {known.casefold(): known for known in names}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=most, cutoff=0.6)
    return [by_folded[folded] for folded in found]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """``did you mean …?`` with the names that look like it; nothing where none does."""
    near = nearest(name, names)
    return f"did you mean {', '.join(near)}?" if near else ""
