"""``citekit add`` and ``import``."""

from typing import Annotated

import typer

from citekit.app.cite import DataFormat
from citekit.cli.call import hand_on
from citekit.cli.commands.options import AccessOption
from citekit.cli.completion.sources import keys

app = typer.Typer()


@app.command("add")
def add(
    ctx: typer.Context,
    source: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Files, or - for stdin.")],
    *,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="URL",
            help="The address the file was saved from (declared, not observed).",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="KEY",
            help="Make a new capture of this item; its record stays.",
            autocompletion=keys,
        ),
    ] = None,
    new_item: Annotated[
        bool,
        typer.Option("--new-item", help="Make an item of its own, though its address is known."),
    ] = False,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="The citekey, instead of a made one.")
    ] = None,
    set_: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="A metadata field, such as title='…' or issued=2023-06-04; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
    access: AccessOption = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            "--encoding",
            metavar="NAME",
            help="How the file's text is encoded (default: found out).",
        ),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(
            "--max-size", metavar="SIZE", help="The largest file accepted (default: 100MB)."
        ),
    ] = None,
) -> int:
    """Archive files, or stdin as '-': payloads, capture record, metadata with evidence."""
    return hand_on(ctx)


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Bibliography files, bags, RO-Crates, or - for stdin."),
    ],
    *,
    format_: Annotated[
        DataFormat | None,
        typer.Option("--format", "-f", help="The files' format (default: by name)."),
    ] = None,
    access: AccessOption = None,
) -> int:
    """Take in items from bibliography files and packages; bad entries are reported."""
    return hand_on(ctx)
