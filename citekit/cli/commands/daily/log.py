"""``citekit log``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on

app = typer.Typer()


@app.command("log")
def log(
    ctx: typer.Context,
    *,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help="At most this many (default: 20).", min=1),
    ] = None,
) -> int:
    """Show the last entries of the log, and the events that wait for a seal."""
    return hand_on(ctx)
