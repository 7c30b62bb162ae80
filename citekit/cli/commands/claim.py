"""The group ``claim``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import claims, entities
from citekit.cli.options import Key, No, Private, StanceOption

app = typer.Typer(
    help="Claims with the sources that support or dispute them.", no_args_is_help=True
)


@app.command("add")
def add(
    ctx: typer.Context,
    statement: Annotated[
        str, typer.Argument(metavar="STATEMENT", help="The claim, as one sentence.")
    ],
    *,
    id_: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Its id (default: made of the statement)."),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", metavar="TEXT", help="The question that the sources answer."),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="What a reader should know.")
    ] = None,
    entity: Annotated[
        list[str],
        typer.Option(
            "--entity",
            metavar="ID",
            help="An entity it is about; may be given again.",
            default_factory=list,
            show_default=False,
            autocompletion=entities,
        ),
    ],
    private: Private = False,
) -> int:
    """Add a claim."""
    return hand_on(ctx)


@app.command("link")
def link(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The claim's id.", autocompletion=claims)
    ],
    key: Key,
    *,
    stance: StanceOption = None,
    says: Annotated[
        str | None, typer.Option("--says", metavar="TEXT", help="Its answer in a few words.")
    ] = None,
    annotation: Annotated[
        str | None,
        typer.Option(
            "--annotation",
            metavar="ID",
            help="The annotation that marks the passage.",
        ),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="What a reader should know.")
    ] = None,
) -> int:
    """Add what a source says of a claim."""
    return hand_on(ctx)


@app.command("show")
def show(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The claim's id.", autocompletion=claims)
    ],
) -> int:
    """Show a claim with its sources."""
    return hand_on(ctx)


@app.command("list")
def list_(ctx: typer.Context) -> int:
    """List the claims."""
    return hand_on(ctx)


@app.command("private")
def private(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The claim's id.", autocompletion=claims)
    ],
    *,
    no: No = False,
) -> int:
    """Have a claim for you alone, in nothing that others get."""
    return hand_on(ctx)


@app.command("rm")
def remove(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The claim's id.", autocompletion=claims)
    ],
) -> int:
    """Remove a claim."""
    return hand_on(ctx)
