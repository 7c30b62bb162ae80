"""Citations as they are handed over: which items, where in them, what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from citekit.csl.values.locators import LABELS
from citekit.errors import InvalidData
from citekit.model.nearest import did_you_mean
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    Cite = Mapping[str, Any]

MODES = ("", "author-only", "suppress-author", "composite")
"""How a citation can be made (``Citation.mode``)."""


class Citation(Value):
    """A citation in a document.

    ``cites`` are CSL-JSON cite items (``CiteItem``: id, locator, label, prefix …); ``note`` is the
    number of the note it stands in, 0 in running text; ``mode`` is empty, ``author-only``,
    ``suppress-author`` or ``composite``.
    """

    id: str
    cites: tuple[Cite, ...]
    note: int = 0
    mode: str = ""

    def __repr__(self) -> str:
        return f"<Citation {self.id}: {', '.join(str(cite.get('id')) for cite in self.cites)}>"


CiteItem = TypedDict(
    "CiteItem",
    {
        "id": str, "locator": str, "label": str, "prefix": str, "suffix": str, "infix": str,
        "suppress-author": bool, "author-only": bool,
    },
    total=False,
)  # fmt: skip
CiteItem.__doc__ = """What one cite may say; ``id`` it must. Other names become warnings."""


def check_citation(citation: Citation) -> None:
    """Raise InvalidData for a mode, or a label of a locator, that nobody knows, or a lacking id."""
    if citation.mode not in MODES:
        hint = did_you_mean(citation.mode, MODES) or "one of " + ", ".join(MODES[1:])
        raise InvalidData(f"no citation has the mode {citation.mode!r}", hint=hint)
    for cite in citation.cites:
        if cite.get("id") in (None, ""):
            raise InvalidData(f"a cite of the citation {citation.id!r} has no id")
        label = cite.get("label")
        if label and str(label).replace(" ", "-") not in LABELS:
            raise InvalidData(
                f"no kind of locator is called {label!r}", hint=did_you_mean(str(label), LABELS)
            )
