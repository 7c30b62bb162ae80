"""``citekit audit``."""

from typing import Annotated, Literal

import typer

from citekit.cli.call import hand_on

app = typer.Typer()


@app.command("audit")
def audit(
    ctx: typer.Context,
    papers: Annotated[
        list[str],
        typer.Argument(
            metavar="PAPER", help="A paper: .md, .qmd, .Rmd, .tex, .typ, .rst or .ipynb."
        ),
    ],
    *,
    format: Annotated[  # noqa: A002  # the word users know
        Literal["text", "github", "json", "html"] | None,
        typer.Option("--format", help="github: annotations of a pull request; html: a page."),
    ] = None,
    output_: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write a page into this file, too."),
    ] = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Ask the addresses of the sources if they still answer."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="A source that is not sealed is wanting, too.")
    ] = False,
) -> int:
    """Check a paper's quotations against its sources as they are kept; exit 1 if any is wrong."""
    return hand_on(ctx)
