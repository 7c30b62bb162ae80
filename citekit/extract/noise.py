"""Tell the lines of a page's frame from the article: share buttons, links, advertisements, menus.

Each rule looks at one line; a line that reads as a sentence of the article is never noise.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from citekit.extract.words import bare, every, fold, prefix_pattern, tokens

if TYPE_CHECKING:
    from citekit.extract.lines import Unit

Noise = Literal["related", "share", "advertisement", "newsletter", "section", "chrome", "copyright"]

_BREADCRUMB = re.compile(r"\s*(?:[>›»❯→▸|·•/]|&gt;|::)\s*")
_COUNTER = re.compile(
    r"\d+\s*(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties|kommentarer|shares?|views?"
    r"|komentarz[ey]?|댓글|コメント|评论|yorum|min(?:ute)?s?\.?(?:\s+(?:read|lesezeit|de lecture|de lectura|di lettura|leestijd|lästid|okuma|czytania|čtení))?)",
)
_READ_TIME = re.compile(
    r"(?:(?:reading time|read time|lesezeit|lecture|temps de lecture|tiempo de lectura|tempo di lettura|leestijd"
    r"|lästid|czas czytania|okuma süresi|読了時間|阅读时间)\W*)?\d{1,3}\s*(?:-\s*)?(?:min|minutes?|minuten|minuti|minutos|minut|分|분|dk|dakika)\.?(?:\s+(?:read|to read|lesezeit|de lecture|de lectura|di lettura|leestijd|lästid|lesetid|læsetid|czytania|čtení|okuma))?",
)
_LINK_MARK = re.compile(r"^(?:[>›»→▶▸►●•■◆◇▪☞👉➡⇒＞*+]|\[?\u2192\]?)\s*")
_AFTER_PREFIX = re.compile(r"\s*(?:[:：|│»›>→–—]|-\s)\s*")
_TAGS = re.compile(
    r"^(?:tags?|topics?|themen|schlagw[oö]rter|etiquetas|temas|mots-cles|emner|amnen|tagi|etiketler|témata|stitky|keywords|標籤|标签|タグ|キーワード|태그|теги|темы|filed under|argomenti)\s*[:：]"
)
_RIGHTS = re.compile(
    r"(?:^|\s)(?:©|\(c\)|copyright\b).{0,80}(?:19|20)\d\d|all rights reserved|alle rechte vorbehalten|tous droits reserves"
    r"|todos los derechos|tutti i diritti|無断転載|무단\s?전재|版权所有|版權所有|все права защищены|wszelkie prawa|vsechna prava|riproduzione riservata",
)
_NOT_SHARED = frozenset(
    "this article on via story post page with friends link the by a an to auf per diesen artikel beitrag"
    " cet sur esta este en el la nota noticia articulo questo su articolo dit artikel op denne saken paa pa"
    " den denna artikeln na ten tej clanek haberi bu で を 이 기사 此 文章 in new window opens options tools icon button"
    " und et y e og och i ve & your us me it now more".split()
)


def classify_noise(unit: Unit, *, header: bool) -> Noise | None:
    """What kind of noise a line is, or None.

    `header` is true above the headline, where section names and menus stand.

    >>> from citekit.extract.lines import split_units
    >>> [classify_noise(u, header=False) for u in split_units("Share on Facebook\\nREAD: Another")]
    ['share', 'related']
    """
    if unit.width > 420:
        return None
    text = unit.bare
    if text in every("ad"):
        return "advertisement"
    if _is_related(unit):
        return "related"
    if unit.width > 160:
        return "copyright" if _RIGHTS.search(unit.folded) and unit.width < 260 else None
    if _is_share(unit, text):
        return "share"
    if _is_newsletter(unit):
        return "newsletter"
    if _RIGHTS.search(unit.folded):
        return "copyright"
    if text in every("chrome") or not text or _is_counter(text) or _TAGS.match(unit.folded):
        return "chrome"
    if header and is_section(unit.text):
        return "section"
    return None


def is_section(line: str) -> bool:
    """Whether a line is a section's name or a path of sections."""
    if bare(line) in every("section"):
        return True
    parts = [part for part in _BREADCRUMB.split(line) if part.strip()]
    if len(parts) < 2 or len(line) > 160:
        return False
    known = sum(bare(part) in every("section") or bare(part) in every("chrome") for part in parts)
    return known >= 1 and known >= len(parts) / 2 and max(len(p.split()) for p in parts) <= 4


def is_related_heading(unit: Unit) -> bool:
    """Whether a line opens a list of links to other articles."""
    return unit.bare in every("read") and not is_section(unit.text)


def related_title(line: str) -> str | None:
    """The other article's title in a line such as "READ: …", or None."""
    stripped = _LINK_MARK.sub("", line.strip())
    match = prefix_pattern("read").match(fold(stripped))
    if match is None:
        return None
    cut = re.search(r"[:：|│»›>→–—-]", stripped)
    title = stripped[cut.end() :].strip(" :：|│»›>→–—-") if cut else ""
    return title or None


def _is_related(unit: Unit) -> bool:
    folded = _LINK_MARK.sub("", unit.folded)
    marked = folded != unit.folded
    match = prefix_pattern("read").match(folded)
    if match is None:
        return False
    rest, prefix = folded[match.end() :], match[0]
    if not rest.strip(" :.…>»→"):
        if is_section(unit.text):
            return False
        return unit.width <= 60 and (len(prefix) > 6 or unit.text.isupper() or rest.strip() != "")
    joint = _AFTER_PREFIX.match(rest)
    if joint is None:
        return bool(re.match(r"^[\"'“„«»‘]", rest.strip())) and " " in prefix
    single = " " not in prefix and prefix.isascii()
    if single and not marked and not _is_shouted(unit.text, prefix):
        # "Opinion: …" and "Live: …" open headlines and paragraphs as well
        return prefix in _SURE_PREFIXES and bool(re.match(r"\s*[:：|]", rest))
    return True


_SURE_PREFIXES = frozenset(
    "read related watch listen lire lea leggi leia okuyun oku relacionado relacionados relaterat"
    " correlati gerelateerd souvisejici suvisiace przeczytaj lesetipp zobacz kapcsolodo".split()
)


def _is_shouted(text: str, prefix: str) -> bool:
    start = _LINK_MARK.sub("", text.strip())[: len(prefix)]
    return (
        start.isupper()
        and len(prefix) >= 3
        and fold(start) in _SURE_PREFIXES | {"more", "also", "next"}
    )


def _is_share(unit: Unit, text: str) -> bool:
    if text in every("share") or text in every("network"):
        return True
    words = tokens(text)
    if not words or len(words) > 9 or unit.width > 90:
        return False
    if all(word in every("network") for word in words) and len(words) > 1:
        return True
    if re.search(r"[.!?]$", unit.text):
        return False
    verb = _share_pattern().search(text)
    if verb is None:
        return False
    rest = [w for w in tokens(text[: verb.start()] + " " + text[verb.end() :]) if w]
    networks = [word for word in rest if word in every("network")]
    others = [word for word in rest if word not in every("network") and word not in _NOT_SHARED]
    if networks and len(others) <= 1:
        return True
    return not others and verb.start() == 0 and len(rest) <= 4


@cache
def _share_pattern() -> re.Pattern[str]:
    words = sorted((w for w in every("share") if len(w) > 1), key=len, reverse=True)
    latin = "|".join(re.escape(w) for w in words if w < "\u2e80")
    east = "|".join(re.escape(w) for w in words if w >= "\u2e80")
    return re.compile(rf"\b(?:{latin})\b|(?:{east})")


def _is_newsletter(unit: Unit) -> bool:
    if unit.width > 140 or len(tokens(unit.text)) > 18:
        return False
    if not any(stem in unit.folded for stem in every("newsletter")):
        return False
    short = len(tokens(unit.text)) <= 9
    return short or bool(_SUBSCRIBE.search(unit.folded))


_SUBSCRIBE = re.compile(
    r"sign up|subscribe|get our|join our|follow|anmeld|abonn|bestell|inscri|suscri|recib|iscriv|ricevi|assin|inscrev"
    r"|schrijf|meld|prenumer|tilmeld|tilaa|zapisz|prihlas|odober|iratkoz|abone|подпи|підпи|登録|구독|订阅|訂閱",
)


def _is_counter(text: str) -> bool:
    return bool(_COUNTER.fullmatch(text) or _READ_TIME.fullmatch(text))
