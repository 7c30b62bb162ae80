"""The group ``bib``: bibliography files of one's own."""

from typing import Annotated, Literal

import typer

from citekit.app.syncing.target import SyncFormat
from citekit.cli.call import hand_on

Papers = Annotated[
    list[str],
    typer.Option(
        "--for",
        metavar="PAPER",
        help="A paper: .tex, .aux, .bcf, .md, .qmd, .Rmd, .typ, .rst, .ipynb or .docx; may be "
        "given again.",
        default_factory=list,
        show_default=False,
    ),
]
More = Annotated[
    list[str],
    typer.Argument(metavar="PAPER", help="More papers.", default_factory=list, show_default=False),
]
Libraries = Annotated[
    list[str],
    typer.Option(
        "--library",
        metavar="FILE",
        help="Look here for what the archive has not: a bibliography file; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]

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


@app.command("sync")
def sync(
    ctx: typer.Context,
    more: More,
    *,
    papers: Papers,
    output_: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="The bibliography to keep in step."),
    ] = None,
    format: Annotated[  # noqa: A002  # the word users know
        SyncFormat | None,
        typer.Option("--format", "-f", help="The bibliography's format (default: by its name)."),
    ] = None,
    libraries: Libraries,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Let go what nothing cites and only this file has."),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing; exit 1 if the file is not in step."),
    ] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Go on, and write anew after each change, until stopped."),
    ] = False,
) -> int:
    """Write a bibliography with what papers cite, and no more."""
    return hand_on(ctx)
