"""How much of a restricted item's text its published files may show: the one rule.

Records, notes and proofs of a restricted item are published, its text is not. Other people's
sentences may be quoted where an annotation needs an anchor; what is shown must stay so little that
it replaces nothing. So each annotation shows at most 12 words (with the words around the passage),
all annotations of an item together at most 15 % of its text, and evidence no more than a headline.
Fields that *are* text of the article (abstract, captions) show nothing: their offsets stay, which
determine the passage for whoever has the text. What identifies the article may be shown whole,
however long it is: nobody can cite it without.

``annotate`` keeps within the rule, ``set --access`` and packages make records fit it, ``verify``
reports what does not, the site and proofs leave out what does not. All of them ask here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from citekit.model.annotation import Annotation
    from citekit.model.capture import Capture
    from citekit.model.item import Item

MOST_WORDS: Final = 12
"""That one annotation shows: prefix, exact words and suffix together."""
MOST_SHARE: Final = 0.15
"""Of the words of the longest text of the item, that all its annotations show together."""
TEXT_FIELDS: Final = frozenset(["abstract", "caption"])
"""Fields whose value is the article's own text: no word of it is shown."""
SHOWN_WHOLE: Final = frozenset(["title", "title-short", "container-title", "URL"])
"""Fields that may be shown whole, however long they are."""

_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")


def count_words(text: str) -> int:
    """Words as the limits count them: runs between white space.

    Of scripts that are written without spaces each character counts as a word.

    >>> count_words("two words"), count_words("北京 today")
    (2, 3)
    """
    if text.isascii():
        return len(text.split())
    return sum(len(_UNSPACED.findall(run)) or 1 for run in text.split())


def repeats(said: str, text: str) -> bool:
    """Whether somebody says more words of a text in a row than may be quoted; marks do not count.

    >>> repeats("He wrote: one two three.", "One, two three four"), MOST_WORDS
    (False, 12)
    """
    own, words = _words(said), _words(text)
    size = MOST_WORDS + 1
    runs = {own[start : start + size] for start in range(len(own) - MOST_WORDS)}
    starts = range(len(words) - MOST_WORDS) if runs else ()
    return any(words[start : start + size] in runs for start in starts)


def _words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared; of scripts without spaces, each character."""
    return tuple(re.findall(rf"{_UNSPACED.pattern}|[^\W_]+", text.casefold()))


def words_shown(annotation: Annotation) -> int:
    """The words of the text that an annotation shows."""
    return count_words(annotation.passage.quoted) if annotation.passage else 0


class Quota:
    """What the annotations of one restricted item may show, spent in their order.

    ``text_words`` is the length of the item's longest text; None where it has none, so that there
    is no share to keep to.
    """

    def __init__(self, text_words: int | None, shown: int = 0) -> None:
        self.text_words = text_words
        self.shown = shown

    def excess(self, words: int) -> str | None:
        """Why these words may not be shown beside those that were; None if they may."""
        if words > MOST_WORDS:
            return f"a quote of {words} words (the limit is {MOST_WORDS})"
        together = self.shown + words
        if self.text_words is not None and together > MOST_SHARE * self.text_words:
            return f"{together} of {self.text_words} words quoted (the limit is {MOST_SHARE:.0%})"
        return None

    def spend(self, words: int) -> bool:
        """Count these words as shown, if they may be; whether they may."""
        if self.excess(words) is not None:
            return False
        self.shown += words
        return True


def longest_text(captures: Iterable[Capture]) -> int | None:
    """The words of the longest text of an item's captures; None when it has none.

    A capture of a stub does not make quotes too many that were few.
    """
    texts = (capture.payloads.get("text") for capture in captures)
    return max((text.map.words for text in texts if text and text.map), default=None)


def may_show_field(field: str) -> bool:
    """Whether values of a field of a restricted item may be shown."""
    return field not in TEXT_FIELDS


def words_beyond(field: str, value: Any) -> int:  # noqa: ANN401  # any JSON
    """The words of a piece of evidence, where they are more than may be shown; else 0.

    >>> words_beyond("abstract", "Ships came."), words_beyond("genre", "News report")
    (2, 0)
    """
    if field in SHOWN_WHOLE:
        return 0
    words = _longest(value)
    return words if words > (0 if field in TEXT_FIELDS else MOST_WORDS) else 0


def evidence_beyond(
    evidence: Mapping[str, Iterable[Mapping[str, Any]]],
) -> list[tuple[str, int]]:
    """The fields whose evidence shows more than it may, with the number of its words."""
    return [
        (field, words)
        for field, candidates in evidence.items()
        for candidate in candidates
        if (words := words_beyond(field, candidate.get("value")))
    ]


def record_holds_text(item: Item) -> bool:
    """Whether a restricted item's record has more of its text than may be handed on."""
    records = [item.data, *(one.get("item", {}) for one in item.facts.merged)]
    if any(record.get(name) for record in records for name in TEXT_FIELDS):
        return True
    return bool(evidence_beyond(item.facts.evidence))


def _longest(value: Any) -> int:  # noqa: ANN401  # any JSON
    """The words of the longest text in a JSON value; item.json is no deeper than 64 levels."""
    if isinstance(value, str):  # as most are
        return count_words(value)
    if isinstance(value, Mapping):
        return max(map(_longest, value.values()), default=0)
    if isinstance(value, list | tuple):
        return max(map(_longest, value), default=0)
    return 0
