"""``citekit bulk run``."""

from typing import Annotated, Literal

import typer

from citekit.cli.call import hand_on

app = typer.Typer(
    help="Read crawls: pages of WARC files into tables; no archive is needed.", no_args_is_help=True
)


@app.callback()
def group() -> None:
    """Read crawls: pages of WARC files into tables; no archive is needed."""


@app.command("run")
def run(
    ctx: typer.Context,
    shards: Annotated[
        list[str],
        typer.Argument(metavar="SHARD", help="WARC or WACZ files, or patterns of their names."),
    ],
    *,
    output_: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="DIR", help="The folder for the tables: rows."),
    ] = None,
    engine: Annotated[
        Literal["processes", "dask"] | None,
        typer.Option("--engine", help="Who does the work: processes of this machine, or Dask."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="How many (default: one a processor)."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster that is there."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="Put the text of each page into its row.")
    ] = False,
) -> int:
    """Read the pages of WARC files into rows: JSON lines, and Parquet with citekit[bulk].

    A shard that is done is not read again: a run that was stopped goes on where it was.
    """
    return hand_on(ctx)
