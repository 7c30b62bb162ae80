"""``citekit diff``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import Key

app = typer.Typer()


@app.command("diff")
def diff(
    ctx: typer.Context,
    key: Key,
    a: Annotated[
        str | None,
        typer.Argument(metavar="A", help="The older capture's stamp (default: the last but one)."),
    ] = None,
    b: Annotated[
        str | None,
        typer.Argument(metavar="B", help="The newer capture's stamp (default: the last)."),
    ] = None,
) -> int:
    """Show what changed between two captures: record, headline and names, words of the text."""
    return hand_on(ctx)
