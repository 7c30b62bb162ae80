"""``citekit undo``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import DryRun

app = typer.Typer()


@app.command("undo")
def undo(
    ctx: typer.Context,
    *,
    dry_run: DryRun = False,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Take nothing back: remove what is kept of the last change."),
    ] = False,
) -> int:
    """Take the last change back, as long as it is not sealed; again, and it is there again."""
    return hand_on(ctx)
