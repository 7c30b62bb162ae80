"""Every command with its arguments and options, as the fast path reads them.

Made from the functions in ``citekit.cli.commands`` by ``python -m citekit.cli.generate``: change
those, and run it.
"""

# fmt: off
# ruff: noqa: E501, Q000

from typing import Any

TOP_OPTIONS: tuple[dict[str, Any], ...] = (
    {'name': '--archive', 'parameter': 'archive', 'help': "The archive's folder.", 'metavar': 'DIR'},
    {'name': '--json', 'parameter': 'json', 'help': 'Print one JSON document.'},
    {'name': '--quiet', 'parameter': 'quiet', 'help': 'Print no notes on stderr.', 'short': '-q'},
    {'name': '--version', 'parameter': 'version', 'help': 'Print the version.'},
    {'name': '--install-completion', 'parameter': 'install_completion', 'help': "Let bash, zsh, fish, powershell or pwsh complete citekit's words (default: the shell you use).", 'metavar': 'SHELL', 'choices': ('bash', 'zsh', 'fish', 'powershell', 'pwsh')},
    {'name': '--show-completion', 'parameter': 'show_completion', 'help': 'Print what --install-completion would install for it.', 'metavar': 'SHELL', 'choices': ('bash', 'zsh', 'fish', 'powershell', 'pwsh')},
)

GROUPS: dict[str, str] = {
    'styles': 'Find CSL styles by words; show one; take in those that you have.',
    'annotation': 'Edit and remove annotations.',
    'entity': 'People, organisations, places and occurrences.',
    'claim': 'Claims with the sources that support or dispute them.',
    'site': 'The Sphinx site of an archive.',
    'bulk': 'Read crawls: pages of WARC files into tables; no archive is needed.',
    'bib': 'Look after bibliography files of your own.',
}

COMMANDS: dict[str, dict[str, Any]] = {
    'init': {
        'help': 'Make a new empty archive.',
        'door': 'archive:init',
        'arguments': (
            {'name': 'DIR', 'parameter': 'dir_', 'help': 'Where (default: here).', 'is_required': False},
        ),
        'options': (
            {'name': '--title', 'parameter': 'title', 'help': "The archive's title.", 'metavar': 'TEXT'},
        ),
    },
    'capture': {
        'help': "Ask items' addresses again: a new capture of each, and whether the page has changed.",
        'door': 'archive:capture',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'Items whose addresses are asked.', 'is_many': True, 'completion': 'keys', 'is_required': False},
        ),
        'options': (
            {'name': '--for', 'parameter': 'for_', 'help': 'What a paper cites and has no capture yet; may be given again.', 'metavar': 'PAPER', 'is_many': True},
            {'name': '--missing', 'parameter': 'missing', 'help': 'All items with an address and no capture yet.'},
            {'name': '--all', 'parameter': 'all_', 'help': 'All items with an address; private ones by name alone.'},
            {'name': '--older-than', 'parameter': 'older_than', 'help': 'Of all, those whose last capture is older, such as 12h, 30d, 2w, 6m or 1y.', 'metavar': 'AGE'},
            {'name': '--keep', 'parameter': 'keep', 'help': 'Archive the answer, also where it is not the page.'},
            {'name': '--allow-private', 'parameter': 'allow_private', 'help': 'Fetch from a host at a private address.'},
            {'name': '--ignore-robots', 'parameter': 'ignore_robots', 'help': 'Also ask for what robots.txt asks to leave alone.'},
        ),
    },
    'export': {
        'help': 'Write a package for others; restricted payloads are left out, and the package says so.',
        'door': 'archive:export',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'Only these items (default: all).', 'is_many': True, 'completion': 'keys', 'is_required': False},
        ),
        'options': (
            {'name': '--format', 'parameter': 'format_', 'help': 'The package.', 'metavar': 'FORMAT', 'short': '-f', 'choices': ('bagit', 'ro-crate', 'prov', 'wacz')},
            {'name': '--output', 'parameter': 'output_', 'help': 'A new folder, or a file; .zip packs it.', 'metavar': 'PATH', 'short': '-o'},
            {'name': '--only', 'parameter': 'only', 'help': 'Only these items, with what they carry; may be given again.', 'metavar': 'TAG|KEY', 'is_many': True, 'completion': 'keys'},
            {'name': '--for', 'parameter': 'for_', 'help': 'What a paper cites; may be given again.', 'metavar': 'PAPER', 'is_many': True},
            {'name': '--with-restricted', 'parameter': 'with_restricted', 'help': 'With the restricted payloads that are here.'},
        ),
    },
    'backup': {
        'help': 'Copy everything, restricted payloads too, and verify the copy; again, what is new.',
        'door': 'archive:backup',
        'arguments': (
            {'name': 'DIR', 'parameter': 'dir_', 'help': 'A folder: new, empty, or an earlier backup of this archive.'},
        ),
        'options': (),
    },
    'add': {
        'help': "Archive files, addresses, or stdin as '-': payloads, capture record, fields with evidence.",
        'door': 'add:add',
        'arguments': (
            {'name': 'SOURCE', 'parameter': 'source', 'help': 'Files, addresses of pages, or - for stdin.', 'is_many': True, 'is_required': False},
        ),
        'options': (
            {'name': '--url', 'parameter': 'url', 'help': 'The address the file was saved from (declared, not observed).', 'metavar': 'URL'},
            {'name': '--to', 'parameter': 'to', 'help': 'Make a new capture of this item; its record stays.', 'metavar': 'KEY', 'completion': 'keys'},
            {'name': '--new-item', 'parameter': 'new_item', 'help': 'Make an item of its own, though its address is known.'},
            {'name': '--key', 'parameter': 'key', 'help': 'The citekey, instead of a made one.', 'metavar': 'KEY'},
            {'name': '--set', 'parameter': 'set_', 'help': "A metadata field, such as title='…' or issued=2023-06-04; may be given again.", 'metavar': 'FIELD=VALUE', 'is_many': True},
            {'name': '--access', 'parameter': 'access', 'help': 'public: the text may be published; restricted (default): only its record is; private: nothing is, not even that it exists. Nothing is encrypted on this disk.', 'metavar': 'ACCESS', 'choices': ('public', 'restricted', 'private')},
            {'name': '--encoding', 'parameter': 'encoding', 'help': "How the file's text is encoded (default: found out).", 'metavar': 'NAME'},
            {'name': '--max-size', 'parameter': 'max_size', 'help': 'The largest file accepted (default: 100MB).', 'metavar': 'SIZE'},
            {'name': '--from', 'parameter': 'from_', 'help': 'A CSV or JSONL file with a source a line: file, url, key, access, tags, fields.', 'metavar': 'LIST'},
            {'name': '--keep', 'parameter': 'keep', 'help': 'Archive the answer, also where it is not the page.'},
            {'name': '--allow-private', 'parameter': 'allow_private', 'help': 'Fetch from a host at a private address.'},
            {'name': '--ignore-robots', 'parameter': 'ignore_robots', 'help': 'Also ask for what robots.txt asks to leave alone.'},
        ),
    },
    'import': {
        'help': 'Take in items from bibliography files and packages; bad entries are reported.',
        'door': 'add:import_',
        'arguments': (
            {'name': 'FILE', 'parameter': 'file', 'help': 'Bibliography files, folders of them, bags, RO-Crates, WARC and WACZ files, or - for stdin.', 'is_many': True},
        ),
        'options': (
            {'name': '--format', 'parameter': 'format_', 'help': "The files' format (default: by name).", 'metavar': 'FORMAT', 'short': '-f', 'choices': ('bibtex', 'biblatex', 'csl-json', 'csl-yaml', 'hayagriva', 'ris', 'wikipedia', 'bbt-json', 'nbib', 'zotero-rdf')},
            {'name': '--access', 'parameter': 'access', 'help': 'public: the text may be published; restricted (default): only its record is; private: nothing is, not even that it exists. Nothing is encrypted on this disk.', 'metavar': 'ACCESS', 'choices': ('public', 'restricted', 'private')},
            {'name': '--merge', 'parameter': 'merge', 'help': 'What becomes of an item that the file has otherwise: ask for each, keep it, or take over what nobody edited here (default: ask on a terminal, else keep).', 'metavar': 'MERGE', 'choices': ('ask', 'keep', 'theirs')},
            {'name': '--no-files', 'parameter': 'no_files', 'help': 'Leave the files out that an export of Zotero has.'},
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Write nothing: a table of what would happen.'},
            {'name': '--page', 'parameter': 'page', 'help': 'A page of a WARC or WACZ file, or all; may be given again.', 'metavar': 'URL', 'is_many': True},
        ),
    },
    'list': {
        'help': 'List the items: key, author, year and title.',
        'door': 'daily.listing:list_',
        'arguments': (
            {'name': 'QUERY', 'parameter': 'query', 'help': 'Only items with all these words in key, title or names.', 'is_many': True, 'is_required': False},
        ),
        'options': (
            {'name': '--type', 'parameter': 'type_', 'help': 'Only items of this CSL type.', 'metavar': 'TYPE', 'completion': 'item_types'},
            {'name': '--access', 'parameter': 'access', 'help': 'Only items with this access.', 'metavar': 'ACCESS', 'choices': ('public', 'restricted', 'private')},
            {'name': '--year', 'parameter': 'year', 'help': 'Only items of a year, or of 2019-2021, 2019-, -2021.', 'metavar': 'YEARS'},
            {'name': '--author', 'parameter': 'author', 'help': 'Only items by somebody with these words in the name.', 'metavar': 'NAME'},
            {'name': '--tag', 'parameter': 'tag', 'help': 'Only items with this tag; may be given again.', 'metavar': 'TAG', 'is_many': True},
            {'name': '--missing', 'parameter': 'missing', 'help': 'Only items without this: author, date, url, tags, capture …; may be given again.', 'metavar': 'FIELD', 'is_many': True},
            {'name': '--sort', 'parameter': 'sort', 'help': 'In this order (default: key).', 'metavar': 'SORT', 'choices': ('key', 'author', 'year', 'title', 'added')},
            {'name': '--reverse', 'parameter': 'reverse', 'help': 'The last one first.'},
            {'name': '--columns', 'parameter': 'columns', 'help': 'These columns: key, author, names, year, date, title, container, publisher, type, access, url, tags, added, captures, annotations, or any CSL variable.', 'metavar': 'A,B,C'},
            {'name': '--csv', 'parameter': 'csv', 'help': 'As CSV, with a heading.'},
        ),
    },
    'search': {
        'help': 'Search titles, names, notes, annotations and the texts this machine holds.',
        'door': 'daily.listing:search',
        'arguments': (
            {'name': 'QUERY', 'parameter': 'query', 'help': 'Words; all must occur.', 'is_many': True},
        ),
        'options': (
            {'name': '--limit', 'parameter': 'limit', 'help': 'At most this many (default: 20).', 'metavar': 'N', 'is_integer': True, 'least': 1},
        ),
    },
    'duplicates': {
        'help': 'List items that share their bytes, DOI, address, or title and date; or make them one.',
        'door': 'daily.duplicates:duplicates',
        'arguments': (
            {'name': 'KEY', 'parameter': 'keys', 'help': 'Only these.', 'is_many': True, 'completion': 'keys', 'is_required': False},
        ),
        'options': (
            {'name': '--merge', 'parameter': 'merge', 'help': 'Make the items of these keys one: the first stays, and takes in what the others have. Their keys lead to it.'},
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Change nothing: say what would be changed.'},
        ),
    },
    'log': {
        'help': 'Show the last entries of the log, and the events that wait for a seal.',
        'door': 'daily.log:log',
        'arguments': (),
        'options': (
            {'name': '--limit', 'parameter': 'limit', 'help': 'At most this many (default: 20).', 'metavar': 'N', 'is_integer': True, 'least': 1},
        ),
    },
    'stats': {
        'help': 'Count the items, by type, year and access, and what is archived of them.',
        'door': 'daily.stats:stats',
        'arguments': (),
        'options': (),
    },
    'show': {
        'help': "Show an item's metadata with its evidence, its captures and its access.",
        'door': 'show:show',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (),
    },
    'open': {
        'help': "Open the item's address, or with --folder its folder.",
        'door': 'show:open_',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (
            {'name': '--folder', 'parameter': 'folder', 'help': "The item's folder in the archive, not its address."},
        ),
    },
    'annotations': {
        'help': "List an item's annotations.",
        'door': 'show:annotations_',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (),
    },
    'cite': {
        'help': 'Print references; without KEY they are chosen on a terminal.',
        'door': 'cite:cite',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "Citekeys, or a cluster: '[see @KEY, p. 4]', or '@KEY [p. 4]' in a sentence.", 'is_many': True, 'completion': 'keys', 'is_required': False},
        ),
        'options': (
            {'name': '--all', 'parameter': 'all_', 'help': 'Every item but private ones.'},
            {'name': '--from', 'parameter': 'from_', 'help': 'Everything that a paper cites; files named behind it are papers, too.', 'metavar': 'PAPER', 'is_many': True},
            {'name': '--style', 'parameter': 'style', 'help': "A CSL style by id, title or file (default: the archive's).", 'metavar': 'STYLE', 'short': '-s', 'completion': 'styles'},
            {'name': '--locale', 'parameter': 'locale', 'help': 'The language of the references, such as tr-TR, or its locale file.', 'metavar': 'TAG', 'completion': 'locales'},
            {'name': '--format', 'parameter': 'format_', 'help': 'By a style: text, html, markdown, latex, rtf; as data: bibtex, biblatex, csl-json, csl-yaml, hayagriva, ris, wikipedia; or one that a package adds.', 'metavar': 'FORMAT', 'short': '-f', 'completion': 'formats'},
            {'name': '--in-text', 'parameter': 'in_text', 'help': 'The citation for the running text, not the bibliography.'},
            {'name': '--locator', 'parameter': 'locator', 'help': "A place in the last item, such as 'page 4'.", 'metavar': 'LABEL VALUE'},
            {'name': '--explain', 'parameter': 'explain', 'help': 'Say where in the style each piece of the output came from.'},
            {'name': '--no-links', 'parameter': 'no_links', 'help': 'Make no links of identifiers and titles.'},
            {'name': '--abbreviations', 'parameter': 'abbreviations', 'help': 'Short forms of titles and publishers, in the JSON of Zotero, for styles that ask for them.', 'metavar': 'FILE'},
            {'name': '--output', 'parameter': 'output_', 'help': 'Write into this file instead.', 'metavar': 'PATH', 'short': '-o'},
            {'name': '--copy', 'parameter': 'copy', 'help': 'Put them on the clipboard, too, for Word with italics.'},
            {'name': '--provenance', 'parameter': 'provenance', 'help': 'Add when each source was archived, and the digest of its bytes.'},
            {'name': '--verify', 'parameter': 'verify', 'help': 'Cite nothing unless all of it is sealed and verifies.'},
            {'name': '--trust', 'parameter': 'trust', 'help': 'Verify, and by this key or file; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--checkpoint', 'parameter': 'checkpoint', 'help': 'Verify, and against this checkpoint; may be given again.', 'metavar': 'FILE', 'is_many': True},
            {'name': '--witness', 'parameter': 'witness', 'help': 'Verify, and that this witness has cosigned the log; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--revoked', 'parameter': 'revoked', 'help': 'Verify, and trust this key from the date only where something else covers it; may be given again.', 'metavar': 'KEY@DATE|FILE', 'is_many': True},
        ),
    },
    'render': {
        'help': 'Print a paper with its citations made, and its bibliography.',
        'door': 'daily.papers:render',
        'arguments': (
            {'name': 'PAPER', 'parameter': 'paper', 'help': 'A paper in Markdown.'},
        ),
        'options': (
            {'name': '--style', 'parameter': 'style', 'help': "A CSL style by id, title or file (default: the archive's).", 'metavar': 'STYLE', 'short': '-s', 'completion': 'styles'},
            {'name': '--locale', 'parameter': 'locale', 'help': 'The language of the references, such as tr-TR, or its locale file.', 'metavar': 'TAG', 'completion': 'locales'},
            {'name': '--to', 'parameter': 'to', 'help': 'The output; otherwise --output tells it by its ending.', 'metavar': 'TO', 'choices': ('markdown', 'html', 'latex', 'text')},
            {'name': '--output', 'parameter': 'output_', 'help': 'Write into this file instead.', 'metavar': 'PATH', 'short': '-o'},
            {'name': '--bibliography', 'parameter': 'bibliography', 'help': 'Cite from this file, too; may be given again.', 'metavar': 'FILE', 'is_many': True},
            {'name': '--with-private', 'parameter': 'with_private', 'help': 'Cite what is private or withdrawn, too: for your eyes only.'},
        ),
    },
    'audit': {
        'help': "Check a paper's quotations against its sources as they are kept; exit 1 if any is wrong.",
        'door': 'daily.audit:audit',
        'arguments': (
            {'name': 'PAPER', 'parameter': 'papers', 'help': 'A paper: .md, .qmd, .Rmd, .tex, .typ, .rst or .ipynb.', 'is_many': True},
        ),
        'options': (
            {'name': '--format', 'parameter': 'format', 'help': 'github: annotations of a pull request; html: a page.', 'metavar': 'FORMAT', 'choices': ('text', 'github', 'json', 'html')},
            {'name': '--output', 'parameter': 'output_', 'help': 'Write a page into this file, too.', 'metavar': 'FILE', 'short': '-o'},
            {'name': '--online', 'parameter': 'online', 'help': 'Ask the addresses of the sources if they still answer.'},
            {'name': '--strict', 'parameter': 'strict', 'help': 'A source that is not sealed is wanting, too.'},
        ),
    },
    'annotate': {
        'help': 'Annotate a passage; without --quote, numbered paragraphs open in $EDITOR.',
        'door': 'annotate:annotate',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'The citekey, or a passage of it such as KEY#p3.', 'completion': 'keys'},
        ),
        'options': (
            {'name': '--quote', 'parameter': 'quote', 'help': "The passage's words; letter case does not count.", 'metavar': 'TEXT'},
            {'name': '--occurrence', 'parameter': 'occurrence', 'help': 'Which one, where the words stand several times.', 'metavar': 'N', 'is_integer': True, 'least': 1},
            {'name': '--note', 'parameter': 'note', 'help': 'A note in Markdown; an empty one removes it.', 'metavar': 'TEXT'},
            {'name': '--tag', 'parameter': 'tag', 'help': 'A tag; may be given again.', 'metavar': 'TAG', 'is_many': True},
            {'name': '--entity', 'parameter': 'entity', 'help': 'An entity the passage names; may be given again.', 'metavar': 'ID', 'is_many': True, 'completion': 'entities'},
            {'name': '--private', 'parameter': 'private', 'help': 'For you alone: in nothing that others get. It is not encrypted.'},
        ),
    },
    'reanchor': {
        'help': 'Where annotated passages stand in the newest capture: exact, moved, edited or gone.',
        'door': 'annotate:reanchor',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'Only these items (default: all).', 'is_many': True, 'completion': 'keys', 'is_required': False},
        ),
        'options': (),
    },
    'set': {
        'help': "Change an item's fields or its access; FIELD= removes a field.",
        'door': 'edit:set_',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'The item.', 'completion': 'keys', 'is_required': False},
            {'name': 'FIELD=VALUE', 'parameter': 'field', 'help': 'Fields.', 'is_many': True, 'is_required': False},
        ),
        'options': (
            {'name': '--access', 'parameter': 'access', 'help': 'public: the text may be published; restricted (default): only its record is; private: nothing is, not even that it exists. Nothing is encrypted on this disk.', 'metavar': 'ACCESS', 'choices': ('public', 'restricted', 'private')},
            {'name': '--yes', 'parameter': 'yes', 'help': 'Do not ask.', 'short': '-y'},
            {'name': '--from', 'parameter': 'from_', 'help': 'A CSV or JSONL file with an item a line: key, access, tags, fields.', 'metavar': 'LIST'},
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Change nothing: say what would be changed.'},
        ),
    },
    'rename': {
        'help': 'Give an item another citekey; the old one stays as an alias.',
        'door': 'edit:rename',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
            {'name': 'NEW', 'parameter': 'new', 'help': 'The new citekey.'},
        ),
        'options': (
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Change nothing: say what would be changed.'},
        ),
    },
    'remove': {
        'help': 'Remove an item and its payloads; one that is sealed is withdrawn from all outputs.',
        'door': 'edit:remove',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (
            {'name': '--undo', 'parameter': 'undo', 'help': 'Take back that a sealed item was withdrawn.'},
            {'name': '--yes', 'parameter': 'yes', 'help': 'Do not ask.', 'short': '-y'},
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Change nothing: say what would be changed.'},
        ),
    },
    'restore': {
        'help': 'Bring absent payloads back from a file, a folder or an address, verified.',
        'door': 'edit:restore',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'The item; with --all the folder.', 'completion': 'keys', 'is_required': False},
            {'name': 'SOURCE', 'parameter': 'source', 'help': "The file, an address, or a folder that holds it (default: the item's address).", 'is_required': False},
        ),
        'options': (
            {'name': '--all', 'parameter': 'all_', 'help': 'Whatever is absent and lies in this folder.'},
            {'name': '--accept', 'parameter': 'accept', 'help': 'Keep another text, too, if all quoted passages stand in it.'},
            {'name': '--allow-private', 'parameter': 'allow_private', 'help': 'Fetch from a host at a private address.'},
        ),
    },
    'purge': {
        'help': "Remove an item's payload bytes for good; digests, records and proofs stay.",
        'door': 'edit:purge',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (
            {'name': '--reason', 'parameter': 'reason', 'help': 'Why; the log keeps it for ever.', 'metavar': 'TEXT'},
            {'name': '--record', 'parameter': 'record', 'help': 'Erase its record, captures, note and annotations as well.'},
            {'name': '--yes', 'parameter': 'yes', 'help': 'Do not ask.', 'short': '-y'},
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Change nothing: say what would be changed.'},
        ),
    },
    'edit': {
        'help': "Open an item's record in $VISUAL or $EDITOR, a line for each field.",
        'door': 'daily.record:edit',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (
            {'name': '--from', 'parameter': 'from_', 'help': 'Go on with what an earlier edit has kept.', 'metavar': 'DRAFT'},
        ),
    },
    'tag': {
        'help': 'Add tags to an item, and print those that it has; without TAG only print them.',
        'door': 'daily.tags:tag',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
            {'name': 'TAG', 'parameter': 'tag', 'help': 'Tags to add.', 'is_many': True, 'is_required': False},
        ),
        'options': (),
    },
    'untag': {
        'help': 'Take tags from an item, and print those that it still has.',
        'door': 'daily.tags:untag',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
            {'name': 'TAG', 'parameter': 'tag', 'help': 'Tags to take away.', 'is_many': True},
        ),
        'options': (),
    },
    'undo': {
        'help': 'Take the last change back, as long as it is not sealed; again, and it is there again.',
        'door': 'daily.undo:undo',
        'arguments': (),
        'options': (
            {'name': '--dry-run', 'parameter': 'dry_run', 'help': 'Change nothing: say what would be changed.'},
            {'name': '--forget', 'parameter': 'forget', 'help': 'Take nothing back: remove what is kept of the last change.'},
        ),
    },
    'diff': {
        'help': 'Show what changed between two captures: record, headline and names, words of the text.',
        'door': 'diff:diff',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
            {'name': 'A', 'parameter': 'a', 'help': "The older capture's stamp (default: the last but one).", 'is_required': False},
            {'name': 'B', 'parameter': 'b', 'help': "The newer capture's stamp (default: the last).", 'is_required': False},
        ),
        'options': (),
    },
    'verify': {
        'help': 'Check everything: structure, digests, missing and extra files, quotation limits.',
        'door': 'check:verify',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': 'Only these items.', 'is_many': True, 'completion': 'keys', 'is_required': False},
        ),
        'options': (
            {'name': '--strict', 'parameter': 'strict', 'help': 'Fail for what is not sealed, too.'},
            {'name': '--changed', 'parameter': 'changed', 'help': 'Incremental: hash only payloads that changed since the last full check.'},
            {'name': '--verbose', 'parameter': 'verbose', 'help': 'Name each file that is not here, as intended, too.'},
            {'name': '--trust', 'parameter': 'trust', 'help': 'A public key, or a file of keys or of PEM certificates; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--checkpoint', 'parameter': 'checkpoint', 'help': 'A checkpoint that you kept elsewhere; may be given again.', 'metavar': 'FILE', 'is_many': True},
            {'name': '--witness', 'parameter': 'witness', 'help': 'This witness has to have cosigned the checkpoint; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--revoked', 'parameter': 'revoked', 'help': 'This key counts from the date only as far as something else covers it; may be given again.', 'metavar': 'KEY@DATE|FILE', 'is_many': True},
        ),
    },
    'recover': {
        'help': 'Mend what a stop has cut; decide between events that wait and are in conflict.',
        'door': 'check:recover',
        'arguments': (),
        'options': (
            {'name': '--keep', 'parameter': 'keep', 'help': 'Of events in conflict, keep this digest (or PATH=DIGEST); may be given again.', 'metavar': 'DIGEST', 'is_many': True},
            {'name': '--drop', 'parameter': 'drop', 'help': "Drop events that wait and are not this computer's own, by path or beginning.", 'metavar': 'EVENT', 'is_many': True},
        ),
    },
    'doctor': {
        'help': 'Say what works on this machine and what to install.',
        'door': 'check:doctor',
        'arguments': (),
        'options': (),
    },
    'seal': {
        'help': 'Append what is not sealed to the log, and sign its checkpoint.',
        'door': 'seal:seal',
        'arguments': (),
        'options': (
            {'name': '--signing-key', 'parameter': 'signing_key', 'help': "The private key (default: the log's own).", 'metavar': 'FILE'},
            {'name': '--old-key', 'parameter': 'old_key', 'help': 'At a change of keys: the old one, which signs once more.', 'metavar': 'FILE'},
            {'name': '--lost-key', 'parameter': 'lost_key', 'help': 'At a change of keys: the old one is lost.'},
            {'name': '--tsa', 'parameter': 'tsa', 'help': 'Ask this RFC 3161 authority; may be given again (default: those in archive.toml).', 'metavar': 'URL', 'is_many': True},
            {'name': '--no-tsa', 'parameter': 'no_tsa', 'help': 'Ask none, not even those that archive.toml names.'},
            {'name': '--yes', 'parameter': 'yes', 'help': 'Sign purges, removals and changes of access without asking.'},
            {'name': '--allow-private', 'parameter': 'allow_private', 'help': 'An authority may be at a private address.'},
            {'name': '--revoke', 'parameter': 'revoke', 'help': 'Have the log say that this key, which it has replaced, is revoked from that date; may be given again.', 'metavar': 'KEY@DATE', 'is_many': True},
            {'name': '--witness', 'parameter': 'witness', 'help': 'Seal nothing: take in what a witness has cosigned.', 'metavar': 'FILE'},
        ),
    },
    'keygen': {
        'help': 'Make a signing key outside the archive, and print its public key.',
        'door': 'seal:keygen',
        'arguments': (),
        'options': (
            {'name': '--name', 'parameter': 'name', 'help': "The log's name (default: the archive's).", 'metavar': 'ORIGIN'},
            {'name': '--output', 'parameter': 'output_', 'help': "Where (default: the user's configuration).", 'metavar': 'FILE'},
            {'name': '--witness', 'parameter': 'witness', 'help': 'For cosigning the logs of others; needs --name.'},
        ),
    },
    'revoke': {
        'help': 'Print a statement, signed by a key, that it counts no more from a date.',
        'door': 'seal:revoke',
        'arguments': (
            {'name': 'DATE', 'parameter': 'date', 'help': 'From when: 2026-11-22, or an instant.'},
        ),
        'options': (
            {'name': '--signing-key', 'parameter': 'signing_key', 'help': "The private key (default: the log's own).", 'metavar': 'FILE'},
            {'name': '--output', 'parameter': 'output_', 'help': 'Write into this file instead.', 'metavar': 'FILE', 'short': '-o'},
        ),
    },
    'witness': {
        'help': 'Cosign the checkpoint of a log that only grew since it was seen last.',
        'door': 'seal:witness',
        'arguments': (
            {'name': 'FOLDER', 'parameter': 'folder', 'help': 'An archive of somebody, or a copy of its log.'},
        ),
        'options': (
            {'name': '--request', 'parameter': 'request', 'help': 'What the log has asked (C2SP add-checkpoint); FOLDER has its entries.', 'metavar': 'FILE'},
            {'name': '--trust', 'parameter': 'trust', 'help': 'A public key of the log, needed the first time; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--signing-key', 'parameter': 'signing_key', 'help': 'The private key of the witness (default: the only one here).', 'metavar': 'FILE'},
            {'name': '--start-over', 'parameter': 'start_over', 'help': 'Go on though the memory of this witness was lost or put back.'},
            {'name': '--output', 'parameter': 'output_', 'help': 'Write the whole checkpoint with the cosignature into this file, too.', 'metavar': 'FILE', 'short': '-o'},
        ),
    },
    'prove': {
        'help': 'Write one file that shows a stranger what was sealed about an item.',
        'door': 'prove:prove',
        'arguments': (
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (
            {'name': '--since', 'parameter': 'since', 'help': 'Show whoever kept this checkpoint that the log only grew; may be given again.', 'metavar': 'CHECKPOINT', 'is_many': True},
            {'name': '--output', 'parameter': 'output_', 'help': 'A file or folder (default: KEY.citekit-proof.json, here or beside the archive).', 'metavar': 'PATH', 'short': '-o'},
            {'name': '--bundle', 'parameter': 'bundle', 'help': 'One zip with the proof, the program that checks it, and a page that says how.'},
        ),
    },
    'check-proof': {
        'help': 'Check a proof offline.',
        'door': 'prove:check_proof',
        'arguments': (
            {'name': 'FILE', 'parameter': 'file', 'help': 'The proof or a bundle.', 'is_required': False},
        ),
        'options': (
            {'name': '--trust', 'parameter': 'trust', 'help': 'A public key, or a file of keys or of PEM certificates; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--checkpoint', 'parameter': 'checkpoint', 'help': 'A checkpoint that you kept elsewhere; may be given again.', 'metavar': 'FILE', 'is_many': True},
            {'name': '--witness', 'parameter': 'witness', 'help': 'This witness has to have cosigned the checkpoint; may be given again.', 'metavar': 'KEY|FILE', 'is_many': True},
            {'name': '--revoked', 'parameter': 'revoked', 'help': 'This key counts from the date only as far as something else covers it; may be given again.', 'metavar': 'KEY@DATE|FILE', 'is_many': True},
            {'name': '--payload', 'parameter': 'payload', 'help': 'A file to compare with the digests in the proof; may be given again.', 'metavar': 'FILE', 'is_many': True},
            {'name': '--print-script', 'parameter': 'print_script', 'help': 'Print a program that checks proofs without citekit, instead of checking one.'},
        ),
    },
    'styles': {
        'help': 'Find CSL styles by name, title or field.',
        'door': 'styles:styles',
        'arguments': (
            {'name': 'QUERY', 'parameter': 'query', 'help': 'Words; all must occur.', 'is_many': True, 'is_required': False},
        ),
        'options': (
            {'name': '--own', 'parameter': 'own', 'help': 'Only what you have brought, languages too.'},
        ),
    },
    'styles show': {
        'help': 'Show what a style says of itself: its rights, its last change, where it comes from.',
        'door': 'styles:show',
        'arguments': (
            {'name': 'STYLE', 'parameter': 'style', 'help': 'A style by id, title or file.', 'completion': 'styles'},
        ),
        'options': (),
    },
    'styles update': {
        'help': 'Take in CSL styles and languages that you have, newer than those installed or of your own.',
        'door': 'styles:update',
        'arguments': (
            {'name': 'SOURCE', 'parameter': 'source', 'help': "A folder, a zip file, or a style's or locale's file."},
        ),
        'options': (),
    },
    'styles remove': {
        'help': 'Remove styles and languages that were taken in; those that are installed count again.',
        'door': 'styles:remove',
        'arguments': (
            {'name': 'NAME', 'parameter': 'name', 'help': 'Ids of styles, tags of languages.', 'is_many': True, 'completion': 'own_styles', 'is_required': False},
        ),
        'options': (
            {'name': '--all', 'parameter': 'all_', 'help': 'All that you have brought.'},
        ),
    },
    'annotation edit': {
        'help': "Change an annotation's note, tags or entities; what is not named stays.",
        'door': 'annotate:edit',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The annotation's id, or its first characters."},
        ),
        'options': (
            {'name': '--note', 'parameter': 'note', 'help': 'A note in Markdown; an empty one removes it.', 'metavar': 'TEXT'},
            {'name': '--tag', 'parameter': 'tag', 'help': "Its tags from now on; may be given again, '' removes them.", 'metavar': 'TAG', 'is_many': True},
            {'name': '--entity', 'parameter': 'entity', 'help': "Its entities from now on; may be given again, '' removes them.", 'metavar': 'ID', 'is_many': True, 'completion': 'entities'},
        ),
    },
    'annotation private': {
        'help': 'Have an annotation for you alone, in nothing that others get.',
        'door': 'annotate:private',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The annotation's id, or its first characters."},
        ),
        'options': (
            {'name': '--no', 'parameter': 'no', 'help': 'The other way: for all to read from now on.'},
        ),
    },
    'annotation rm': {
        'help': 'Remove an annotation.',
        'door': 'annotate:remove',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The annotation's id, or its first characters."},
        ),
        'options': (),
    },
    'entity add': {
        'help': 'Add an entity, or change the one with that id; what is not named stays.',
        'door': 'entity:add',
        'arguments': (
            {'name': 'NAME', 'parameter': 'name', 'help': 'Its name.'},
        ),
        'options': (
            {'name': '--kind', 'parameter': 'kind', 'help': 'What it is.', 'metavar': 'KIND', 'choices': ('person', 'organization', 'place', 'occurrence', 'work')},
            {'name': '--id', 'parameter': 'id_', 'help': 'Its id (default: made of the name).', 'metavar': 'ID'},
            {'name': '--also', 'parameter': 'also', 'help': 'Another name; may be given again.', 'metavar': 'NAME', 'is_many': True},
            {'name': '--authority', 'parameter': 'authority', 'help': "An authority's id, such as wikidata=Q7184.", 'metavar': 'NAME=ID', 'is_many': True},
            {'name': '--date', 'parameter': 'date', 'help': 'When it happened, in EDTF.', 'metavar': 'DATE'},
            {'name': '--place', 'parameter': 'place', 'help': 'The entity where it is.', 'metavar': 'ID', 'completion': 'entities'},
            {'name': '--description', 'parameter': 'description', 'help': 'One sentence.', 'metavar': 'TEXT'},
            {'name': '--private', 'parameter': 'private', 'help': 'For you alone: in nothing that others get. It is not encrypted.'},
        ),
    },
    'entity show': {
        'help': 'Show an entity and where it is named.',
        'door': 'entity:show',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The entity's id.", 'completion': 'entities'},
        ),
        'options': (),
    },
    'entity list': {
        'help': 'List the entities.',
        'door': 'entity:list_',
        'arguments': (),
        'options': (),
    },
    'entity private': {
        'help': 'Have an entity for you alone, in nothing that others get.',
        'door': 'entity:private',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The entity's id.", 'completion': 'entities'},
        ),
        'options': (
            {'name': '--no', 'parameter': 'no', 'help': 'The other way: for all to read from now on.'},
        ),
    },
    'entity rm': {
        'help': 'Remove an entity that nothing names.',
        'door': 'entity:remove',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The entity's id.", 'completion': 'entities'},
        ),
        'options': (),
    },
    'claim add': {
        'help': 'Add a claim.',
        'door': 'claim:add',
        'arguments': (
            {'name': 'STATEMENT', 'parameter': 'statement', 'help': 'The claim, as one sentence.'},
        ),
        'options': (
            {'name': '--id', 'parameter': 'id_', 'help': 'Its id (default: made of the statement).', 'metavar': 'ID'},
            {'name': '--question', 'parameter': 'question', 'help': 'The question that the sources answer.', 'metavar': 'TEXT'},
            {'name': '--note', 'parameter': 'note', 'help': 'What a reader should know.', 'metavar': 'TEXT'},
            {'name': '--entity', 'parameter': 'entity', 'help': 'An entity it is about; may be given again.', 'metavar': 'ID', 'is_many': True, 'completion': 'entities'},
            {'name': '--private', 'parameter': 'private', 'help': 'For you alone: in nothing that others get. It is not encrypted.'},
        ),
    },
    'claim link': {
        'help': 'Add what a source says of a claim.',
        'door': 'claim:link',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The claim's id.", 'completion': 'claims'},
            {'name': 'KEY', 'parameter': 'key', 'help': "The item's citekey.", 'completion': 'keys'},
        ),
        'options': (
            {'name': '--stance', 'parameter': 'stance', 'help': 'What the source does with the claim (default: supports).', 'metavar': 'STANCE', 'choices': ('supports', 'disputes', 'mentions')},
            {'name': '--says', 'parameter': 'says', 'help': 'Its answer in a few words.', 'metavar': 'TEXT'},
            {'name': '--annotation', 'parameter': 'annotation', 'help': 'The annotation that marks the passage.', 'metavar': 'ID'},
            {'name': '--note', 'parameter': 'note', 'help': 'What a reader should know.', 'metavar': 'TEXT'},
        ),
    },
    'claim show': {
        'help': 'Show a claim with its sources.',
        'door': 'claim:show',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The claim's id.", 'completion': 'claims'},
        ),
        'options': (),
    },
    'claim list': {
        'help': 'List the claims.',
        'door': 'claim:list_',
        'arguments': (),
        'options': (),
    },
    'claim private': {
        'help': 'Have a claim for you alone, in nothing that others get.',
        'door': 'claim:private',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The claim's id.", 'completion': 'claims'},
        ),
        'options': (
            {'name': '--no', 'parameter': 'no', 'help': 'The other way: for all to read from now on.'},
        ),
    },
    'claim rm': {
        'help': 'Remove a claim.',
        'door': 'claim:remove',
        'arguments': (
            {'name': 'ID', 'parameter': 'id_', 'help': "The claim's id.", 'completion': 'claims'},
        ),
        'options': (),
    },
    'site new': {
        'help': 'Write a Sphinx project for the archive.',
        'door': 'site:new',
        'arguments': (
            {'name': 'DIR', 'parameter': 'dir_', 'help': 'Where (default: site, beside the archive).', 'is_required': False},
        ),
        'options': (),
    },
    'site build': {
        'help': "Build the archive's site.",
        'door': 'site:build',
        'arguments': (),
        'options': (
            {'name': '--output', 'parameter': 'output_', 'help': 'Where (default: .citekit/site).', 'metavar': 'DIR'},
            {'name': '--only', 'parameter': 'only', 'help': 'Only these items, with what they carry; may be given again.', 'metavar': 'TAG|KEY', 'is_many': True, 'completion': 'keys'},
            {'name': '--with-restricted', 'parameter': 'with_restricted', 'help': 'With the text of restricted items: for your eyes only.'},
        ),
    },
    'site serve': {
        'help': 'Build the site and serve it on this machine.',
        'door': 'site:serve',
        'arguments': (),
        'options': (
            {'name': '--output', 'parameter': 'output_', 'help': 'Where (default: .citekit/site).', 'metavar': 'DIR'},
            {'name': '--only', 'parameter': 'only', 'help': 'Only these items, with what they carry; may be given again.', 'metavar': 'TAG|KEY', 'is_many': True, 'completion': 'keys'},
            {'name': '--with-restricted', 'parameter': 'with_restricted', 'help': 'With the text of restricted items: for your eyes only.'},
            {'name': '--port', 'parameter': 'port', 'help': 'The port (default: 8000); 0 for any free one.', 'metavar': 'N', 'is_integer': True, 'least': 0, 'most': 65535},
        ),
    },
    'bulk run': {
        'help': 'Read the pages of WARC files into rows: JSON lines, and Parquet with citekit[bulk].\n\nA shard that is done is not read again: a run that was stopped goes on where it was.',
        'door': 'bulk.run:run',
        'arguments': (
            {'name': 'SHARD', 'parameter': 'shards', 'help': 'WARC or WACZ files, or patterns of their names.', 'is_many': True},
        ),
        'options': (
            {'name': '--output', 'parameter': 'output_', 'help': 'The folder for the tables: rows.', 'metavar': 'DIR', 'short': '-o'},
            {'name': '--engine', 'parameter': 'engine', 'help': 'Who does the work: processes of this machine, or Dask.', 'metavar': 'ENGINE', 'choices': ('processes', 'dask')},
            {'name': '--workers', 'parameter': 'workers', 'help': 'How many (default: one a processor).', 'metavar': 'N', 'is_integer': True, 'least': 1},
            {'name': '--scheduler', 'parameter': 'scheduler', 'help': 'A Dask cluster that is there.', 'metavar': 'ADDRESS'},
            {'name': '--text', 'parameter': 'text', 'help': 'Put the text of each page into its row.'},
        ),
    },
    'bib check': {
        'help': 'Tell what is wrong in bibliography files, with line and column; exit 1 if anything is.',
        'door': 'bib:check',
        'arguments': (
            {'name': 'FILE', 'parameter': 'files', 'help': 'A .bib file.', 'is_many': True},
        ),
        'options': (
            {'name': '--fix', 'parameter': 'fix', 'help': 'Mend what can be mended without a doubt, on its lines alone.'},
            {'name': '--dialect', 'parameter': 'dialect', 'help': 'Whose required fields and letters count: biblatex.', 'metavar': 'DIALECT', 'choices': ('biblatex', 'bibtex')},
            {'name': '--format', 'parameter': 'format', 'help': 'github: annotations of a pull request.', 'metavar': 'FORMAT', 'choices': ('text', 'github', 'json')},
        ),
    },
    'bib sync': {
        'help': 'Write a bibliography with what papers cite, and no more.',
        'door': 'bib:sync',
        'arguments': (
            {'name': 'PAPER', 'parameter': 'more', 'help': 'More papers.', 'is_many': True, 'is_required': False},
        ),
        'options': (
            {'name': '--for', 'parameter': 'papers', 'help': 'A paper: .tex, .aux, .bcf, .md, .qmd, .Rmd, .typ, .rst, .ipynb or .docx; may be given again.', 'metavar': 'PAPER', 'is_many': True},
            {'name': '--output', 'parameter': 'output_', 'help': 'The bibliography to keep in step.', 'metavar': 'FILE', 'short': '-o'},
            {'name': '--format', 'parameter': 'format', 'help': "The bibliography's format (default: by its name).", 'metavar': 'FORMAT', 'short': '-f', 'choices': ('bibtex', 'biblatex', 'csl-json', 'csl-yaml', 'hayagriva')},
            {'name': '--library', 'parameter': 'libraries', 'help': 'Look here for what the archive has not: a bibliography file; may be given again.', 'metavar': 'FILE', 'is_many': True},
            {'name': '--prune', 'parameter': 'prune', 'help': 'Let go what nothing cites and only this file has.'},
            {'name': '--check', 'parameter': 'check', 'help': 'Write nothing; exit 1 if the file is not in step.'},
            {'name': '--watch', 'parameter': 'watch', 'help': 'Go on, and write anew after each change, until stopped.'},
        ),
    },
}
