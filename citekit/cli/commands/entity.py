"""The group ``entity``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import entities
from citekit.cli.options import No, Private
from citekit.model.entity import EntityKind

Kind = Annotated[
    EntityKind | None,
    typer.Option(
        "--kind",
        help="What it is.",
    ),
]
Names = Annotated[
    list[str],
    typer.Option(
        "--also",
        metavar="NAME",
        help="Another name; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Authorities = Annotated[
    list[str],
    typer.Option(
        "--authority",
        metavar="NAME=ID",
        help="An authority's id, such as wikidata=Q7184.",
        default_factory=list,
        show_default=False,
    ),
]
Date = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help="When it happened, in EDTF.")
]
PlaceOption = Annotated[
    str | None,
    typer.Option("--place", metavar="ID", help="The entity where it is.", autocompletion=entities),
]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="One sentence.")
]

app = typer.Typer(help="People, organisations, places and occurrences.", no_args_is_help=True)


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    *,
    kind: Kind = None,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Its id (default: made of the name).")
    ] = None,
    also: Names,
    authority: Authorities,
    date: Date = None,
    place: PlaceOption = None,
    description: Description = None,
    private: Private = False,
) -> int:
    """Add an entity, or change the one with that id; what is not named stays."""
    return hand_on(ctx)


@app.command("show")
def show(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The entity's id.", autocompletion=entities)
    ],
) -> int:
    """Show an entity and where it is named."""
    return hand_on(ctx)


@app.command("list")
def list_(ctx: typer.Context) -> int:
    """List the entities."""
    return hand_on(ctx)


@app.command("private")
def private(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The entity's id.", autocompletion=entities)
    ],
    *,
    no: No = False,
) -> int:
    """Have an entity for you alone, in nothing that others get."""
    return hand_on(ctx)


@app.command("rm")
def remove(
    ctx: typer.Context,
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="The entity's id.", autocompletion=entities)
    ],
) -> int:
    """Remove an entity that nothing names."""
    return hand_on(ctx)
