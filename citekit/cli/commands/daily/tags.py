"""``citekit tag`` and ``untag``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import Key

app = typer.Typer()


@app.command("tag")
def tag(
    ctx: typer.Context,
    key: Key,
    tag: Annotated[
        list[str],
        typer.Argument(
            metavar="TAG", help="Tags to add.", default_factory=list, show_default=False
        ),
    ],
) -> int:
    """Add tags to an item, and print those that it has; without TAG only print them."""
    return hand_on(ctx)


@app.command("untag")
def untag(
    ctx: typer.Context,
    key: Key,
    tag: Annotated[list[str], typer.Argument(metavar="TAG", help="Tags to take away.")],
) -> int:
    """Take tags from an item, and print those that it still has."""
    return hand_on(ctx)
