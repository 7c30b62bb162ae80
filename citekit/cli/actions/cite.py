"""``citekit cite``: on the fast path, so nothing heavy is imported here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.citing.cite import cite as cite_items
from citekit.cli import output
from citekit.errors import NotFound, UsageError
from citekit.model.records.control_characters import replaced
from citekit.store.outputs import write_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.citing.result import Cited
    from citekit.app.syncing.cited import CitedByPapers
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.cli.context import Context
    from citekit.store.items import ItemReader


def cite(
    context: Context,
    *,
    key: list[str],
    all_: bool,
    from_: list[str],
    style: str | None,
    locale: str | None,
    format_: str | None,
    in_text: bool,
    locator: str | None,
    explain: bool,
    no_links: bool,
    abbreviations: str | None,
    output_: str | None,
    copy: bool,
    provenance: bool,
    verify: bool,
    trust: list[str],
    checkpoint: list[str],
    witness: list[str],
    revoked: list[str],
) -> int:
    """Print references of the items, or write them into a file; verified ones, if asked to."""
    key = key if all_ or from_ else key or _picked(context)
    if bool(key or from_) == all_:
        raise UsageError("name the items, or give --all", hint="citekit list shows the keys")
    store = context.items()
    found = _cited_by(context, from_, key) if from_ else None
    if found is not None:
        key = [word for word in key if not Path(word).is_file()] + list(found.keys)
    is_verified = verify or any((trust, checkpoint, witness, revoked))
    outside = _outside(store, trust, checkpoint, witness, revoked) if is_verified else None
    cited = cite_items(
        store,
        key,
        everything=all_,
        format=format_,
        style=style,
        locale=locale,
        in_text=in_text,
        locator=locator,
        apart=context.json or copy,
        explain=explain,
        outside=outside,
        provenance=provenance,
        links=not no_links,
        abbreviations=None if abbreviations is None else Path(abbreviations),
    )
    if all_:
        output.tell_left_out(store.left_out(), quiet=context.quiet)
    _tell(found, cited.warnings, quiet=context.quiet)
    _hand_over(context, store, cited, output_, copy=copy)
    return NotFound.exit_code if found is not None and found.unknown else 0


def _picked(context: Context) -> list[str]:
    """What is chosen on the terminal; nothing where there is none."""
    if context.json or not output.is_conversation():
        return []
    from citekit.cli.actions.daily.picking import pick

    return pick(context.reader())


def _copy(context: Context, cited: Cited) -> None:
    """Put the references on the clipboard, where they are read as HTML if they are for people."""
    from citekit.cli.actions.daily.clipboard import copy

    html = replaced(cited.html) if cited.html and cited.format in ("text", "html") else None
    output.note(f"copied as {copy(replaced(cited.text), html)}", quiet=context.quiet)


def _cited_by(context: Context, papers: list[str], words: list[str]) -> CitedByPapers:
    """What papers cite: those that are named, and files among the words beside them."""
    from citekit.app.syncing.cited import cited_by

    more = [word for word in words if Path(word).is_file()]
    return cited_by(context.reader(), [*papers, *more])


def _tell(found: CitedByPapers | None, warnings: Sequence[str], *, quiet: bool) -> None:
    """What is not in the answer though the papers cite it, and what else there is to say."""
    if found is not None:
        output.tell_cited_by(found, quiet=quiet)
    for warning in warnings:
        output.note(f"warning: {warning}", quiet=quiet)


def _hand_over(
    context: Context, store: ItemReader, cited: Cited, path: str | None, *, copy: bool
) -> None:
    """Put the answer where it is asked for."""
    if copy:
        _copy(context, cited)
    if path is not None:
        _write(store, path, replaced(cited.text))
    elif context.json:
        output.answer_json(_json(cited))
    elif cited.explained:
        for line in _explained(cited):
            output.answer(line)
    else:
        output.answer_as_it_is(replaced(cited.text))


def _outside(
    store: ItemReader,
    trust: list[str],
    checkpoint: list[str],
    witness: list[str],
    revoked: list[str],
) -> Outside:
    from citekit.app.verifying.log_checks.trust_anchors import read_outside

    return read_outside(trust, checkpoint, witnesses=witness, revoked=revoked, archive=store.root)


def _explained(cited: Cited) -> list[str]:
    """Each piece of the output with the variable, macro and line of the style it came from."""
    lines = []
    for part in cited.explained:
        lines.append(f"{part.key}:" if part.key else "citation:")
        for text, variable, macro, line in part.pieces:
            origin = [f"variable {variable}" if variable else "", f"macro {macro}" if macro else ""]
            origin.append(f"line {line}" if line else "")
            lines.append(f"  {text!r:32}  {', '.join(word for word in origin if word)}")
    return lines


def _json(cited: Cited) -> dict[str, object]:
    explained = [
        {
            "key": part.key,
            "pieces": [
                {"text": text, "variable": variable, "macro": macro, "line": line}
                for text, variable, macro, line in part.pieces
            ],
        }
        for part in cited.explained
    ]
    return {
        "citations": list(cited.citations),
        "bibliography": [
            {"key": entry.key, "text": entry.text, "html": entry.html} for entry in cited.references
        ],
        "warnings": list(cited.warnings),
        **({"explained": explained} if explained else {}),
    }


def _write(store: ItemReader, path: str, text: str) -> None:
    """Write the answer where the user says, and never among the archive's own."""
    target = Path(path)
    if store.layout.would_hold(target):
        message = f"is inside the archive, which holds records alone: {path}"
        raise UsageError(message, hint="choose a path outside")
    data = text if text.endswith("\n") else text + "\n"
    write_output(target, data.encode())
