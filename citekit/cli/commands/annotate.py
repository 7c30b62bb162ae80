"""``citekit annotate``, ``reanchor`` and the group ``annotation``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import entities, keys
from citekit.cli.options import Entities, No, Note, Private, Tags

app = typer.Typer()
group = typer.Typer(help="Edit and remove annotations.", no_args_is_help=True)


@app.command("annotate")
def annotate(
    ctx: typer.Context,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="The citekey, or a passage of it such as KEY#p3.",
            autocompletion=keys,
        ),
    ],
    *,
    quote: Annotated[
        str | None,
        typer.Option(
            "--quote", metavar="TEXT", help="The passage's words; letter case does not count."
        ),
    ] = None,
    occurrence: Annotated[
        int | None,
        typer.Option(
            "--occurrence",
            metavar="N",
            help="Which one, where the words stand several times.",
            min=1,
        ),
    ] = None,
    note: Note = None,
    tag: Tags,
    entity: Entities,
    private: Private = False,
) -> int:
    """Annotate a passage; without --quote, numbered paragraphs open in $EDITOR."""
    return hand_on(ctx)


@app.command("reanchor")
def reanchor(
    ctx: typer.Context,
    key: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY",
            help="Only these items (default: all).",
            autocompletion=keys,
            default_factory=list,
            show_default=False,
        ),
    ],
) -> int:
    """Where annotated passages stand in the newest capture: exact, moved, edited or gone."""
    return hand_on(ctx)


@group.command("edit")
def edit(
    ctx: typer.Context,
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="The annotation's id, or its first characters.",
        ),
    ],
    *,
    note: Note = None,
    tag: Annotated[
        list[str],
        typer.Option(
            "--tag",
            metavar="TAG",
            help="Its tags from now on; may be given again, '' removes them.",
            default_factory=list,
            show_default=False,
        ),
    ],
    entity: Annotated[
        list[str],
        typer.Option(
            "--entity",
            metavar="ID",
            help="Its entities from now on; may be given again, '' removes them.",
            default_factory=list,
            show_default=False,
            autocompletion=entities,
        ),
    ],
) -> int:
    """Change an annotation's note, tags or entities; what is not named stays."""
    return hand_on(ctx)


@group.command("private")
def private(
    ctx: typer.Context,
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="The annotation's id, or its first characters.",
        ),
    ],
    *,
    no: No = False,
) -> int:
    """Have an annotation for you alone, in nothing that others get."""
    return hand_on(ctx)


@group.command("rm")
def remove(
    ctx: typer.Context,
    id_: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="The annotation's id, or its first characters.",
        ),
    ],
) -> int:
    """Remove an annotation."""
    return hand_on(ctx)
