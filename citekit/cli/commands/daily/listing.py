"""``citekit list`` and ``search``."""

from typing import Annotated

import typer

from citekit.app.looking.listing import Sort
from citekit.cli.call import hand_on
from citekit.cli.completion.sources import item_types
from citekit.model.item import Access

Query = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY",
        help="Only items with all these words in key, title or names.",
        default_factory=list,
        show_default=False,
    ),
]
Type = Annotated[
    str | None,
    typer.Option(
        "--type", metavar="TYPE", help="Only items of this CSL type.", autocompletion=item_types
    ),
]
ItsAccess = Annotated[Access | None, typer.Option("--access", help="Only items with this access.")]
Year = Annotated[
    str | None,
    typer.Option(
        "--year", metavar="YEARS", help="Only items of a year, or of 2019-2021, 2019-, -2021."
    ),
]
Author = Annotated[
    str | None,
    typer.Option(
        "--author", metavar="NAME", help="Only items by somebody with these words in the name."
    ),
]
Tag = Annotated[
    list[str],
    typer.Option(
        "--tag",
        metavar="TAG",
        help="Only items with this tag; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Missing = Annotated[
    list[str],
    typer.Option(
        "--missing",
        metavar="FIELD",
        help="Only items without this: author, date, url, tags, capture …; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
SortOption = Annotated[Sort | None, typer.Option("--sort", help="In this order (default: key).")]
Reverse = Annotated[bool, typer.Option("--reverse", help="The last one first.")]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="A,B,C",
        help="These columns: key, author, names, year, date, title, container, publisher, "
        "type, access, url, tags, added, captures, annotations, or any CSL variable.",
    ),
]
Csv = Annotated[bool, typer.Option("--csv", help="As CSV, with a heading.")]

app = typer.Typer()


@app.command("list")
def list_(
    ctx: typer.Context,
    query: Query,
    *,
    type_: Type = None,
    access: ItsAccess = None,
    year: Year = None,
    author: Author = None,
    tag: Tag,
    missing: Missing,
    sort: SortOption = None,
    reverse: Reverse = False,
    columns: Columns = None,
    csv: Csv = False,
) -> int:
    """List the items: key, author, year and title."""
    return hand_on(ctx)


@app.command("search")
def search(
    ctx: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Words; all must occur.")],
    *,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", help="At most this many (default: 20).", min=1),
    ] = None,
) -> int:
    """Search titles, names, notes, annotations and the texts this machine holds."""
    return hand_on(ctx)
