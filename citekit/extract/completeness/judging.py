"""Judge whether a page is the article: by what it says, in many languages, and how much there is.

A page that shows something else has that as its title or heading, or has hardly any text and says
it there. An article that speaks of such pages has more text than they, or declares itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.extract.completeness.signs import found, plain, size
from citekit.extract.shared.completeness import Completeness, Reason, Verdict
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SCANNED: Final = 12_000  # code points of a page that are looked at
_BEGINNING: Final = 40  # of a paragraph, to find it in what the page shows
_NEARLY_ALL: Final = 0.8
_SHORT_PAGE: Final = 700.0
_MANY_WORDS: Final = 3  # of consent, on a short page
_A_PAGE: Final = 1500.0  # sizes: what shows something else has less text
_AN_ARTICLE: Final = 350.0  # what declares itself an article, and has this much text, is one
_HARDLY_ANY: Final = 200.0
_STUB: Final = 1800.0
# A short note has little of both, text and mark-up.
_MARKUP_OF_ARTICLE, _MARKUP_OF_NOTE = 25, 6
_NO_ARTICLE: Final = 400.0  # a page that declares none, and has less text
# What sites call the page on which they say that something is not there.
_NAMED_SO: Final = re.compile(
    r"(?:class|id|data-(?:page|template|view))=[\"'][^\"'<>]{0,200}?(?<![a-z])(?:error-?_?404|404-?(?:page"
    r"|error)|page-?_?(?:404|not-?found)|not-?_?found|error-?_?page|error-?(?:50\d|403))(?![a-z])",
    re.IGNORECASE,
)
_NO_SCRIPT: Final = re.compile(
    r"<noscript[^>]*>[^<]{0,400}?(?:java\s?script|\bjs\b)", re.IGNORECASE
)

_MESSAGES: Final = {
    "challenge": "a bot wall asks the visitor to prove to be human",
    "gone": "the page says that it was not found",
    "denied": "the server denied access",
    "error": "an error page of the server",
    "busy": "the site says that it is unavailable",
    "login": "the page asks to log in",
    "consent": "a consent wall stands in place of the article",
    "script": "the page is empty without its scripts",
    "paywall": "a paywall keeps back the rest of the text",
    "little": "the page has hardly any text",
}
_RULES: Final = {
    "challenge": "bot-wall",
    "gone": "not-found",
    "denied": "access-denied",
    "error": "error-page",
    "busy": "unavailable",
    "login": "login-wall",
    "consent": "consent-wall",
    "script": "needs-scripts",
    "paywall": "paywall",
    "little": "little-text",
}
_SHOWN_INSTEAD: Final = ("gone", "challenge", "denied", "error", "busy", "login")
_SAID_IN_TEXT: Final = ("challenge", "gone", "denied")
_PIECES: Final = re.compile(r"\s+[-–—|·•:»«/]+\s+|\s*[|»«•]\s*|[:!?.。！？…]+(?:\s+|$)")
# What the walls of well-known services leave in a page.
_WALLS: Final = re.compile(
    r"_Incapsula_Resource|captcha-delivery\.com|px-captcha|/cdn-cgi/challenge-platform|awswaf"
    r"|challenges\.cloudflare\.com|distil_r_captcha|hcaptcha\.com/1/api|g-recaptcha|cf-browser-"
    r"verification|ddos-guard|_cf_chl_opt|geetest|/_sec/cp_challenge|sucuri_cloudproxy",
    re.IGNORECASE,
)


class Shown(Value):
    """What a document shows: all its text, the text that was taken for the article's, and more.

    ``text`` is without menus and boxes, ``boxes`` with them, where there is little of it;
    ``headings`` are the window's title and the headings; ``is_declared`` that it calls itself an
    article or has a date; ``is_paid`` that it says it is not free to read.
    """

    headings: tuple[str, ...]
    text: str
    body: tuple[str, ...]
    boxes: str = ""
    markup: str = ""
    is_declared: bool = False
    is_paid: bool = False


def judge(shown: Shown) -> Completeness:
    """How complete an article is that is shown so."""
    look = _Look(shown)
    instead = look.instead_of_article()
    if instead is not None:
        return Completeness(reasons=(_reason("failed", instead),))
    partly = [_reason("doubtful", kind) for kind in look.parts_missing()]
    return Completeness(reasons=tuple(partly))


def asks_for_consent(text: str) -> bool:
    """Whether a text has words by which pages ask for consent, such as a banner's heading.

    >>> asks_for_consent("We value your privacy")
    True
    """
    return bool(found("consent", "text", plain(text)))


def is_consent(text: str) -> bool:
    """Whether a text is the sentence of a page about cookies and consent, in any language.

    >>> is_consent("We and our 812 partners store information on a device, such as cookies.")
    True
    >>> is_consent("The minister said that cookies were baked by her partners.")
    False
    """
    words = plain(text)
    return bool(found("consent", "text", words)) and bool(found("consent", "words", words))


def _reason(verdict: Verdict, kind: str) -> Reason:
    return Reason(verdict=verdict, rule=_RULES[kind], message=_MESSAGES[kind])


class _Look:
    """One look at what is shown: its sizes, and its words made plain once."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._text = plain(shown.text[:_SCANNED])
        self._body = self._taken = size("\n".join(shown.body))
        if self._body < _A_PAGE:  # it may be what stands in the boxes
            kept = (one for one in shown.body if plain(one[:_BEGINNING]) in self._text)
            self._body = size("\n".join(kept))
        self._all = max(size(shown.text), self._body)
        self._is_article = shown.is_declared and self._body >= _AN_ARTICLE

    def instead_of_article(self) -> str | None:
        """What stands in the place of the article, if something does."""
        if self._is_article:
            return "consent" if self._is_consent_alone(_NEARLY_ALL) else None
        return next(self._candidates(), None)

    def _candidates(self) -> Iterator[str]:
        if self._body < _A_PAGE:
            yield from self._of_headings()
            yield from self._of_little_text()
        if self._is_consent_alone():
            yield "consent"
        if self._is_empty_without_scripts():
            yield "script"

    def _of_headings(self) -> Iterator[str]:
        """What a heading says that is little else."""
        pieces = [p for h in self._shown.headings for p in _PIECES.split(plain(h)) if p.strip()]
        whole = [plain(heading) for heading in self._shown.headings]
        for kind in _SHOWN_INSTEAD:
            least = 0.75 if kind == "login" else 0.5
            if any(_share(kind, piece) >= least for piece in (*pieces, *whole)):
                yield kind

    def _of_little_text(self) -> Iterator[str]:
        """What the text says where there is so little that it says nothing else."""
        for kind in _SAID_IN_TEXT:
            number = len(found(kind, "text", self._text))
            if (number and self._all < _SHORT_PAGE) or (number > 1 and self._all < _A_PAGE):
                yield kind
        if self._body < _HARDLY_ANY and _WALLS.search(self._shown.markup):
            yield "challenge"
        is_named = not self._shown.is_declared and self._taken < _A_PAGE
        if is_named and _NAMED_SO.search(self._shown.markup):
            yield "gone"

    def _is_consent_alone(self, least: float = 0.5) -> bool:
        """Whether at least half of the text asks for consent; of an article nearly all of it."""
        about = [one for one in self._shown.body if is_consent(one)]
        if about and sum(map(size, about)) >= least * size("\n".join(self._shown.body)):
            return True
        words = plain(self._shown.boxes or self._shown.text[:_SCANNED])
        is_short = self._all < _SHORT_PAGE and not self._is_article
        if is_short and len(found("consent", "words", self._text)) >= _MANY_WORDS:
            return True
        signs = found("consent", "text", words)
        return self._body < _HARDLY_ANY and self._all < _A_PAGE and len(signs) > 1

    def _is_empty_without_scripts(self) -> bool:
        has_scripts = "<script" in self._shown.markup or "<noscript" in self._shown.markup
        if not has_scripts or self._taken >= _HARDLY_ANY or self._all >= 2 * _HARDLY_ANY:
            return False
        if self._all < 40 or _NO_SCRIPT.search(self._shown.markup):
            return True
        return bool(found("script", "text", plain(_without_scripts(self._shown))))

    def parts_missing(self) -> Iterator[str]:
        """What of the article is not there."""
        if self._body < _STUB and (self._shown.is_paid or found("paywall", "text", self._text)):
            yield "paywall"
        elif self._shows_little():
            yield "little"

    def _shows_little(self) -> bool:
        """Whether there is hardly any text for so much mark-up; an undated page needs more."""
        markup = len(self._shown.markup)
        if self._taken >= _SHORT_PAGE:
            return False
        if self._shown.is_declared:
            return self._body < min(_HARDLY_ANY, markup / _MARKUP_OF_ARTICLE)
        return self._all < min(_NO_ARTICLE, markup / _MARKUP_OF_NOTE)


def _share(kind: str, piece: str) -> float:
    """How much of a piece of a heading the signs of a kind are."""
    letters = len(re.sub(r"\W", "", piece)) or 1
    return max(
        (len(re.sub(r"\W", "", sign)) / letters for sign in found(kind, "heading", piece)),
        default=0.0,
    )


def _without_scripts(shown: Shown) -> str:
    """What the page says to browsers that run no scripts, too."""
    notes: Sequence[str] = re.findall(
        r"<noscript[^>]*>(.{1,2000}?)</noscript", shown.markup, re.DOTALL | re.IGNORECASE
    )
    return " ".join([shown.text, *(re.sub(r"<[^>]{0,500}>", " ", note) for note in notes[:10])])
