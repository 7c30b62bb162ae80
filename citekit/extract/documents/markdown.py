"""Read a Markdown article: its front matter as declared fields, its paragraphs as text.

markdown-it-py tells what is a heading, a paragraph, a link definition; here their text is taken.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from citekit.errors import Place
from citekit.extract.pages.tree import parse_html, text_of
from citekit.extract.shared.bylines import split_names
from citekit.extract.shared.dates.machine import parse_iso
from citekit.extract.shared.evidence import Evidence, Json
from citekit.extract.shared.language import detect_language
from citekit.extract.shared.names import Name, csl_name
from citekit.findings import Finding, Severity
from citekit.model.value import Value

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*\r?\n?",
    re.DOTALL | re.MULTILINE,
)
_LARGEST = 20_000  # code points of front matter
_MOST_NODES = 2_000
_MOST_BRACKETS = 50_000
_MOST_LINES = 200_000
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
_NULL = frozenset({"", "~", "null"})  # YAML 1.2 §10.2.1.1
_LINE_END = re.compile(r"\r\n?|\n")  # as CommonMark 0.31 §2.1


class MarkdownReading(Value):
    """What a Markdown document gave."""

    evidence: tuple[Evidence, ...]
    paragraphs: tuple[tuple[str, tuple[int, int] | None], ...]
    findings: tuple[Finding, ...] = ()


class _Block(Value):
    """A paragraph, or a heading of a level from 1: its text, its first line and its range."""

    text: str
    level: int
    line: int
    start: int
    end: int


def read_markdown(decoded: str) -> MarkdownReading:
    """Evidence from the front matter and the first heading; body paragraphs without marks.

    Source: CommonMark 0.31. What is no text in it (link definitions, tags, alternative texts of
    pictures, fenced code) is left out; the range of a block is that of its source.
    """
    front = _FRONT.match(decoded[: _LARGEST + 100])
    fields, findings = _front_matter(front["yaml"]) if front else ({}, ())
    evidence = [one for key, value in fields.items() for one in _declared(str(key), value)]
    start = front.end() if front else 0
    end = _end(decoded, start)
    # each bracket costs markdown-it 10 µs or more, as each may begin a link, or a picture in it
    has_links = decoded.count("[", start) <= _MOST_BRACKETS
    limits = [
        *([] if end == len(decoded) else [_cut()]),
        *([] if has_links else [_without_links()]),
    ]
    blocks = _blocks(decoded[:end], start, has_links=has_links)
    title = next((block for block in blocks if 1 <= block.level <= 2), None)
    if title:
        evidence.append(_title(title))
    paragraphs = [(block.text, (block.start, block.end)) for block in blocks if block is not title]
    evidence += _language(" ".join(text for text, _ in paragraphs[:80]))
    evidence.append(
        Evidence(field="type", value="webpage", origin="markdown", rule="default", confidence=0.25),
    )
    return MarkdownReading(
        evidence=tuple(evidence),
        paragraphs=tuple(paragraphs),
        findings=(*findings, *limits),
    )


def _title(heading: _Block) -> Evidence:
    place = {
        "payload": "original",
        "line": heading.line,
        "start": heading.start,
        "end": heading.end,
    }
    return Evidence(
        field="title",
        value=heading.text,
        origin="original",
        rule="first-heading",
        place=place,
        confidence=0.8,
    )


def _language(text: str) -> list[Evidence]:
    guess = detect_language(text)
    if guess is None:
        return []
    return [
        Evidence(
            field="language",
            value=guess.language,
            origin="text",
            rule="frequent-words",
            confidence=guess.confidence,
        ),
    ]


def _front_matter(text: str) -> tuple[dict[Any, Any], tuple[Finding, ...]]:
    """The mapping of the front matter, its values texts as they are written.

    Aliases are refused, as they can grow without bound.
    """
    import yaml

    try:
        for nodes, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
            if isinstance(event, yaml.AliasEvent) or nodes > _MOST_NODES:
                return {}, (_bad("it has aliases or too many values", None),)
        value = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # makes texts alone
    except (yaml.YAMLError, RecursionError) as error:
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


def _end(decoded: str, start: int) -> int:
    """Where what is read ends: each paragraph costs markdown-it 30 µs, be it a letter."""
    ends = islice(_LINE_END.finditer(decoded, start), _MOST_LINES - 1, None)
    last = next(ends, None)
    return last.end() if last else len(decoded)


def _cut() -> Finding:
    return Finding(
        code="CK-W122",
        severity=Severity.WARNING,
        rule="too-many-lines",
        message=f"only the first {_MOST_LINES:,} lines were read",
        hint="look at the original: this is hardly an article",
    )


def _without_links() -> Finding:
    return Finding(
        code="CK-W121",
        severity=Severity.WARNING,
        rule="too-many-brackets",
        message=f"links were read as words: the text has more than {_MOST_BRACKETS:,} brackets",
        hint="look at the original: this is hardly an article",
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


def _shape(field: str, value: Json) -> Json:  # YAML in, JSON out
    if field == "author":
        return _authors(value) or None
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if text.casefold() in _NULL:
        return None
    if field in {"issued", "updated"}:
        found = parse_iso(text)
        return found.csl if found else None
    if field == "URL" and not text.startswith(("http://", "https://")):
        return None
    return text


def _authors(value: Json) -> list[Name]:
    names: list[Name] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and isinstance(one.get("family"), str):
            names.append({k: one[k] for k in ("family", "given") if isinstance(one.get(k), str)})
            continue
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip().casefold() not in _NULL:
            names += [csl_name(part) for part in split_names(name) or (name.strip(),)]
    return names


def _blocks(decoded: str, start: int, *, has_links: bool) -> list[_Block]:
    """The paragraphs and headings from an offset on, in order."""
    from markdown_it import MarkdownIt

    lines = [start, *(end.end() for end in _LINE_END.finditer(decoded, start)), len(decoded)]
    above = len(_LINE_END.findall(decoded, 0, start))
    found: list[_Block] = []
    level = 0
    parser = MarkdownIt("commonmark")
    if not has_links:
        parser.disable(["link", "image", "reference"])
    for token in parser.parse(decoded[start:]):
        if token.type == "heading_open":
            level = int(token.tag[1])
        text = " ".join(_text(token).split())
        if text and token.map:
            first, last = token.map
            place = _place(decoded, token.content, lines[first], lines[last])
            line = above + first + 1
            found.append(_Block(text=text, level=level, line=line, start=place[0], end=place[1]))
        if token.type == "inline":
            level = 0
    return found


def _text(token: Token) -> str:
    """The text that a reader sees of a block; what is merely indented may be prose."""
    match token.type:
        case "inline":
            return "".join(map(_inline, token.children or ()))
        case "code_block":
            return token.content
        case "html_block":
            root = parse_html(token.content)
            return "" if root is None else text_of(root, limit=len(token.content))
        case _:
            return ""


def _inline(token: Token) -> str:
    match token.type:
        case "text" | "code_inline":
            return token.content
        case "softbreak" | "hardbreak":
            return " "
        case "html_inline" if token.content[:3].casefold() == "<br":
            return " "
        case _:
            return ""


def _place(decoded: str, content: str, start: int, end: int) -> tuple[int, int]:
    """The range of a block's content in its lines, without the marks around it."""
    lines = [line.strip() for line in content.splitlines() if line.strip()]
    first = decoded.find(lines[0], start, end)
    last = decoded.rfind(lines[-1], start, end)
    if first < 0 or last < 0:  # a tab or a zero byte was replaced
        whole = decoded[start:end]
        return end - len(whole.lstrip()), start + len(whole.rstrip())
    return first, last + len(lines[-1])
