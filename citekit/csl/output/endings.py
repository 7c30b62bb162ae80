"""What a piece of output ends with, and hence how it takes the punctuation that follows.

Whether ``?`` and a following ``.`` both stay does not depend on the two marks alone. The
specification is silent; the reference processor settles them level by level, so that fonts and
affixes of elements matter. Its behaviour, measured over all pairs of marks, is this table: marks
meet ``FULL``y where text stands in the same group, only equal ones merge (``TWINS``) where an affix
or a font comes between, nothing happens (``NONE``) across a change of font, and what follows an
affix inside a closed group goes before it (``SWAP``).
"""

from __future__ import annotations

from typing import Final

from citekit.model.value import Value

Meeting = int
START: Final = -1  # an affix at the start of an element: as what stands before says
FIELD: Final = -2  # text at the start of an element: so too
NONE: Final = 0
TWINS: Final = 1
FULL: Final = 2
SWAP: Final = 3


class Ending(Value):
    """The end of an element, and how it meets what may stand next to it."""

    start: Meeting
    """The start of a sibling: its prefix or its text."""
    fonted_start: Meeting
    """The start of a sibling in a font of its own."""
    delimiter: Meeting
    """The delimiter of the group."""
    group_suffix: Meeting = FULL
    """The suffix of a group that closes here."""


FREE = Ending(start=FULL, fonted_start=NONE, delimiter=FULL)
QUOTED = Ending(start=FULL, fonted_start=NONE, delimiter=FULL)
DIGITS = Ending(start=FULL, fonted_start=NONE, delimiter=FULL)
FONTED = Ending(start=NONE, fonted_start=NONE, delimiter=TWINS)
FONTED_GROUP = Ending(start=NONE, fonted_start=NONE, delimiter=FULL)
SUFFIX = Ending(start=FULL, fonted_start=TWINS, delimiter=TWINS, group_suffix=SWAP)
FONTED_SUFFIX = Ending(start=NONE, fonted_start=NONE, delimiter=TWINS, group_suffix=SWAP)
NUMBER_SUFFIX = Ending(start=FULL, fonted_start=TWINS, delimiter=TWINS, group_suffix=TWINS)
FONTED_NUMBER_SUFFIX = Ending(start=NONE, fonted_start=NONE, delimiter=TWINS, group_suffix=TWINS)
GROUP_SUFFIX = Ending(start=FULL, fonted_start=TWINS, delimiter=TWINS)
FONTED_GROUP_SUFFIX = Ending(start=NONE, fonted_start=NONE, delimiter=TWINS)
DELIMITER = Ending(start=TWINS, fonted_start=TWINS, delimiter=TWINS)
LEAF_PREFIX = Ending(start=TWINS, fonted_start=NONE, delimiter=TWINS)
GROUP_PREFIX = Ending(start=NONE, fonted_start=NONE, delimiter=TWINS)
_CLOSED = {
    FULL: FREE,
    SWAP: Ending(start=SWAP, fonted_start=NONE, delimiter=SWAP, group_suffix=SWAP),
    TWINS: Ending(start=TWINS, fonted_start=NONE, delimiter=TWINS, group_suffix=TWINS),
}
"""The end of a group without font and suffix, by how its last element ended."""


def leaf_ending(last: Ending, *, fonted: bool, suffixed: bool) -> Ending:
    """The end of an element that holds text, which itself ended so."""
    if suffixed:
        return FONTED_SUFFIX if fonted else SUFFIX
    return FONTED if fonted else last


def digits_ending(_last: Ending, *, fonted: bool, suffixed: bool) -> Ending:
    """The end of a number: like a group, it keeps its font to itself."""
    if suffixed:
        return FONTED_NUMBER_SUFFIX if fonted else NUMBER_SUFFIX
    return FONTED_GROUP if fonted else DIGITS


def group_ending(last: Ending, *, fonted: bool, suffixed: bool) -> Ending:
    """The end of an element that holds others, the last of which ended so."""
    if suffixed and last is DIGITS:
        return FONTED_NUMBER_SUFFIX if fonted else NUMBER_SUFFIX
    if suffixed:
        return FONTED_GROUP_SUFFIX if fonted else GROUP_SUFFIX
    return FONTED_GROUP if fonted else _CLOSED[last.group_suffix]
