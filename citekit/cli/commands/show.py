"""``citekit show``, ``annotations`` and ``open``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import Key

app = typer.Typer()


@app.command("show")
def show(
    ctx: typer.Context,
    key: Key,
) -> int:
    """Show an item's metadata with its evidence, its captures and its access."""
    return hand_on(ctx)


@app.command("open")
def open_(
    ctx: typer.Context,
    key: Key,
    *,
    folder: Annotated[
        bool, typer.Option("--folder", help="The item's folder in the archive, not its address.")
    ] = False,
) -> int:
    """Open the item's address, or with --folder its folder."""
    return hand_on(ctx)


@app.command("annotations")
def annotations_(
    ctx: typer.Context,
    key: Key,
) -> int:
    """List an item's annotations."""
    return hand_on(ctx)
