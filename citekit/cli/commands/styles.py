"""The group ``styles``, which finds styles by any word that is none of its commands."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import own_styles
from citekit.cli.completion.sources import styles as styles_

SEARCH = "styles"
"""The command that any other word means; its name is that of the group."""


class SearchGroup(TyperGroup):
    """``citekit styles chicago`` searches, ``citekit styles show chicago`` does not."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer's own click
        """Have the search do what is no command of the group and no call for its help."""
        first = args[0] if args else SEARCH
        if first == SEARCH or (first not in self.commands and first != "--help"):
            args = [SEARCH, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=SearchGroup,
    help="Find CSL styles by words; show one; take in those that you have.",
    subcommand_metavar="[QUERY]... | COMMAND [ARGS]...",
)


@app.command(SEARCH, hidden=True)
def styles(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY", help="Words; all must occur.", default_factory=list, show_default=False
        ),
    ],
    *,
    own: Annotated[
        bool, typer.Option("--own", help="Only what you have brought, languages too.")
    ] = False,
) -> int:
    """Find CSL styles by name, title or field."""
    return hand_on(ctx)


@app.command("show")
def show(
    ctx: typer.Context,
    style: Annotated[
        str,
        typer.Argument(
            metavar="STYLE", help="A style by id, title or file.", autocompletion=styles_
        ),
    ],
) -> int:
    """Show what a style says of itself: its rights, its last change, where it comes from."""
    return hand_on(ctx)


@app.command("update")
def update(
    ctx: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A folder, a zip file, or a style's or locale's file."
        ),
    ],
) -> int:
    """Take in CSL styles and languages that you have, newer than those installed or of your own."""
    return hand_on(ctx)


@app.command("remove")
def remove(
    ctx: typer.Context,
    name: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME",
            help="Ids of styles, tags of languages.",
            default_factory=list,
            show_default=False,
            autocompletion=own_styles,
        ),
    ],
    *,
    all_: Annotated[bool, typer.Option("--all", help="All that you have brought.")] = False,
) -> int:
    """Remove styles and languages that were taken in; those that are installed count again."""
    return hand_on(ctx)
