"""``citekit seal``, ``keygen``, ``revoke`` and ``witness``."""

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
    revoke: Annotated[
        list[str],
        typer.Option(
            "--revoke",
            metavar="KEY@DATE",
            help="Have the log say that this key, which it has replaced, is revoked from that "
            "date; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    witness: Annotated[
        str | None,
        typer.Option(
            "--witness",
            metavar="FILE",
            help="Seal nothing: take in what a witness has cosigned.",
        ),
    ] = None,
) -> int:
    """Append what is not sealed to the log, and sign its checkpoint."""
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
    witness: Annotated[
        bool, typer.Option("--witness", help="For cosigning the logs of others; needs --name.")
    ] = False,
) -> int:
    """Make a signing key outside the archive, and print its public key."""
    return hand_on(ctx)


@app.command("revoke")
def revoke(
    ctx: typer.Context,
    date: Annotated[
        str, typer.Argument(metavar="DATE", help="From when: 2026-11-22, or an instant.")
    ],
    *,
    signing_key: SigningKey = None,
    output_: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write into this file instead."),
    ] = None,
) -> int:
    """Print a statement, signed by a key, that it counts no more from a date."""
    return hand_on(ctx)


@app.command("witness")
def witness(
    ctx: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="An archive of somebody, or a copy of its log.")
    ],
    *,
    request: Annotated[
        str | None,
        typer.Option(
            "--request",
            metavar="FILE",
            help="What the log has asked (C2SP add-checkpoint); FOLDER has its entries.",
        ),
    ] = None,
    trust: Annotated[
        list[str],
        typer.Option(
            "--trust",
            metavar="KEY|FILE",
            help="A public key of the log, needed the first time; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    signing_key: Annotated[
        str | None,
        typer.Option(
            "--signing-key",
            metavar="FILE",
            help="The private key of the witness (default: the only one here).",
        ),
    ] = None,
    start_over: Annotated[
        bool,
        typer.Option(
            "--start-over", help="Go on though the memory of this witness was lost or put back."
        ),
    ] = False,
    output_: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the whole checkpoint with the cosignature into this file, too.",
        ),
    ] = None,
) -> int:
    """Cosign the checkpoint of a log that only grew since it was seen last."""
    return hand_on(ctx)
