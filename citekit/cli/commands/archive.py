"""``citekit init``, ``export`` and ``backup``: the archive as a whole."""

from typing import Annotated, Literal

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import keys
from citekit.cli.options import Only

PackageFormat = Literal["bagit", "ro-crate", "prov", "wacz"]
"""That of ``app.export``, which takes a tenth of a second to load; a test compares the two."""

app = typer.Typer()


@app.command("init")
def init(
    ctx: typer.Context,
    dir_: Annotated[
        str | None, typer.Argument(metavar="DIR", help="Where (default: here).")
    ] = None,
    *,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The archive's title.")
    ] = None,
) -> int:
    """Make a new empty archive."""
    return hand_on(ctx)


@app.command("export")
def export(
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
    *,
    format_: Annotated[
        PackageFormat | None,
        typer.Option("--format", "-f", help="The package."),
    ] = None,
    output_: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="PATH", help="A new folder, or a file; .zip packs it."
        ),
    ] = None,
    only: Only,
    with_restricted: Annotated[
        bool, typer.Option("--with-restricted", help="With the restricted payloads that are here.")
    ] = False,
) -> int:
    """Write a package for others; restricted payloads are left out, and the package says so."""
    return hand_on(ctx)


@app.command("backup")
def backup(
    ctx: typer.Context,
    dir_: Annotated[
        str,
        typer.Argument(
            metavar="DIR", help="A folder: new, empty, or an earlier backup of this archive."
        ),
    ],
) -> int:
    """Copy everything, restricted payloads too, and verify the copy; again, what is new."""
    return hand_on(ctx)
