"""``citekit duplicates``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import keys as known_keys
from citekit.cli.options import DryRun

app = typer.Typer()


@app.command("duplicates")
def duplicates(
    ctx: typer.Context,
    keys: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY",
            help="Only these.",
            autocompletion=known_keys,
            default_factory=list,
            show_default=False,
        ),
    ],
    *,
    merge: Annotated[
        bool,
        typer.Option(
            "--merge",
            help="Make the items of these keys one: the first stays, and takes in what the others "
            "have. Their keys lead to it.",
        ),
    ] = False,
    dry_run: DryRun = False,
) -> int:
    """List items that share their bytes, DOI, address, or title and date; or make them one."""
    return hand_on(ctx)
