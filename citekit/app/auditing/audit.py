"""``audit``: a paper held against the kept texts of what it cites.

Restricted sources are read here; what leaves is the verdict, with as few of their words as notes
may show (``shown``). Private items and claims are in none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.auditing.checking import Checker, Judged
from citekit.app.auditing.cited_keys import CitedKeys
from citekit.app.auditing.kept import KeptSources
from citekit.app.auditing.leaning import claims_leaned_on
from citekit.app.auditing.quotations import find_quotations
from citekit.app.auditing.reading import Part, read_parts
from citekit.app.auditing.result import Audit
from citekit.app.auditing.shown import Showing
from citekit.app.auditing.source_texts import SourceTexts
from citekit.app.papers.read import read_papers
from citekit.capture.visitor import Visitor
from citekit.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from citekit.store.reading import ArchiveReader


def audit(
    store: ArchiveReader,
    papers: Sequence[str | Path],
    *,
    online: bool = False,
    visitor: Visitor | None = None,
) -> Audit:
    """Whether papers quote their sources as these are kept, and whether they are kept at all.

    Each quotation beside a citation is looked for in the text of the cited item, and the paragraph
    that the citation names is compared. With ``online`` the addresses of the sources are asked
    whether they still answer, by the ``visitor`` if one is given. Nothing is changed.

    Raises NotFound for a paper, UsageError for a kind of file that is none, and InvalidData for a
    paper or a source that cannot be read.
    """
    paper = read_papers(papers)
    seen = store.for_others()
    keys = CitedKeys(store, paper)
    texts = SourceTexts(seen)
    parts = list(read_parts(paper))
    findings: list[Finding] = [*paper.findings, *keys.choice.findings, *keys.choice.unknown]
    findings += [part for part in parts if isinstance(part, Finding)]
    checker = Checker(texts, keys, Showing(seen))
    read = [part for part in parts if isinstance(part, Part)]
    judged = checker.look_elsewhere([one for part in read for one in _judged(checker, part)])
    told = [checker.told(one) for one in judged]
    findings += [finding for _, finding in told if finding]
    findings += [finding for part in read for finding in _no_paragraphs(part, keys, texts)]
    kept = KeptSources(seen, paper, keys)
    sources = list(kept.check(texts, (visitor or Visitor()) if online else None))
    leaned = list(claims_leaned_on(seen, kept.keys, judged))
    findings += [*keys.not_kept(), *kept.others()]
    findings += [finding for _, each in sources for finding in each]
    findings += [finding for _, finding in leaned]
    return Audit(
        papers=tuple(map(str, papers)),
        quotations=tuple(checked for checked, _ in told if checked.key),
        sources=tuple(source for source, _ in sources),
        claims=tuple(claim for claim, _ in leaned),
        findings=tuple(sorted(findings, key=_order)),
        private=keys.choice.private,
    )


def _judged(checker: Checker, part: Part) -> Iterator[Judged]:
    for quoted in find_quotations(part.prose):
        yield from checker.judge(part, quoted)


def _no_paragraphs(part: Part, keys: CitedKeys, texts: SourceTexts) -> Iterator[Finding]:
    """Citations of paragraphs that their source has not."""
    for cite in part.prose.cites:
        key = keys.item(cite.key)
        number = texts.paragraphs(key) if key else 0
        beyond = [one for one in keys.paragraphs(cite) if not 0 < one <= number] if number else []
        if beyond:
            yield Finding(
                code="CK-E815", message=f"{key} has no paragraph {min(beyond)}: it has {number}",
                place=part.place(cite.at), rule="locator", hint=f"citekit show {key}",
            )  # fmt: skip


def _order(finding: Finding) -> tuple[str, str, int, int]:
    """By file, cell, line and column; what belongs to none of them first."""
    place = finding.place
    if place is None:
        return "", "", 0, 0
    return place.path or "", place.json_path or "", place.line or 0, place.column or 0
