"""``citekit init``, ``capture``, ``export`` and ``backup``: the archive, or much of it."""

from typing import Annotated, Literal

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import keys
from citekit.cli.options import AllowPrivate, IgnoreRobots, KeepAnswer, Only

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


@app.command("capture")
def capture(
    ctx: typer.Context,
    key: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY",
            help="Items whose addresses are asked.",
            autocompletion=keys,
            default_factory=list,
            show_default=False,
        ),
    ],
    *,
    for_: Annotated[
        list[str],
        typer.Option(
            "--for",
            metavar="PAPER",
            help="What a paper cites and has no capture yet; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    missing: Annotated[
        bool, typer.Option("--missing", help="All items with an address and no capture yet.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="All items with an address; private ones by name alone.")
    ] = False,
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than",
            metavar="AGE",
            help="Of all, those whose last capture is older, such as 12h, 30d, 2w, 6m or 1y.",
        ),
    ] = None,
    keep: KeepAnswer = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
) -> int:
    """Ask items' addresses again: a new capture of each, and whether the page has changed."""
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
    for_: Annotated[
        list[str],
        typer.Option(
            "--for",
            metavar="PAPER",
            help="What a paper cites; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
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
