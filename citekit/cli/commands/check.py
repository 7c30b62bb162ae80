"""``citekit verify``, ``recover`` and ``doctor``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import keys
from citekit.cli.options import Checkpoint, Revoked, Trust, Witness

app = typer.Typer()


@app.command("verify")
def verify(
    ctx: typer.Context,
    key: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY",
            help="Only these items.",
            autocompletion=keys,
            default_factory=list,
            show_default=False,
        ),
    ],
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail for what is not sealed, too.")
    ] = False,
    changed: Annotated[
        bool,
        typer.Option(
            "--changed",
            help="Incremental: hash only payloads that changed since the last full check.",
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Name each file that is not here, as intended, too.")
    ] = False,
    trust: Trust,
    checkpoint: Checkpoint,
    witness: Witness,
    revoked: Revoked,
) -> int:
    """Check everything: structure, digests, missing and extra files, quotation limits."""
    return hand_on(ctx)


@app.command("recover")
def recover(
    ctx: typer.Context,
    *,
    keep: Annotated[
        list[str],
        typer.Option(
            "--keep",
            metavar="DIGEST",
            help="Of events in conflict, keep this digest (or PATH=DIGEST); may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    drop: Annotated[
        list[str],
        typer.Option(
            "--drop",
            metavar="EVENT",
            help="Drop events that wait and are not this computer's own, by path or beginning.",
            default_factory=list,
            show_default=False,
        ),
    ],
) -> int:
    """Mend what a stop has cut; decide between events that wait and are in conflict."""
    return hand_on(ctx)


@app.command("doctor")
def doctor(ctx: typer.Context) -> int:
    """Say what works on this machine and what to install."""
    return hand_on(ctx)
