"""``citekit set``, ``rename``, ``remove``, ``restore`` and ``purge``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import keys
from citekit.cli.options import AccessOption, AllowPrivate, DryRun, Key, Yes

app = typer.Typer()


@app.command("set")
def set_(
    ctx: typer.Context,
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="The item.", autocompletion=keys)
    ] = None,
    *,
    field: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE", help="Fields.", default_factory=list, show_default=False
        ),
    ],
    access: AccessOption = None,
    yes: Yes = False,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="LIST",
            help="A CSV or JSONL file with an item a line: key, access, tags, fields.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Change an item's fields or its access; FIELD= removes a field."""
    return hand_on(ctx)


@app.command("rename")
def rename(
    ctx: typer.Context,
    key: Key,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new citekey.")],
    *,
    dry_run: DryRun = False,
) -> int:
    """Give an item another citekey; the old one stays as an alias."""
    return hand_on(ctx)


@app.command("remove")
def remove(
    ctx: typer.Context,
    key: Key,
    *,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back that a sealed item was withdrawn.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Remove an item and its payloads; one that is sealed is withdrawn from all outputs."""
    return hand_on(ctx)


@app.command("restore")
def restore(
    ctx: typer.Context,
    key: Annotated[
        str | None,
        typer.Argument(metavar="KEY", help="The item; with --all the folder.", autocompletion=keys),
    ] = None,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="The file, an address, or a folder that holds it (default: the item's address).",
        ),
    ] = None,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Whatever is absent and lies in this folder.")
    ] = False,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Keep another text, too, if all quoted passages stand in it."
        ),
    ] = False,
    allow_private: AllowPrivate = False,
) -> int:
    """Bring absent payloads back from a file, a folder or an address, verified."""
    return hand_on(ctx)


@app.command("purge")
def purge(
    ctx: typer.Context,
    key: Key,
    *,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; the log keeps it for ever.")
    ] = None,
    record: Annotated[
        bool,
        typer.Option("--record", help="Erase its record, captures, note and annotations as well."),
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Remove an item's payload bytes for good; digests, records and proofs stay."""
    return hand_on(ctx)
