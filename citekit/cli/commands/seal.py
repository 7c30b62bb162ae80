"""``citekit seal``, ``log`` and ``keygen``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on

SigningKey = Annotated[
    str | None,
    typer.Option("--signing-key", metavar="FILE", help="The private key (default: the log's own)."),
]
OldKey = Annotated[
    str | None,
    typer.Option(
        "--old-key",
        metavar="FILE",
        help="At a change of keys: the old one, which signs once more.",
    ),
]
LostKey = Annotated[
    bool, typer.Option("--lost-key", help="At a change of keys: the old one is lost.")
]
Authorities = Annotated[
    list[str],
    typer.Option(
        "--tsa",
        metavar="URL",
        help="Ask this RFC 3161 authority; may be given again (default: those in archive.toml).",
        default_factory=list,
        show_default=False,
    ),
]
NoAuthority = Annotated[
    bool, typer.Option("--no-tsa", help="Ask none, not even those that archive.toml names.")
]
SignAll = Annotated[
    bool, typer.Option("--yes", help="Sign purges, removals and changes of access without asking.")
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="An authority may be at a private address.")
]

app = typer.Typer()


@app.command("seal")
def seal(
    ctx: typer.Context,
    *,
    signing_key: SigningKey = None,
    old_key: OldKey = None,
    lost_key: LostKey = False,
    tsa: Authorities,
    no_tsa: NoAuthority = False,
    yes: SignAll = False,
    allow_private: AllowPrivate = False,
) -> int:
    """Append what is not sealed to the log, and sign its checkpoint."""
    return hand_on(ctx)


@app.command("log")
def log(
    ctx: typer.Context,
    *,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help="At most this many (default: 20).", min=1),
    ] = None,
) -> int:
    """Show the last entries of the log, and the events that wait for a seal."""
    return hand_on(ctx)


@app.command("keygen")
def keygen(
    ctx: typer.Context,
    *,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="ORIGIN", help="The log's name (default: the archive's)."),
    ] = None,
    output_: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help="Where (default: the user's configuration)."),
    ] = None,
) -> int:
    """Make a signing key outside the archive, and print its public key."""
    return hand_on(ctx)
