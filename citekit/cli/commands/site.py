"""The group ``site``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import Only

app = typer.Typer(help="The Sphinx site of an archive.", no_args_is_help=True)


@app.command("new")
def new(
    ctx: typer.Context,
    dir_: Annotated[
        str | None, typer.Argument(metavar="DIR", help="Where (default: site, beside the archive).")
    ] = None,
) -> int:
    """Write a Sphinx project for the archive."""
    return hand_on(ctx)


@app.command("build")
def build(
    ctx: typer.Context,
    *,
    output_: Annotated[
        str | None, typer.Option("--output", metavar="DIR", help="Where (default: .citekit/site).")
    ] = None,
    only: Only,
    with_restricted: Annotated[
        bool,
        typer.Option(
            "--with-restricted", help="With the text of restricted items: for your eyes only."
        ),
    ] = False,
) -> int:
    """Build the archive's site."""
    return hand_on(ctx)


@app.command("serve")
def serve(
    ctx: typer.Context,
    *,
    output_: Annotated[
        str | None, typer.Option("--output", metavar="DIR", help="Where (default: .citekit/site).")
    ] = None,
    only: Only,
    with_restricted: Annotated[
        bool,
        typer.Option(
            "--with-restricted", help="With the text of restricted items: for your eyes only."
        ),
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="N",
            help="The port (default: 8000); 0 for any free one.",
            min=0,
            max=65535,
        ),
    ] = None,
) -> int:
    """Build the site and serve it on this machine."""
    return hand_on(ctx)
