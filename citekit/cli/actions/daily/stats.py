"""``citekit stats``."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

from citekit.app.looking.stats import count
from citekit.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.looking.stats import Stats
    from citekit.cli.context import Context

_MOST_YEARS: Final = 10


def stats(context: Context) -> int:
    """Print what the archive holds, in numbers, and on stderr how much of it is private."""
    reader = context.reader()
    found = count(reader, unreadable=partial(output.warn, quiet=context.quiet))
    if context.json:
        output.answer_json(found.to_json())
    else:
        for name, told in _told(found):
            output.answer(f"{name:13}{told}".rstrip())
    output.tell_left_out(reader.left_out(), quiet=context.quiet)
    return 0


def _told(found: Stats) -> Iterator[tuple[str, str]]:
    yield "items", str(found.items)
    for name, counts in (
        ("types", found.types),
        ("years", _years(found)),
        ("access", found.access),
    ):
        if counts:
            yield f"  {name}", ", ".join(f"{n} {what}" for what, n in counts.items())
    yield "captures", str(found.captures)
    yield "annotations", str(found.annotations)
    yield "sealed", f"{found.sealed}, not yet {found.unsealed}"


def _years(found: Stats) -> Mapping[str, int]:
    """Years, or decades where there are many."""
    in_decades = len(found.years) > _MOST_YEARS
    counts: Counter[str] = Counter()
    for year, number in found.years.items():
        if year is None:
            counts["without a year"] += number
        else:
            counts[f"in the {year // 10 * 10}s" if in_decades else f"in {year}"] += number
    return counts
