"""What a report may show of a source: all of a public one, of a restricted one as little as notes.

A report leaves the machine, as an annotation of a pull request or as a page. What a quotation in it
repeats of a restricted text counts as a note's words do, and together with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.anchor.quoting import Change
from citekit.model.quotation import Quota, count_words, longest_text, words_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.store.reading import ArchiveReader

_MOST_SIGNS: Final = 200
_FEW: Final = 4
_BESIDE: Final = 2
"""Words that are shown on either side of a difference."""

Shown = tuple[str, tuple[Change, ...]]


class Showing:
    """Shortens what is shown, source by source, in the order in which it is asked."""

    def __init__(self, store: ArchiveReader) -> None:
        self._store = store
        self._quotas: dict[str, Quota | None] = {}

    def of_source(self, key: str, text: str, changes: Sequence[Change]) -> Shown:
        """The quotation's beginning and its difference, as much of both as may be seen."""
        quota = self._quota(key)
        if quota is None:
            return _short(text), tuple(changes)
        near, bare = tuple(_near(changes)), tuple(c for c in changes if c.kind != "same")
        few = " ".join(text.split()[:_FEW])
        start = few if few == " ".join(text.split()) else f"{few} …"
        for said, shown in ((start, near), (start, bare), ("", bare), (start, ())):
            words = count_words(said.removesuffix(" …")) + sum(
                count_words(change.text) for change in shown if change.kind != "quoted"
            )
            if quota.spend(words):
                return said, shown
        return "", ()

    def in_order(self, key: str, text: str) -> Shown:
        """A quotation that nobody has to look for: nothing of a restricted text is spent on it."""
        return ("", ()) if self._quota(key) else (_short(text), ())

    @staticmethod
    def of_nobody(text: str) -> Shown:
        """A quotation that no source holds: the paper's own words."""
        return _short(text), ()

    def _quota(self, key: str) -> Quota | None:
        if key not in self._quotas:
            is_public = self._store.item(key).facts.access == "public"
            words = longest_text(self._store.captures(key).values())
            noted = sum(map(words_shown, self._store.annotations(key)))
            self._quotas[key] = None if is_public else Quota(words, noted)
        return self._quotas[key]


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SIGNS else f"{text[:_MOST_SIGNS].rsplit(' ', 1)[0]} …"


def _near(changes: Sequence[Change]) -> Iterator[Change]:
    """The differences with a word or two beside them."""
    last = len(changes) - 1
    for number, change in enumerate(changes):
        words = change.text.split()
        if change.kind != "same" or len(words) <= _BESIDE:
            yield change
        elif number == 0:
            yield Change("same", " ".join(words[-_BESIDE:]))
        elif number == last:
            yield Change("same", " ".join(words[:_BESIDE]))
        else:
            yield Change("same", words[0] + " … " + words[-1])
