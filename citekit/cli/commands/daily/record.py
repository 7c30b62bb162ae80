"""``citekit edit``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import Key

app = typer.Typer()


@app.command("edit")
def edit(
    ctx: typer.Context,
    key: Key,
    *,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DRAFT", help="Go on with what an earlier edit has kept."),
    ] = None,
) -> int:
    """Open an item's record in $VISUAL or $EDITOR, a line for each field."""
    return hand_on(ctx)
