"""``citekit prove`` and ``check-proof``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.options import Checkpoint, Key, Revoked, Trust, Witness

app = typer.Typer()


@app.command("prove")
def prove(
    ctx: typer.Context,
    key: Key,
    *,
    since: Annotated[
        list[str],
        typer.Option(
            "--since",
            metavar="CHECKPOINT",
            help="Show whoever kept this checkpoint that the log only grew; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    output_: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="A file or folder (default: KEY.citekit-proof.json, here or beside the archive).",
        ),
    ] = None,
    bundle: Annotated[
        bool,
        typer.Option(
            "--bundle",
            help="One zip with the proof, the program that checks it, and a page that says how.",
        ),
    ] = False,
) -> int:
    """Write one file that shows a stranger what was sealed about an item."""
    return hand_on(ctx)


@app.command("check-proof")
def check_proof(
    ctx: typer.Context,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="The proof or a bundle.")
    ] = None,
    *,
    trust: Trust,
    checkpoint: Checkpoint,
    witness: Witness,
    revoked: Revoked,
    payload: Annotated[
        list[str],
        typer.Option(
            "--payload",
            metavar="FILE",
            help="A file to compare with the digests in the proof; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    print_script: Annotated[
        bool,
        typer.Option(
            "--print-script",
            help="Print a program that checks proofs without citekit, instead of checking one.",
        ),
    ] = False,
) -> int:
    """Check a proof offline."""
    return hand_on(ctx)
