"""Which output belongs to which cite: a citation in runs, and with a link around each cite.

The tokens are those of the citation as it reads without this; only links come between them. A run
of a cite has all that the cite wrote: names, number, locator, what was typed before and after it,
and a full stop that moved into its quotes. The font and the affixes of the whole citation, and what
stands between two cites, are nobody's. The dash of a range stands for the cites that it skips.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from citekit.csl.output.tokens import CLOSE, Close, Open, Token
from citekit.csl.output.writer import attribute
from citekit.errors import UsageError
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citekit.csl.output.tree import Node
    from citekit.csl.style.locale import Locale

CiteLink: TypeAlias = "Callable[[Mapping[str, Any]], str | None]"
"""The address that a cite leads to, None for none; it is asked with the cite as it was given."""
_STEM = "7000"  # found where it stands beside any figures: no end of it is a beginning of it


class Run(Value):
    """A piece of a citation's output.

    ``cite`` is the cite that wrote it, the very mapping that the citation was given, None where
    none did; ``skipped`` are the cites that stand behind the dash of a range. ``takes_link`` says
    whether a link belongs around it: not around a link that the cite has of its own (a printed
    DOI), nor around a lone full stop beside one.
    """

    text: str
    cite: Mapping[str, Any] | None = None
    skipped: tuple[Mapping[str, Any], ...] = ()
    takes_link: bool = False


class _Part(Value):
    """The tokens of a run; those of a cite, or of skipped ones, close what they open."""

    tokens: Sequence[Token]
    run: Run


_NOBODY = Run(text="")


def linked_tokens(tree: Node, locale: Locale, link: CiteLink) -> list[Token]:
    """The tokens of a citation with a link around what each cite wrote.

    A link that a cite has of its own stays, and the cite's link ends before it and goes on behind.
    """
    out: list[Token] = []
    for part in _parts(tree, locale):
        cite = part.run.cite
        address = link(cite) if cite is not None and part.run.takes_link else None
        out += [Open(kind="link", value=address), *part.tokens, CLOSE] if address else part.tokens
    return out


def rendered_runs(
    tree: Node, locale: Locale, render: Callable[[Sequence[Token]], str]
) -> list[Run]:
    """The runs of a citation in a format: their texts, joined, are the citation.

    Raises UsageError for a format that changes figures: the citation is rendered once, with a word
    of figures at each bound between runs, since what stands around a run may open what closes only
    behind it.
    """
    parts = list(_parts(tree, locale))
    stem = _stem(render([token for part in parts for token in part.tokens]))
    tokens: list[Token] = []
    runs = [_NOBODY]
    for part in parts:
        if part.run is _NOBODY:
            tokens += part.tokens
            continue
        if tokens:  # not before the first word: Markdown minds what a line begins with
            tokens.append(f"{stem}{len(runs):06d}")
            runs.append(part.run)
        else:
            runs = [part.run]
        tokens += [*part.tokens, f"{stem}{len(runs):06d}"]
        runs.append(_NOBODY)
    texts = re.split(f"{stem}[0-9]{{6}}", render(tokens))
    if len(texts) != len(runs):
        raise UsageError("the format changes figures: it cannot be told which cite wrote what")
    return [replace(run, text=text) for run, text in zip(runs, texts, strict=True) if text]


def _stem(text: str) -> str:
    """Figures that do not occur in a text."""
    stem = _STEM
    while stem in text:
        stem += "0"
    return stem


def _parts(tree: Node, locale: Locale) -> Iterator[_Part]:
    tokens, stretches = attribute(tree, locale)
    at = 0
    for stretch in stretches:
        yield _Part(tokens=tokens[at : stretch.start], run=_NOBODY)
        inner, owner = tokens[stretch.start : stretch.end], stretch.owner
        if isinstance(owner, tuple):
            yield _Part(tokens=inner, run=Run(text="", skipped=owner))
        elif owner is not None:
            yield from _parts_of_cite(inner, owner)
        at = stretch.end
    yield _Part(tokens=tokens[at:], run=_NOBODY)


def _parts_of_cite(tokens: Sequence[Token], cite: Mapping[str, Any]) -> Iterator[_Part]:
    """What a cite wrote, apart: links of its own and blocks, around which no link may stand."""
    own = [i for i, token in enumerate(tokens) if _bars_link(token)]
    if not own:
        yield from _trimmed(tokens, cite)
        return
    start = at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        if any(at <= i < end for i in own):
            yield from _trimmed(tokens[start:at], cite, is_rest=True)
            if isinstance(first := tokens[at], Open) and first.kind == "link":
                yield _Part(tokens=tokens[at:end], run=Run(text="", cite=cite))
            else:
                yield _Part(tokens=[first], run=_NOBODY)
                yield from _parts_of_cite(tokens[at + 1 : end - 1], cite)
                yield _Part(tokens=[CLOSE], run=_NOBODY)
            start = end
        at = end
    yield from _trimmed(tokens[start:], cite, is_rest=True)


def _bars_link(token: Token) -> bool:
    return isinstance(token, Open) and token.kind in ("link", "display")


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the text, or the mark with all that is in it, ends that begins here."""
    depth = 0
    while True:
        token = tokens[at]
        depth += isinstance(token, Open)
        depth -= isinstance(token, Close)
        at += 1
        if not depth:
            return at


def _trimmed(
    tokens: Sequence[Token], cite: Mapping[str, Any], *, is_rest: bool = False
) -> Iterator[_Part]:
    """A run of a cite without the blanks around it; a lone full stop beside a link takes none."""
    inner = list(tokens)
    before, after = _cut_blanks(inner)
    text = "".join(token for token in inner if isinstance(token, str))
    takes_link = any(map(str.isalnum, text)) if is_rest else bool(text)
    yield _Part(tokens=[before] * bool(before), run=_NOBODY)
    yield _Part(tokens=inner, run=Run(text="", cite=cite, takes_link=takes_link))
    yield _Part(tokens=[after] * bool(after), run=_NOBODY)


def _cut_blanks(tokens: list[Token]) -> tuple[str, str]:
    """Take the blanks at both ends away; what was taken."""
    before = after = ""
    if tokens and isinstance(first := tokens[0], str):
        tokens[0] = kept = first.lstrip()
        before = first.removesuffix(kept)
    if tokens and isinstance(last := tokens[-1], str):
        tokens[-1] = kept = last.rstrip()
        after = last.removeprefix(kept)
    return before, after
