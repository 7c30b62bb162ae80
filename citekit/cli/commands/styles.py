"""``citekit styles``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on

app = typer.Typer()


@app.command("styles")
def styles(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY", help="Words; all must occur.", default_factory=list, show_default=False
        ),
    ],
) -> int:
    """Find CSL styles by name, title or field."""
    return hand_on(ctx)
