"""Every command with its arguments and options: the one table behind typer and the fast path.

A command names the function that does it as ``module:function``; the function takes a Context and
one keyword argument for each argument and option. Loading the table loads no command.
"""

from __future__ import annotations

from typing import Final, NamedTuple

_TAKEN = frozenset(
    {"dir", "format", "id", "output", "set", "type"}
)  # names of Python and of modules


def _parameter(name: str) -> str:
    """``FIELD=VALUE`` and ``--max-size`` as names of keyword arguments."""
    word = name.lstrip("-").partition("=")[0].lower().replace("-", "_")
    return f"{word}_" if word in _TAKEN else word


class Argument(NamedTuple):
    """A word by its place."""

    name: str
    help: str
    is_many: bool = False
    is_required: bool = True

    @property
    def parameter(self) -> str:
        """The keyword under which the command's function gets it."""
        return _parameter(self.name)


class Option(NamedTuple):
    """A word by its name; ``metavar`` empty means a switch without a value."""

    name: str
    help: str
    metavar: str = ""
    short: str = ""
    is_many: bool = False
    choices: tuple[str, ...] = ()
    is_integer: bool = False
    least: int = 1
    most: int | None = None

    @property
    def parameter(self) -> str:
        """The keyword under which the command's function gets it."""
        return _parameter(self.name)

    @property
    def description(self) -> str:
        """The help, with the values that can be chosen where it does not say them."""
        if all(choice in self.help for choice in self.choices):
            return self.help
        return f"{self.help} One of {', '.join(self.choices)}."


class Command(NamedTuple):
    """One command; a name of two words is a command of a group."""

    name: str
    help: str
    function: str
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    is_fast: bool = False


ARCHIVE: Final = Option("--archive", "The archive's folder.", "DIR")
JSON: Final = Option("--json", "Print one JSON document.")
QUIET: Final = Option("--quiet", "Print no notes on stderr.", short="-q")
GLOBALS: Final = (ARCHIVE, JSON, QUIET)

GROUPS: Final = {
    "annotation": "Edit and remove annotations.",
    "entity": "People, organisations, places and occurrences.",
    "claim": "Claims with the sources that support or dispute them.",
    "site": "The Sphinx site of an archive.",
}

_ACCESS = Option(
    "--access",
    "public: the text may be published; restricted (default): only its record is.",
    "ACCESS",
    choices=("public", "restricted"),
)
_KEY = Argument("KEY", "The item's citekey.")
_NOTE = Option("--note", "A note in Markdown; an empty one removes it.", "TEXT")
_TAGS = Option("--tag", "A tag; may be given again.", "TAG", is_many=True)
_ENTITIES = Option(
    "--entity", "An entity the passage names; may be given again.", "ID", is_many=True
)
_STANCE = Option(
    "--stance",
    "What the source does with the claim (default: supports).",
    "STANCE",
    choices=("supports", "disputes", "mentions"),
)

_TRUST = Option(
    "--trust",
    "A public key, or a file of keys or of PEM certificates; may be given again.",
    "KEY|FILE",
    is_many=True,
)
_CHECKPOINT = Option(
    "--checkpoint",
    "A checkpoint that you kept elsewhere; may be given again.",
    "FILE",
    is_many=True,
)

COMMANDS: Final = (
    Command(
        "init",
        "Make a new empty archive.",
        "citekit.cli.actions.archive:init",
        (Argument("DIR", "Where (default: here).", is_required=False),),
        (Option("--title", "The archive's title.", "TEXT"),),
    ),
    Command(
        "add",
        "Archive files, or stdin as '-': payloads, capture record, metadata with evidence.",
        "citekit.cli.actions.add:add",
        (Argument("SOURCE", "Files, or - for stdin.", is_many=True),),
        (
            Option("--url", "The address the file was saved from (declared, not observed).", "URL"),
            Option("--key", "The citekey, instead of a made one.", "KEY"),
            Option(
                "--set",
                "A metadata field, such as title='…' or issued=2023-06-04; may be given again.",
                "FIELD=VALUE",
                is_many=True,
            ),
            _ACCESS,
            Option("--encoding", "How the file's text is encoded (default: found out).", "NAME"),
            Option("--max-size", "The largest file accepted (default: 100MB).", "SIZE"),
        ),
    ),
    Command(
        "import",
        "Take in items from bibliography files and packages; bad entries are reported.",
        "citekit.cli.actions.add:import_",
        (Argument("FILE", "Bibliography files, bags, RO-Crates, or - for stdin.", is_many=True),),
        (
            Option("--format", "The files' format (default: by name).", "FORMAT", "-f"),
            _ACCESS,
        ),
    ),
    Command(
        "list",
        "List the items.",
        "citekit.cli.actions.look:list_",
        is_fast=True,
        options=(
            Option("--type", "Only items of this CSL type.", "TYPE"),
            _ACCESS._replace(help="Only items with this access."),
        ),
    ),
    Command(
        "show",
        "Show an item's metadata with its evidence, its captures and its access.",
        "citekit.cli.actions.show:show",
        (_KEY,),
        is_fast=True,
    ),
    Command(
        "search",
        "Search titles, names, notes, annotations and the texts this machine holds.",
        "citekit.cli.actions.look:search",
        (Argument("QUERY", "Words; all must occur.", is_many=True),),
        (Option("--limit", "At most this many (default: 20).", "N", is_integer=True),),
        is_fast=True,
    ),
    Command(
        "open",
        "Open the item's address, or with --folder its folder.",
        "citekit.cli.actions.show:open_",
        (_KEY,),
        (Option("--folder", "The item's folder in the archive, not its address."),),
    ),
    Command(
        "cite",
        "Print references.",
        "citekit.cli.actions.cite:cite",
        (Argument("KEY", "Citekeys, or a cluster such as '[see @KEY, p. 4]'.", is_many=True),),
        (
            Option(
                "--style",
                "A CSL style by id, title or file (default: the archive's).",
                "STYLE",
                "-s",
            ),
            Option("--locale", "The language of the references, such as tr-TR.", "TAG"),
            Option(
                "--format",
                "By a style: text, html, markdown, latex, rtf; as data: bibtex, "
                "biblatex, csl-json, csl-yaml, ris.",
                "FORMAT",
                "-f",
            ),
            Option("--in-text", "The citation for the running text, not the bibliography."),
            Option("--locator", "A place in the last item, such as 'page 4'.", "LABEL VALUE"),
            Option("--explain", "Say where in the style each piece of the output came from."),
            Option("--no-links", "Make no links of identifiers and titles."),
            Option("--output", "Write into this file instead.", "PATH", "-o"),
            Option(
                "--provenance", "Add when each source was archived, and the digest of its bytes."
            ),
            Option("--verify", "Cite nothing unless all of it is sealed and verifies."),
            _TRUST._replace(help="Verify, and by this key or file; may be given again."),
            _CHECKPOINT._replace(help="Verify, and against this checkpoint; may be given again."),
        ),
        is_fast=True,
    ),
    Command(
        "styles",
        "Find CSL styles by name, title or field.",
        "citekit.cli.actions.styles:styles",
        (Argument("QUERY", "Words; all must occur.", is_many=True, is_required=False),),
        is_fast=True,
    ),
    Command(
        "annotate",
        "Annotate a passage; without --quote, numbered paragraphs open in $EDITOR.",
        "citekit.cli.actions.annotate:annotate",
        (Argument("KEY", "The citekey, or a passage of it such as KEY#p3."),),
        (
            Option("--quote", "The passage's words, exactly.", "TEXT"),
            Option(
                "--occurrence",
                "Which one, where the words stand several times.",
                "N",
                is_integer=True,
            ),
            _NOTE,
            _TAGS,
            _ENTITIES,
        ),
    ),
    Command(
        "annotations",
        "List an item's annotations.",
        "citekit.cli.actions.annotations:list_",
        (_KEY,),
        is_fast=True,
    ),
    Command(
        "annotation edit",
        "Change an annotation's note, tags or entities; what is not named stays.",
        "citekit.cli.actions.annotate:edit",
        (Argument("ID", "The annotation's id, or its first characters."),),
        (
            _NOTE,
            _TAGS._replace(help="Its tags from now on; may be given again, '' removes them."),
            _ENTITIES._replace(
                help="Its entities from now on; may be given again, '' removes them."
            ),
        ),
    ),
    Command(
        "annotation rm",
        "Remove an annotation.",
        "citekit.cli.actions.annotate:remove",
        (Argument("ID", "The annotation's id, or its first characters."),),
    ),
    Command(
        "entity add",
        "Add an entity, or change the one with that id; what is not named stays.",
        "citekit.cli.actions.entity:add",
        (Argument("NAME", "Its name."),),
        (
            Option(
                "--kind",
                "What it is.",
                "KIND",
                choices=("person", "organization", "place", "occurrence", "work"),
            ),
            Option("--id", "Its id (default: made of the name).", "ID"),
            Option("--also", "Another name; may be given again.", "NAME", is_many=True),
            Option(
                "--authority", "An authority's id, such as wikidata=Q7184.", "NAME=ID", is_many=True
            ),
            Option("--date", "When it happened, in EDTF.", "DATE"),
            Option("--place", "The entity where it is.", "ID"),
            Option("--description", "One sentence.", "TEXT"),
        ),
    ),
    Command(
        "entity show",
        "Show an entity and where it is named.",
        "citekit.cli.actions.entity:show",
        (Argument("ID", "The entity's id."),),
    ),
    Command("entity list", "List the entities.", "citekit.cli.actions.entity:list_"),
    Command(
        "entity rm",
        "Remove an entity that nothing names.",
        "citekit.cli.actions.entity:remove",
        (Argument("ID", "The entity's id."),),
    ),
    Command(
        "claim add",
        "Add a claim.",
        "citekit.cli.actions.claim:add",
        (Argument("STATEMENT", "The claim, as one sentence."),),
        (
            Option("--id", "Its id (default: made of the statement).", "ID"),
            Option("--question", "The question that the sources answer.", "TEXT"),
            Option("--note", "What a reader should know.", "TEXT"),
            Option("--entity", "An entity it is about; may be given again.", "ID", is_many=True),
        ),
    ),
    Command(
        "claim link",
        "Add what a source says of a claim.",
        "citekit.cli.actions.claim:link",
        (Argument("ID", "The claim's id."), _KEY),
        (
            _STANCE,
            Option("--says", "Its answer in a few words.", "TEXT"),
            Option("--annotation", "The annotation that marks the passage.", "ID"),
            Option("--note", "What a reader should know.", "TEXT"),
        ),
    ),
    Command(
        "claim show",
        "Show a claim with its sources.",
        "citekit.cli.actions.claim:show",
        (Argument("ID", "The claim's id."),),
    ),
    Command("claim list", "List the claims.", "citekit.cli.actions.claim:list_"),
    Command(
        "claim rm",
        "Remove a claim.",
        "citekit.cli.actions.claim:remove",
        (Argument("ID", "The claim's id."),),
    ),
    Command(
        "diff",
        "Show what changed between two captures: record, headline and names, words of the text.",
        "citekit.cli.actions.diff:diff",
        (
            _KEY,
            Argument(
                "A", "The older capture's stamp (default: the last but one).", is_required=False
            ),
            Argument("B", "The newer capture's stamp (default: the last).", is_required=False),
        ),
    ),
    Command(
        "set",
        "Change an item's fields or its access; FIELD= removes a field.",
        "citekit.cli.actions.edit:set_",
        (_KEY, Argument("FIELD=VALUE", "Fields.", is_many=True, is_required=False)),
        (_ACCESS,),
    ),
    Command(
        "rename",
        "Give an item another citekey; the old one stays as an alias.",
        "citekit.cli.actions.edit:rename",
        (_KEY, Argument("NEW", "The new citekey.")),
    ),
    Command(
        "remove",
        "Remove an item and the payloads only it has.",
        "citekit.cli.actions.edit:remove",
        (_KEY,),
        (Option("--yes", "Do not ask.", short="-y"),),
    ),
    Command(
        "verify",
        "Check everything: structure, digests, missing and extra files, quotation limits.",
        "citekit.cli.actions.check:verify",
        (Argument("KEY", "Only these items.", is_many=True, is_required=False),),
        (
            Option("--strict", "Fail for what is not sealed, too."),
            Option(
                "--changed",
                "Incremental: hash only payloads that changed since the last full check.",
            ),
            _TRUST,
            _CHECKPOINT,
        ),
        is_fast=True,
    ),
    Command(
        "seal",
        "Append what is not sealed to the log, and sign its checkpoint.",
        "citekit.cli.actions.seal:seal",
        options=(
            Option("--signing-key", "The private key (default: the log's own).", "FILE"),
            Option("--old-key", "At a change of keys: the old one, which signs once more.", "FILE"),
            Option("--lost-key", "At a change of keys: the old one is lost."),
            Option(
                "--tsa",
                "Ask this RFC 3161 authority; may be given again (default: those in archive.toml).",
                "URL",
                is_many=True,
            ),
            Option("--no-tsa", "Ask none, not even those that archive.toml names."),
            Option("--allow-private", "An authority may be at a private address."),
        ),
    ),
    Command(
        "log",
        "Show the last entries of the log, and the events that wait for a seal.",
        "citekit.cli.actions.seal:log",
        options=(Option("--limit", "At most this many (default: 20).", "N", is_integer=True),),
    ),
    Command(
        "keygen",
        "Make a signing key outside the archive, and print its public key.",
        "citekit.cli.actions.seal:keygen",
        options=(
            Option("--name", "The log's name (default: the archive's).", "ORIGIN"),
            Option("--output", "Where (default: the user's configuration).", "FILE"),
        ),
    ),
    Command(
        "prove",
        "Write one file that shows a stranger what was sealed about an item.",
        "citekit.cli.actions.prove:prove",
        (_KEY,),
        (
            Option(
                "--output",
                "A file or folder (default: KEY.citekit-proof.json, here or beside the archive).",
                "PATH",
                "-o",
            ),
        ),
    ),
    Command(
        "check-proof",
        "Check a proof offline.",
        "citekit.cli.actions.prove:check_proof",
        (Argument("FILE", "The proof.", is_required=False),),
        (
            _TRUST,
            _CHECKPOINT,
            Option(
                "--payload",
                "A file to compare with the digests in the proof; may be given again.",
                "FILE",
                is_many=True,
            ),
            Option(
                "--print-script",
                "Print a program that checks proofs without citekit, instead of checking one.",
            ),
        ),
    ),
    Command(
        "restore",
        "Bring an absent payload back from a file, a folder or the item's address, verified.",
        "citekit.cli.actions.edit:restore",
        (
            _KEY,
            Argument(
                "SOURCE",
                "The file, or a folder that holds it (default: the item's address).",
                is_required=False,
            ),
        ),
        (
            Option("--accept", "Keep another text, too, if all quoted passages stand in it."),
            Option("--allow-private", "Fetch from a host at a private address."),
        ),
    ),
    Command(
        "export",
        "Write a package for others; restricted payloads are left out, and the package says so.",
        "citekit.cli.actions.archive:export",
        (Argument("KEY", "Only these items (default: all).", is_many=True, is_required=False),),
        (
            Option(
                "--format",
                "The package.",
                "FORMAT",
                "-f",
                choices=("bagit", "ro-crate", "prov"),
            ),
            Option("--output", "A new folder, or a file; .zip packs it.", "PATH", "-o"),
            Option("--with-restricted", "With the restricted payloads that are here."),
        ),
    ),
    Command(
        "purge",
        "Remove an item's payload bytes for good; digests, records and proofs stay.",
        "citekit.cli.actions.edit:purge",
        (_KEY,),
        (
            Option("--reason", "Why; the log keeps it for ever.", "TEXT"),
            Option("--yes", "Do not ask.", short="-y"),
        ),
    ),
    Command(
        "backup",
        "Copy everything, restricted payloads too, and verify the copy; again, what is new.",
        "citekit.cli.actions.archive:backup",
        (Argument("DIR", "A folder: new, empty, or an earlier backup of this archive."),),
    ),
    Command(
        "site new",
        "Write a Sphinx project for the archive.",
        "citekit.cli.actions.site:new",
        (Argument("DIR", "Where (default: site, beside the archive).", is_required=False),),
    ),
    Command(
        "site build",
        "Build the archive's site.",
        "citekit.cli.actions.site:build",
        options=(
            Option("--output", "Where (default: .citekit/site).", "DIR"),
            Option("--with-restricted", "With the text of restricted items: for your eyes only."),
        ),
    ),
    Command(
        "site serve",
        "Build the site and serve it on this machine.",
        "citekit.cli.actions.site:serve",
        options=(
            Option("--output", "Where (default: .citekit/site).", "DIR"),
            Option("--with-restricted", "With the text of restricted items: for your eyes only."),
            Option(
                "--port",
                "The port (default: 8000); 0 for any free one.",
                "N",
                is_integer=True,
                least=0,
                most=65535,
            ),
        ),
    ),
    Command(
        "doctor",
        "Say what works on this machine and what to install.",
        "citekit.cli.actions.check:doctor",
    ),
)
