"""``citekit render``."""

from typing import Annotated, Literal

import typer

from citekit.cli.call import hand_on
from citekit.cli.commands.cite import Locale, StyleOption

app = typer.Typer()


@app.command("render")
def render(
    ctx: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="A paper in Markdown.")],
    *,
    style: StyleOption = None,
    locale: Locale = None,
    to: Annotated[
        Literal["markdown", "html", "latex", "text"] | None,
        typer.Option("--to", help="The output; otherwise --output tells it by its ending."),
    ] = None,
    output_: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="PATH", help="Write into this file instead."),
    ] = None,
    bibliography: Annotated[
        list[str],
        typer.Option(
            "--bibliography",
            metavar="FILE",
            help="Cite from this file, too; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    with_private: Annotated[
        bool,
        typer.Option(
            "--with-private", help="Cite what is private or withdrawn, too: for your eyes only."
        ),
    ] = False,
) -> int:
    """Print a paper with its citations made, and its bibliography."""
    return hand_on(ctx)
