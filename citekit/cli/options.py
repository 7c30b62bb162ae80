"""Arguments and options that several commands take, declared once."""

from typing import Annotated

import typer

from citekit.cli.completion.sources import entities, keys
from citekit.model.claim import Stance
from citekit.model.item import Access

Key = Annotated[str, typer.Argument(metavar="KEY", help="The item's citekey.", autocompletion=keys)]
AccessOption = Annotated[
    Access | None,
    typer.Option(
        "--access",
        help="public: the text may be published; restricted (default): only its record is; "
        "private: nothing is, not even that it exists. Nothing is encrypted on this disk.",
    ),
]
Private = Annotated[
    bool,
    typer.Option(
        "--private", help="For you alone: in nothing that others get. It is not encrypted."
    ),
]
No = Annotated[bool, typer.Option("--no", help="The other way: for all to read from now on.")]
Note = Annotated[
    str | None,
    typer.Option("--note", metavar="TEXT", help="A note in Markdown; an empty one removes it."),
]
Tags = Annotated[
    list[str],
    typer.Option(
        "--tag",
        metavar="TAG",
        help="A tag; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Entities = Annotated[
    list[str],
    typer.Option(
        "--entity",
        metavar="ID",
        help="An entity the passage names; may be given again.",
        autocompletion=entities,
        default_factory=list,
        show_default=False,
    ),
]
Only = Annotated[
    list[str],
    typer.Option(
        "--only",
        metavar="TAG|KEY",
        help="Only these items, with what they carry; may be given again.",
        autocompletion=keys,
        default_factory=list,
        show_default=False,
    ),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from a host at a private address.")
]
IgnoreRobots = Annotated[
    bool,
    typer.Option("--ignore-robots", help="Also ask for what robots.txt asks to leave alone."),
]
KeepAnswer = Annotated[
    bool, typer.Option("--keep", help="Archive the answer, also where it is not the page.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing: say what would be changed.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
StanceOption = Annotated[
    Stance | None,
    typer.Option(
        "--stance",
        help="What the source does with the claim (default: supports).",
    ),
]
Trust = Annotated[
    list[str],
    typer.Option(
        "--trust",
        metavar="KEY|FILE",
        help="A public key, or a file of keys or of PEM certificates; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Witness = Annotated[
    list[str],
    typer.Option(
        "--witness",
        metavar="KEY|FILE",
        help="This witness has to have cosigned the checkpoint; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Revoked = Annotated[
    list[str],
    typer.Option(
        "--revoked",
        metavar="KEY@DATE|FILE",
        help="This key counts from the date only as far as something else covers it; may be given "
        "again.",
        default_factory=list,
        show_default=False,
    ),
]
Checkpoint = Annotated[
    list[str],
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="A checkpoint that you kept elsewhere; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
