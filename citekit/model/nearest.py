"""What somebody may have meant who mistyped a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """The names that look like this one, those of fewest slips first; case does not count.

    >>> nearest("harbor2024", ["Harbour2024", "tide2023"])
    ['Harbour2024']
    """
    import difflib  # costs more than all that is done where no name was mistyped

    typed = name.casefold()
    by_folded = {known.casefold(): known for known in names}
    alike = difflib.get_close_matches(typed, list(by_folded), n=10 * most, cutoff=0.6)
    alike.sort(key=lambda known: (_slips(typed, known), sorted(typed) != sorted(known)))
    return [by_folded[folded] for folded in alike[:most]]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """``did you mean …?`` with the names that look like it; nothing where none does."""
    near = nearest(name, names)
    return f"did you mean {', '.join(near)}?" if near else ""


def _slips(typed: str, meant: str) -> int:
    """How many letters are wrong, missing, too many, or in the place of their neighbour.

    Source: optimal string alignment, after Damerau (1964).

    >>> _slips("aap", "apa"), _slips("aap", "jaapa")
    (1, 2)
    """
    rows = [list(range(len(meant) + 1))]
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(meant, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]
