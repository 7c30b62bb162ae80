"""``citekit export``: packages for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.cli import output
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.cli.context import Context


def export(
    context: Context,
    *,
    key: list[str],
    format_: str | None,
    output_: str | None,
    with_restricted: bool,
) -> int:
    """Write a package and say where it is and what was left out."""
    from citekit.app.export import FORMATS
    from citekit.app.export import export as write_package

    if format_ is None or output_ is None:
        hint = f"citekit export --format {'|'.join(FORMATS)} --output PATH"
        raise UsageError("say which package, and where", hint=hint)
    exported = write_package(
        context.store(), Path(output_), format_=format_, keys=key, with_restricted=with_restricted
    )
    if context.json:
        output.answer_json(exported.to_json())
        return 0
    output.answer(str(exported.path))
    output.note(exported.told, quiet=context.quiet)
    return 0
