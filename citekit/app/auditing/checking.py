"""Each quotation held against the source that stands beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.anchor.quoting import Quotation
from citekit.app.auditing.prose.text import Cite
from citekit.app.auditing.quotations import Quoted
from citekit.app.auditing.result import QuotationChecked, Verdict
from citekit.app.auditing.source_texts import Standing
from citekit.errors import Place
from citekit.findings import Finding, Severity
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from citekit.app.auditing.cited_keys import CitedKeys
    from citekit.app.auditing.reading import Part
    from citekit.app.auditing.shown import Showing, Shown
    from citekit.app.auditing.source_texts import SourceTexts

FEWEST_WORDS: Final = 3
"""Fewer words between marks may be a term or a doubt, and so may these where no source has them."""
_CLEARLY: Final = 0.75
"""The share of words that tells a quotation whose citation does not stand in its sentence."""
_NEARLY_ALL: Final = 0.85
_TRANSLATED: Final = re.compile(r"(?i)translat|transl\.|übers|eig\. Ü|tradu|çevir|traducción")
_REASONS: Final = {
    "": "differing",
    "words": "in its words",
    "sentences": "in where a sentence ends",
    "omission": "since an ellipsis hides what matters",
    "joined": "joining passages that stand apart",
}


class Judged(Value):
    """A quotation with what it was found to be; ``standing`` says where in which source."""

    quoted: Quoted
    place: Place
    verdict: Verdict
    standing: Standing | None = None
    other: Standing | None = None
    wanted: frozenset[int] = frozenset()
    cite: Cite | None = None
    note: str = ""


class Checker:
    """Judges quotations, and tells of each what may be shown."""

    def __init__(self, texts: SourceTexts, keys: CitedKeys, showing: Showing) -> None:
        self._texts = texts
        self._keys = keys
        self._showing = showing

    def judge(self, part: Part, quoted: Quoted) -> list[Judged]:
        """What a quotation is; of a block that is none as a whole, those inside of it."""
        judged = self._judge(part, quoted)
        if judged.verdict in ("absent", "unchecked"):
            inner = [
                one if one.cites else replace(one, cites=quoted.cites, is_beside=True)
                for one in quoted.inner
            ]
            inside = [self._judge(part, one) for one in inner]
            if any(one.verdict in ("verbatim", "altered", "misplaced") for one in inside):
                return inside
        return [judged]

    def _judge(self, part: Part, quoted: Quoted) -> Judged:
        place = part.place(quoted.start)
        unchecked = Judged(quoted=quoted, place=place, verdict="unchecked")
        found = [(cite, key) for cite in quoted.cites if (key := self._keys.item(cite.key))]
        if not found:
            return unchecked
        readable = [(cite, key) for cite, key in found if self._texts.has_text(key)]
        standings = [(self._best(key, quoted), cite) for cite, key in readable or found]
        standing, cite = max(standings, key=lambda pair: _rank(pair[0]))
        if standing.match.state == "verbatim":
            return self._located(quoted, place, standing, cite)
        if not readable:
            note = f"the text of {found[0][1]} is not on this machine"
            return replace(unchecked, standing=standing, cite=cite, note=note)
        said = part.prose.text[quoted.end : quoted.end + 80] + " ".join(
            c.rest for c in quoted.cites
        )
        if _TRANSLATED.search(said):
            note = "a translation is not compared"
            return replace(unchecked, standing=standing, cite=cite, note=note)
        size = len(Quotation(quoted.text))
        least = 0.0 if quoted.is_beside else _CLEARLY
        is_altered = standing.match.state == "altered" and standing.match.share >= least
        if is_altered and size >= FEWEST_WORDS:
            return replace(unchecked, verdict="altered", standing=standing, cite=cite)
        if size <= FEWEST_WORDS or not quoted.is_beside:
            note = "stands in no source that is cited near"
            return replace(unchecked, standing=standing, cite=cite, note=note)
        return replace(unchecked, verdict="absent", standing=standing, cite=cite)

    def _best(self, key: str, quoted: Quoted) -> Standing:
        """Where it stands, up to the first mark or, where that is an apostrophe, the second."""
        standing = self._texts.find(key, Quotation(quoted.text))
        if standing.match.state != "verbatim" and quoted.longer:
            longer = self._texts.find(key, Quotation(quoted.longer))
            if _rank(longer) > _rank(standing):
                return longer
        return standing

    def _located(
        self,
        quoted: Quoted,
        place: Place,
        standing: Standing,
        cite: Cite,
    ) -> Judged:
        """Whether it stands in the paragraph that the citation names, if it names one."""
        wanted = self._keys.paragraphs(cite)
        is_there = not wanted or not standing.paragraphs or wanted & set(standing.paragraphs)
        verdict: Verdict = "verbatim" if is_there else "misplaced"
        return Judged(
            quoted=quoted, place=place, verdict=verdict, standing=standing, cite=cite, wanted=wanted
        )

    def look_elsewhere(self, judged: list[Judged]) -> list[Judged]:
        """The same, with the other source that has the words of what was not found verbatim."""
        lost = [
            (number, Quotation(one.quoted.text))
            for number, one in enumerate(judged)
            if one.verdict in ("absent", "altered")
        ]
        found = self._texts.elsewhere(lost)
        return [_with_other(one, found.get(number)) for number, one in enumerate(judged)]

    def told(self, judged: Judged) -> tuple[QuotationChecked, Finding | None]:
        """A judgement as it is reported."""
        standing, other = judged.standing, judged.other
        quote, changes = self._shown(judged)
        holder = other if judged.verdict == "elsewhere" and other else standing
        is_found = judged.verdict in ("verbatim", "altered", "misplaced", "elsewhere")
        passage = None
        if holder and is_found and holder.paragraphs and holder.stamp:
            passage = f"{holder.key}#p{holder.paragraphs[0]}"
        checked = QuotationChecked(
            place=judged.place,
            verdict=judged.verdict,
            key=standing.key if standing else None,
            passage=passage,
            capture=holder.stamp if holder and is_found else None,
            found_in=other.key if other else None,
            reason=standing.match.reason if standing and judged.verdict == "altered" else "",
            quote=quote,
            changes=changes,
        )
        return checked, _finding(judged, checked)

    def _shown(self, judged: Judged) -> Shown:
        standing, other = judged.standing, judged.other
        text = judged.quoted.text
        if judged.verdict == "elsewhere" and other:
            return self._showing.of_source(other.key, text, ())
        if standing and judged.verdict == "verbatim":
            return self._showing.in_order(standing.key, text)
        if standing and judged.verdict in ("misplaced", "altered"):
            changes = standing.match.changes if judged.verdict == "altered" else ()
            return self._showing.of_source(standing.key, text, changes)
        return self._showing.of_nobody(text)


def _with_other(judged: Judged, other: Standing | None) -> Judged:
    """What is like its own source in part alone, and like another wholly, is of that one."""
    standing = judged.standing
    if standing is None or other is None or other.key == standing.key:
        return judged
    is_of_other = judged.verdict == "absent" or standing.match.share < _NEARLY_ALL
    return replace(judged, other=other, verdict="elsewhere" if is_of_other else judged.verdict)


def _rank(standing: Standing) -> float:
    return standing.match.share + (standing.match.state == "verbatim")


def _finding(judged: Judged, checked: QuotationChecked) -> Finding | None:
    """What is wanting, or worth a note; None for a quotation in order."""
    key, other, passage = checked.key, checked.found_in, checked.passage
    shown = f"“{checked.quote}”" if checked.quote else "this quotation"
    match judged.verdict:
        case "altered":
            diff = f": {checked.difference()}" if checked.changes else ""
            also = f"; {other} has it as it is quoted" if other else ""
            message = (
                f"{shown} differs from {passage or key}, {_REASONS[checked.reason]}{diff}{also}"
            )
            return _error("CK-E811", message, judged, "quote the source's words")
        case "elsewhere":
            message = f"{shown} is not in {key}, but in {passage or other}"
            return _error("CK-E812", message, judged, f"cite {other}")
        case "absent":
            message = f"{shown} is not in {key}, nor in another source of the archive"
            return _error("CK-E813", message, judged, "quote the source's words")
        case "misplaced":
            wanted = ", ".join(f"p{number}" for number in sorted(judged.wanted)[:5])
            message = f"{shown} is not in {wanted} of {key}, but in {passage}"
            return _error("CK-E814", message, judged, "name that paragraph")
        case "verbatim" | "unchecked":
            return _note(judged, shown)


def _note(judged: Judged, shown: str) -> Finding | None:
    """What is worth a note of a quotation that is in order, or that nobody can judge."""
    standing = judged.standing
    code, message = "CK-I820", f"{shown}: {judged.note}"
    if judged.verdict == "verbatim":
        if standing is None or standing.is_newest or standing.stamp is None:
            return None
        code = "CK-I821"
        where = f"{standing.key} as captured {standing.stamp}"
        message = f"{shown} stands in {where}, no longer in its newest text"
    elif not judged.note:
        return None
    return Finding(code=code, message=message, severity=Severity.NOTE, place=judged.place)


def _error(code: str, message: str, judged: Judged, hint: str) -> Finding:
    return Finding(code=code, message=message, place=judged.place, rule="quotation", hint=hint)
