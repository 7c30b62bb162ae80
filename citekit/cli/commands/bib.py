"""The group ``bib``: bibliography files of one's own."""

from typing import Annotated, Literal

import typer

from citekit.cli.call import hand_on

app = typer.Typer(help="Look after bibliography files of your own.", no_args_is_help=True)


@app.command("check")
def check(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="A .bib file.")],
    *,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Mend what can be mended without a doubt, on its lines alone."),
    ] = False,
    dialect: Annotated[
        Literal["biblatex", "bibtex"] | None,
        typer.Option("--dialect", help="Whose required fields and letters count: biblatex."),
    ] = None,
    format: Annotated[  # noqa: A002  # the word users know
        Literal["text", "github", "json"] | None,
        typer.Option("--format", help="github: annotations of a pull request."),
    ] = None,
) -> int:
    """Tell what is wrong in bibliography files, with line and column; exit 1 if anything is."""
    return hand_on(ctx)
