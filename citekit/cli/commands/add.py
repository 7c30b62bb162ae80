"""``citekit add`` and ``import``."""

from typing import Annotated, Literal

import typer

from citekit.app.citing.result import ReadFormat
from citekit.cli.call import hand_on
from citekit.cli.completion.sources import keys
from citekit.cli.options import AccessOption, AllowPrivate, IgnoreRobots, KeepAnswer

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Files, addresses of pages, or - for stdin.",
        default_factory=list,
        show_default=False,
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="The address the file was saved from (declared, not observed).",
    ),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="KEY",
        help="Make a new capture of this item; its record stays.",
        autocompletion=keys,
    ),
]
NewItem = Annotated[
    bool,
    typer.Option("--new-item", help="Make an item of its own, though its address is known."),
]
NewKey = Annotated[
    str | None, typer.Option("--key", metavar="KEY", help="The citekey, instead of a made one.")
]
Fields = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="A metadata field, such as title='…' or issued=2023-06-04; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="How the file's text is encoded (default: found out).",
    ),
]
MaxSize = Annotated[
    str | None,
    typer.Option("--max-size", metavar="SIZE", help="The largest file accepted (default: 100MB)."),
]

Merging = Literal["ask", "keep", "theirs"]

app = typer.Typer()


@app.command("add")
def add(
    ctx: typer.Context,
    source: Sources,
    *,
    url: Url = None,
    to: To = None,
    new_item: NewItem = False,
    key: NewKey = None,
    set_: Fields,
    access: AccessOption = None,
    encoding: Encoding = None,
    max_size: MaxSize = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="LIST",
            help="A CSV or JSONL file with a source a line: file, url, key, access, tags, fields.",
        ),
    ] = None,
    keep: KeepAnswer = False,
    allow_private: AllowPrivate = False,
    ignore_robots: IgnoreRobots = False,
) -> int:
    """Archive files, addresses, or stdin as '-': payloads, capture record, fields with evidence."""
    return hand_on(ctx)


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="Bibliography files, folders of them, bags, RO-Crates, WARC and WACZ files, or - "
            "for stdin.",
        ),
    ],
    *,
    format_: Annotated[
        ReadFormat | None,
        typer.Option("--format", "-f", help="The files' format (default: by name)."),
    ] = None,
    access: AccessOption = None,
    merge: Annotated[
        Merging | None,
        typer.Option(
            "--merge",
            help="What becomes of an item that the file has otherwise: ask for each, keep it, or "
            "take over what nobody edited here (default: ask on a terminal, else keep).",
        ),
    ] = None,
    no_files: Annotated[
        bool,
        typer.Option("--no-files", help="Leave the files out that an export of Zotero has."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing: a table of what would happen.")
    ] = False,
    page: Annotated[
        list[str],
        typer.Option(
            "--page",
            metavar="URL",
            help="A page of a WARC or WACZ file, or all; may be given again.",
            default_factory=list,
            show_default=False,
        ),
    ],
) -> int:
    """Take in items from bibliography files and packages; bad entries are reported."""
    return hand_on(ctx)
