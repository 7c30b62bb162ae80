"""An audit as one HTML page, without script; every word in it is escaped."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from citekit.app.proving.proof_page import style_hash, words
from citekit.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.app.auditing.result import Audit, QuotationChecked, SourceChecked
    from citekit.findings import Finding

_TAGS: Final = {"same": "{}", "quoted": "<del>{}</del>", "source": "<ins>{}</ins>"}
_VERDICTS: Final = {
    "verbatim": ("good", "✓ verbatim"),
    "altered": ("bad", "✗ altered"),
    "elsewhere": ("bad", "✗ another source"),
    "misplaced": ("bad", "✗ another paragraph"),
    "absent": ("bad", "✗ not found"),
    "unchecked": ("open", "? not checked"),
}


def audit_page(audit: Audit) -> str:
    """The page of an audit."""
    page = (files("citekit.app.auditing") / "page.html").read_text(encoding="utf-8")
    notes = [finding for finding in audit.findings if finding.severity is Severity.NOTE]
    wanting = [finding for finding in audit.findings if finding.severity is not Severity.NOTE]
    quotations = ("Where", "What", "Source", "Quotation")
    sources = ("Source", "Kept", "Sealed", "Unchanged", "Answers", "Address")
    return Template(page).substitute(
        style=style_hash(page),
        title=words(", ".join(audit.papers)),
        summary=words(audit.summary().capitalize()),
        wanting=_list(wanting, "Nothing."),
        notes=_list(notes, "None."),
        quotations=_table(quotations, map(_quotation, audit.quotations)),
        sources=_table(sources, map(_source, audit.sources)),
    )


def _list(findings: Sequence[Finding], nothing: str) -> str:
    lines = [
        f"<li><code>{words(str(finding.place or ''))}</code> {words(finding.message)} "
        f"<small>{words(finding.code)}</small></li>"
        for finding in findings
    ]
    return "<ul>\n" + "\n".join(lines) + "\n</ul>" if lines else f"<p>{nothing}</p>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    if not body:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
    return f'<div class="wide">{table}' + "\n".join(body) + "\n</tbody>\n</table></div>"


def _quotation(checked: QuotationChecked) -> tuple[str, ...]:
    kind, verdict = _VERDICTS[checked.verdict]
    where = checked.place._replace(path=None)
    file = words(checked.place.path or "")
    source = checked.passage or checked.found_in or checked.key or ""
    diff = " ".join(_TAGS[change.kind].format(words(change.text)) for change in checked.changes)
    quote = f"“{words(checked.quote)}”" if checked.quote else ""
    return (
        f"<code>{file}:{words(str(where))}</code>",
        f'<span class="mark {kind}">{verdict}</span>',
        words(source),
        f"{quote}<br>{diff}" if diff and quote else quote + diff,
    )


def _source(source: SourceChecked) -> tuple[str, ...]:
    flags = (source.kept, source.sealed, source.unchanged, source.alive)
    return (words(source.key), *map(_flag, flags), words(source.url or ""))


def _flag(value: bool | None) -> str:  # it is what is shown
    if value is None:
        return "not asked"
    kind, word = ("good", "✓ yes") if value else ("bad", "✗ no")
    return f'<span class="mark {kind}">{word}</span>'
