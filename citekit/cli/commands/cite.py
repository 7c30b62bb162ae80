"""``citekit cite``."""

from typing import Annotated

import typer

from citekit.cli.call import hand_on
from citekit.cli.completion.sources import formats, keys, locales, styles

Keys = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY",
        help=r"Citekeys, or a cluster: '\[see @KEY, p. 4]', or '@KEY \[p. 4]' in a sentence.",
        autocompletion=keys,
        default_factory=list,
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every item but private ones.")]
From = Annotated[
    list[str],
    typer.Option(
        "--from",
        metavar="PAPER",
        help="Everything that a paper cites; files named behind it are papers, too.",
        default_factory=list,
        show_default=False,
    ),
]
StyleOption = Annotated[
    str | None,
    typer.Option(
        "--style",
        "-s",
        metavar="STYLE",
        help="A CSL style by id, title or file (default: the archive's).",
        autocompletion=styles,
    ),
]
Locale = Annotated[
    str | None,
    typer.Option(
        "--locale",
        metavar="TAG",
        help="The language of the references, such as tr-TR, or its locale file.",
        autocompletion=locales,
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        autocompletion=formats,
        help="By a style: text, html, markdown, latex, rtf; as data: bibtex, "
        "biblatex, csl-json, csl-yaml, hayagriva, ris, wikipedia; or one that a package adds.",
    ),
]
InText = Annotated[
    bool,
    typer.Option("--in-text", help="The citation for the running text, not the bibliography."),
]
Locator = Annotated[
    str | None,
    typer.Option(
        "--locator", metavar="LABEL VALUE", help="A place in the last item, such as 'page 4'."
    ),
]
Explain = Annotated[
    bool,
    typer.Option("--explain", help="Say where in the style each piece of the output came from."),
]
NoLinks = Annotated[
    bool, typer.Option("--no-links", help="Make no links of identifiers and titles.")
]
Abbreviations = Annotated[
    str | None,
    typer.Option(
        "--abbreviations",
        metavar="FILE",
        help="Short forms of titles and publishers, in the JSON of Zotero, for styles that ask "
        "for them.",
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="PATH", help="Write into this file instead."),
]
Copy = Annotated[
    bool, typer.Option("--copy", help="Put them on the clipboard, too, for Word with italics.")
]
Provenance = Annotated[
    bool,
    typer.Option(
        "--provenance", help="Add when each source was archived, and the digest of its bytes."
    ),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="Cite nothing unless all of it is sealed and verifies.")
]
Trust = Annotated[
    list[str],
    typer.Option(
        "--trust",
        metavar="KEY|FILE",
        help="Verify, and by this key or file; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Checkpoint = Annotated[
    list[str],
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="Verify, and against this checkpoint; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Witness = Annotated[
    list[str],
    typer.Option(
        "--witness",
        metavar="KEY|FILE",
        help="Verify, and that this witness has cosigned the log; may be given again.",
        default_factory=list,
        show_default=False,
    ),
]
Revoked = Annotated[
    list[str],
    typer.Option(
        "--revoked",
        metavar="KEY@DATE|FILE",
        help="Verify, and trust this key from the date only where something else covers it; may "
        "be given again.",
        default_factory=list,
        show_default=False,
    ),
]

app = typer.Typer()


@app.command("cite")
def cite(
    ctx: typer.Context,
    key: Keys,
    *,
    all_: All = False,
    from_: From,
    style: StyleOption = None,
    locale: Locale = None,
    format_: FormatOption = None,
    in_text: InText = False,
    locator: Locator = None,
    explain: Explain = False,
    no_links: NoLinks = False,
    abbreviations: Abbreviations = None,
    output_: Output = None,
    copy: Copy = False,
    provenance: Provenance = False,
    verify: Verify = False,
    trust: Trust,
    checkpoint: Checkpoint,
    witness: Witness,
    revoked: Revoked,
) -> int:
    """Print references; without KEY they are chosen on a terminal."""
    return hand_on(ctx)
