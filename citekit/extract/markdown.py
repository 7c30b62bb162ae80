"""Read a Markdown article: its front matter as declared fields, its paragraphs as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from citekit.errors import Place
from citekit.extract.bylines import split_names
from citekit.extract.dates import parse_iso
from citekit.extract.evidence import Evidence, Json
from citekit.extract.language import detect_language
from citekit.extract.names import Name, csl_name
from citekit.findings import Finding, Severity

_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*\r?\n?",
    re.DOTALL | re.MULTILINE,
)
_LARGEST = 20_000  # code points of front matter
_MOST_NODES = 2_000
_KEYS = {
    "title": "title",
    "headline": "title",
    "author": "author",
    "authors": "author",
    "by": "author",
    "date": "issued",
    "published": "issued",
    "issued": "issued",
    "pubdate": "issued",
    "updated": "updated",
    "lang": "language",
    "language": "language",
    "url": "URL",
    "source": "URL",
    "link": "URL",
    "canonical": "URL",
    "publisher": "publisher",
    "publication": "container-title",
    "container-title": "container-title",
    "site": "container-title",
    "section": "section",
    "doi": "DOI",
    "type": "type",
}
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s++(?P<text>.*[^\s#])[\s#]*$")
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]{0,500})\]\([^)\s]{0,2000}(?:\s+\"[^\"]{0,500}\")?\)")
_LINK = re.compile(r"\[(?P<text>[^\[\]]{0,1000})\](?:\([^)]{0,2000}\)|\[[^\]]{0,200}\])")
_MARKS = re.compile(
    r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_|`)(?=\S)(?P<text>[^*_`\n]{1,2000})(?<=\S)\1(?!\w)",
)
_BLOCK_START = re.compile(r"^ {0,3}(?:>\s?|[-*+]\s+|\d{1,9}[.)]\s+)")
_RULE = re.compile(r"^ {0,3}(?:[-*_]\s*){3,}$|^ {0,3}=+\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownReading:
    """What a Markdown document gave."""

    evidence: tuple[Evidence, ...]
    paragraphs: tuple[tuple[str, tuple[int, int] | None], ...]
    findings: tuple[Finding, ...] = ()


def read_markdown(decoded: str) -> MarkdownReading:
    """Evidence from the front matter and the first heading; body paragraphs without marks."""
    front = _FRONT.match(decoded[: _LARGEST + 100])
    fields, findings = _front_matter(front["yaml"]) if front else ({}, ())
    evidence = [one for key, value in fields.items() for one in _declared(str(key), value)]
    start = front.end() if front else 0
    paragraphs, heading = _paragraphs(decoded, start)
    if heading:
        text, place = heading
        evidence.append(
            Evidence(
                field="title",
                value=text,
                origin="original",
                rule="first-heading",
                place=place,
                confidence=0.8,
            ),
        )
    guess = detect_language(" ".join(text for text, _ in paragraphs[:80]))
    if guess:
        evidence.append(
            Evidence(
                field="language",
                value=guess.language,
                origin="text",
                rule="frequent-words",
                confidence=guess.confidence,
            ),
        )
    evidence.append(
        Evidence(field="type", value="webpage", origin="markdown", rule="default", confidence=0.25),
    )
    return MarkdownReading(
        evidence=tuple(evidence),
        paragraphs=tuple(paragraphs),
        findings=tuple(findings),
    )


def _front_matter(text: str) -> tuple[dict[Any, Any], tuple[Finding, ...]]:
    """The mapping of the front matter; aliases are refused, as they can grow without bound."""
    import yaml

    try:
        for nodes, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent) or nodes > _MOST_NODES:
                return {}, (_bad("it has aliases or too many values", None),)
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark is not None else None
        return {}, (_bad(str(getattr(error, "problem", None) or "it is no YAML"), line),)
    return (value, ()) if isinstance(value, dict) else ({}, (_bad("it is no mapping", None),))


def _bad(reason: str, line: int | None) -> Finding:
    return Finding(
        code="CK-W120",
        severity=Severity.WARNING,
        rule="front-matter",
        message=f"the front matter was not read: {reason}",
        place=Place(line=line),
        hint="write key: value lines between two lines of ---",
    )


def _declared(key: str, value: Json) -> list[Evidence]:  # any YAML value
    field = _KEYS.get(key.casefold().strip())
    shaped = _shape(field, value) if field else None
    if field is None or shaped is None:
        return []
    return [
        Evidence(
            field=field,
            value=shaped,
            origin="front-matter",
            rule=key,
            confidence=0.95,
            place={"payload": "original", "path": key},
        ),
    ]


def _shape(field: str, value: Json) -> Json:  # any YAML value in, any JSON value out
    if field in {"issued", "updated"}:
        if isinstance(value, (date, datetime)):
            return {"date-parts": [[value.year, value.month, value.day]]}
        found = parse_iso(str(value))
        return found.csl if found else None
    if field == "author":
        return _authors(value) or None
    text = " ".join(str(value).split()) if isinstance(value, (str, int, float)) else ""
    if field == "URL" and not text.startswith(("http://", "https://")):
        return None
    return text or None


def _authors(value: Json) -> list[Name]:
    names: list[Name] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and isinstance(one.get("family"), str):
            names.append({k: one[k] for k in ("family", "given") if isinstance(one.get(k), str)})
            continue
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip():
            names += [csl_name(part) for part in split_names(name) or (name.strip(),)]
    return names


def _paragraphs(
    decoded: str,
    start: int,
) -> tuple[list[tuple[str, tuple[int, int] | None]], tuple[str, dict[str, Any]] | None]:
    """Paragraphs with their ranges, and the first heading with its place."""
    found: list[tuple[str, tuple[int, int] | None]] = []
    heading: tuple[str, dict[str, Any]] | None = None
    block: list[str] = []
    block_start, position, line, fence = start, start, decoded.count("\n", 0, start), ""

    def close(end: int) -> None:
        text = _plain(" ".join(block))
        if text:
            found.append((text, (block_start, end)))
        block.clear()

    for raw in decoded[start:].splitlines(keepends=True):
        line += 1
        stripped = raw.rstrip("\r\n")
        mark = _FENCE.match(stripped)
        if fence or mark:
            fence = (
                ""
                if fence and mark and mark[1].startswith(fence)
                else fence or (mark[1] if mark else "")
            )
        elif title := _HEADING.match(stripped):
            close(position)
            text = _plain(title["text"])
            if heading is None and len(title[1]) <= 2:
                place = {
                    "payload": "original",
                    "line": line,
                    "start": position + title.start("text"),
                    "end": position + title.end("text"),
                }
                heading = (text, place)
            elif text:
                found.append((text, (position, position + len(stripped))))
        elif not stripped.strip() or _RULE.match(stripped):
            close(position)
        else:
            if not block or _BLOCK_START.match(stripped):
                close(position)
                block_start = position
            block.append(_BLOCK_START.sub("", stripped).strip())
        position += len(raw)
    close(position)
    return found, heading


def _plain(text: str) -> str:
    """A paragraph without Markdown's marks; a picture's alternative text is not body text."""
    text = _LINK.sub(lambda m: m["text"], _IMAGE.sub(" ", text))
    for _ in range(3):
        text = _MARKS.sub(lambda m: m["text"], text)
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()#+.!>-])", r"\1", text).split())
