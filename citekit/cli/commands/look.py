"""``citekit list``, ``duplicates``, ``search`` and ``log``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import item_types
from citekit.model.item import Access

app = typer.Typer()


@app.command("list")
def list_(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY",
            help="Only items with all these words in key, title or names.",
            default_factory=list,
            show_default=False,
        ),
    ],
    *,
    type_: Annotated[
        str | None,
        typer.Option(
            "--type", metavar="TYPE", help="Only items of this CSL type.", autocompletion=item_types
        ),
    ] = None,
    access: Annotated[
        Access | None,
        typer.Option(
            "--access",
            help="Only items with this access.",
        ),
    ] = None,
) -> int:
    """List the items."""
    return hand_on(ctx)


@app.command("duplicates")
def duplicates(ctx: typer.Context) -> int:
    """List items that share their bytes, DOI, address, or title and date."""
    return hand_on(ctx)


@app.command("search")
def search(
    ctx: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Words; all must occur.")],
    *,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help="At most this many (default: 20).", min=1),
    ] = None,
) -> int:
    """Search titles, names, notes, annotations and the texts this machine holds."""
    return hand_on(ctx)


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
