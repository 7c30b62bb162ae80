"""``citekit stats``."""

import typer

from citekit.cli.call import hand_on

app = typer.Typer()


@app.command("stats")
def stats(ctx: typer.Context) -> int:
    """Count the items, by type, year and access, and what is archived of them."""
    return hand_on(ctx)
