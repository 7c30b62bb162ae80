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
_A_PAGE: Final = 1500.0  # sizes: what shows something else has less text
_AN_ARTICLE: Final = 600.0  # what declares itself an article, and has this much text, is one
_HARDLY_ANY: Final = 200.0
_STUB: Final = 1800.0
_MARKUP_A_SIGN: Final = 25

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

    ``headings`` are the window's title and the headings; ``is_declared`` that it calls itself an
    article or has a date; ``is_paid`` that it says it is not free to read.
    """

    headings: tuple[str, ...]
    text: str
    body: tuple[str, ...]
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
        self._body = size("\n".join(shown.body))
        self._all = max(size(shown.text), self._body)
        self._text = plain(shown.text[:_SCANNED])
        self._is_article = shown.is_declared and self._body >= _AN_ARTICLE

    def instead_of_article(self) -> str | None:
        """What stands in the place of the article, if something does."""
        if self._is_article:
            return "consent" if self._is_consent_alone() else None
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
            if (number and self._all < 700) or (number > 1 and self._all < _A_PAGE):
                yield kind
        if self._body < _HARDLY_ANY and _WALLS.search(self._shown.markup):
            yield "challenge"

    def _is_consent_alone(self) -> bool:
        """Whether at least half of the text is about cookies and consent."""
        about = [one for one in self._shown.body if is_consent(one)]
        if about:
            return sum(map(size, about)) >= 0.5 * self._body
        signs = found("consent", "text", self._text)
        return self._body < _HARDLY_ANY and len(signs) > 1 and self._all < _A_PAGE

    def _is_empty_without_scripts(self) -> bool:
        has_scripts = "<script" in self._shown.markup or "<noscript" in self._shown.markup
        if not has_scripts or self._body >= _HARDLY_ANY or self._all >= 2 * _HARDLY_ANY:
            return False
        return self._all < 40 or bool(found("script", "text", plain(_without_scripts(self._shown))))

    def parts_missing(self) -> Iterator[str]:
        """What of the article is not there."""
        if self._body < _STUB and (self._shown.is_paid or found("paywall", "text", self._text)):
            yield "paywall"
        elif self._shown.is_declared and self._body < min(_HARDLY_ANY, self._of_markup()):
            yield "little"

    def _of_markup(self) -> float:
        """The least text that a page with so much mark-up has; a short note has little of both."""
        return len(self._shown.markup) / _MARKUP_A_SIGN


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
