"""``citekit verify`` and ``doctor``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.commands.options import Checkpoint, Revoked, Trust, Witness
from citekit.cli.completion.sources import keys

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
    trust: Trust,
    checkpoint: Checkpoint,
    witness: Witness,
    revoked: Revoked,
) -> int:
    """Check everything: structure, digests, missing and extra files, quotation limits."""
    return hand_on(ctx)


@app.command("doctor")
def doctor(ctx: typer.Context) -> int:
    """Say what works on this machine and what to install."""
    return hand_on(ctx)
