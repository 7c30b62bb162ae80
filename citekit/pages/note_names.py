"""Notes without the names of what a site leaves out.

A note may name any item, entity or claim of its archive by a role or a directive. Where the site
shows only a part of the archive, the names of the rest are taken out before anything is made of the
note, so that neither a page nor what lies beside it (sources, caches) has them.

>>> from citekit.pages.note_names import without_names
>>> without_names("As {cite:t}`tide2023` says.", lambda kind, name: name == "tide2023")
'As [left out] says.'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.pages.citations import read_cites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    IsLeftOut = Callable[[str, str], bool]
    """Whether the site is without the thing of this kind with this name."""

LEFT_OUT: Final = "[left out]"

_ROLE: Final = re.compile(
    r"\{(?P<domain>ck|cite|footcite)(?::(?P<name>[\w:]{1,20}))?\}(?P<ticks>`{1,9})(?P<text>[^`]{1,5000})(?P=ticks)"
)
_TITLED: Final = re.compile(r"(?P<title>.*?)\s*<(?P<target>[^<>]*)>", re.DOTALL)
_FENCE: Final = re.compile(r"\s*(?P<fence>`{3,}|~{3,}|:{3,})\{ck:(?P<name>\w+)\}(?P<rest>.*)")
_OPTION: Final = re.compile(r"\s*:(?P<kind>item|entity):\s*(?P<name>\S+)")


def without_names(markdown: str, is_left_out: IsLeftOut) -> str:
    """The Markdown, with words in the place of roles and directives that name what is left out."""
    text = "\n".join(_without_directives(markdown.split("\n"), is_left_out))
    return _ROLE.sub(lambda role: _without_targets(role, is_left_out), text)


def _without_targets(role: re.Match[str], is_left_out: IsLeftOut) -> str:
    """The role; without the cites that are left out, or words instead where nothing stays."""
    text = role["text"].strip()
    if role["domain"] == "ck":
        titled = _TITLED.fullmatch(text)
        target = titled["target"] if titled else text.lstrip("~!")
        if not is_left_out(role["name"] or "", target):
            return role[0]
        return titled["title"] if titled else LEFT_OUT
    cites = read_cites(text)
    kept = [cite for cite, key in cites if not is_left_out("item", key.key)]
    if len(kept) == len(cites):
        return role[0]
    ticks = role["ticks"]
    before = role[0].partition(ticks)[0]
    return f"{before}{ticks}{','.join(kept)}{ticks}" if kept else LEFT_OUT


def _without_directives(lines: list[str], is_left_out: IsLeftOut) -> Iterator[str]:
    """The lines, with words in the place of each directive that names what is left out."""
    number = 0
    while number < len(lines):
        opened = _FENCE.fullmatch(lines[number])
        end = _end_of(lines, number, opened["fence"]) if opened else number + 1
        if opened and _names_left_out(opened, lines[number + 1 : end], is_left_out):
            yield LEFT_OUT
        else:
            yield from lines[number:end]
        number = end


def _end_of(lines: list[str], start: int, fence: str) -> int:
    """The number of the line behind the fence that closes what is opened at ``start``."""
    for number in range(start + 1, len(lines)):
        line = lines[number].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return number + 1
    return len(lines)


def _names_left_out(opened: re.Match[str], body: list[str], is_left_out: IsLeftOut) -> bool:
    kind = "passage" if opened["name"] == "passage" else "item"
    if is_left_out(kind, opened["rest"].strip()):
        return True
    options = filter(None, map(_OPTION.match, body))
    return any(is_left_out(option["kind"], option["name"]) for option in options)
