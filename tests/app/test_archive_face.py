"""The Python face is whole: each command's method, its true signature, what a notebook shows."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import pytest

import citekit
from citekit import Archive
from citekit.app.packages.import_file import import_file
from citekit.errors import CaptureFailed, InvalidData, NotFound, UsageError
from citekit.integrity.note import parse_note
from citekit.model.item import Item
from citekit.testing.sites import Tags

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>&amp;</table>"
# What the face promised before its methods were made of the use cases, by position and keyword.
PROMISED = {
    "add": "source name url key to new_item fields access encoding max_size_bytes now",
    "item": "key",
    "cite": "keys style format locale in_text locator outside provenance links",
    "import_text": "text format access",
    "annotate": "name quote span occurrence note tags entities creator now annotation_id",
    "annotations": "key",
    "add_entity": "name kind entity_id names authorities date place description",
    "add_claim": "statement claim_id question note entities evidence",
    "link_claim": "claim_id key stance says annotation note",
    "set_fields": "key fields access",
    "rename": "key new_key",
    "remove": "key",
    "verify": "keys",
    "restore": "key source accept allow_private",
    "purge": "key reason",
    "backup": "folder",
    "export": "path format keys with_restricted",
    "import_package": "path",
    "diff": "key old new",
}
USE_CASES = [name for name, value in vars(Archive).items() if hasattr(value, "__wrapped__")]


def table_of_methods() -> dict[str, list[str]]:
    """What the page says: command -> names in the package."""
    page = (ROOT / "docs" / "how-to" / "from-python.md").read_text("utf-8")
    rows = re.findall(r"^\| `citekit ([\w -]+)` \| (.+) \|$", page, re.MULTILINE)
    return {command: re.findall(r"`([\w.]+)`", names) for command, names in rows}


def commands() -> set[str]:
    """The commands that the command line has, groups left out."""
    page = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
    return set(re.findall(r"^###? citekit ([\w -]+)$", page, re.MULTILINE))


# ── whole ──────────────────────────────────────────────────────────────────────────────────────


def test_every_command_has_its_method() -> None:
    """The page names a method or function for each command, and for nothing else."""
    assert set(table_of_methods()) == commands()


@pytest.mark.parametrize(
    "name", sorted({n for names in table_of_methods().values() for n in names})
)
def test_the_methods_of_the_page_are_there(name: str) -> None:
    """What the page names can be called."""
    assert callable(resolve_name(f"citekit.{name}"))


def test_every_method_is_on_the_page() -> None:
    """A method that no command has is a method that nobody finds."""
    named = {name for names in table_of_methods().values() for name in names}
    methods = {f"Archive.{name}" for name in vars(Archive) if not name.startswith("_")}
    assert methods - named == {"Archive.open"}


# ── true ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", USE_CASES)
def test_a_method_has_the_signature_of_its_use_case(name: str) -> None:
    """Parameters, types, defaults and docstring are the function's, without the archive."""
    method = getattr(Archive, name)
    function = inspect.unwrap(method)
    told, meant = inspect.signature(method), inspect.signature(function)
    assert list(told.parameters.values())[1:] == list(meant.parameters.values())[1:]
    assert told.return_annotation == meant.return_annotation
    assert method.__doc__ == function.__doc__


@pytest.mark.parametrize("name", PROMISED)
def test_promised_parameters_stay(name: str) -> None:
    """What was written against the face before goes on working."""
    told = list(inspect.signature(getattr(Archive, name)).parameters.values())[1:]
    promised = PROMISED[name].split()
    assert [p.name for p in told if p.name in promised if p.kind is not p.KEYWORD_ONLY] == [
        p.name for p in told if p.kind is not p.KEYWORD_ONLY
    ][: len(promised)]
    assert {p.name for p in told} >= set(promised)
    assert all(p.default is not p.empty for p in told if p.name not in promised)


def test_a_method_calls_its_use_case(archive: Archive, harbour: str) -> None:
    """By position and by keyword; a wrong keyword is Python's own error."""
    assert archive.rename(harbour, new_key="lighthouse").key == "lighthouse"
    with pytest.raises(TypeError, match="unexpected keyword argument 'stile'"):
        archive.cite(["lighthouse"], stile="apa")  # type: ignore[call-arg]  # what is tested


def test_help_shows_the_signature(capsys: pytest.CaptureFixture[str]) -> None:
    """``help`` says what can be given, as an editor does."""
    help(Archive.rename)

    shown = capsys.readouterr().out
    assert "rename(self, /, key: 'str', new_key: 'str') -> 'Item'" in shown
    assert "the old one stays as an alias" in shown


# ── what is done from Python ───────────────────────────────────────────────────────────────────


def test_a_file_is_imported_by_its_name(archive: Archive, tmp_path: Path) -> None:
    """A bibliography file, a package and bytes come in by one method."""
    file = tmp_path / "kites.bib"
    file.write_text("@book{kite1999, title = {Kites}, year = 1999}", encoding="utf-8")
    assert archive.import_file(str(file)).new == ("kite1999",)
    archive.export(tmp_path / "kites.zip", format="bagit")
    other = Archive.create(tmp_path / "other")
    assert other.import_file(tmp_path / "kites.zip").new == ("kite1999",)
    assert other.import_file(b'[{"id": "gull", "type": "book"}]').new == ("gull",)


def test_what_cannot_be_imported_is_told(archive: Archive, tmp_path: Path) -> None:
    """A format with a package, a folder of nothing, a file of no known name, bytes of no format."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="says its format"):
        import_file(archive.store, tmp_path / "kites.zip", format="ris")
    with pytest.raises(InvalidData, match="neither an archive nor a bibliography"):
        archive.import_file(tmp_path / "folder")
    (tmp_path / "kites.txt").write_text("kites", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot tell the format"):
        archive.import_file(tmp_path / "kites.txt")
    with pytest.raises(UsageError, match="cannot tell the format"):
        archive.import_file(b"k\xff")


def test_an_address_is_visited(archive: Archive) -> None:
    """And never one of this machine, unless the visitor is told to."""
    with pytest.raises(CaptureFailed, match="private address"):
        archive.add("http://127.0.0.1/1")


def test_an_archive_is_sealed_proven_and_checked(
    archive: Archive, harbour: str, tmp_path: Path
) -> None:
    """A key of the log's name signs; with that key from outside the proof is authentic."""
    key = archive.keygen(tmp_path / "keys" / "signing.key")
    keys = archive.read_keys(key.path)
    assert archive.seal(keys=keys).signers == (str(key.verifier),)

    outside = citekit.read_outside([str(key.verifier)])
    verdict = citekit.check_proof(archive.prove(harbour).data, outside)

    assert verdict.is_authentic
    assert archive.verify(outside=outside).ok
    assert {event.event["action"] for event in archive.log()} >= {"capture", "key"}
    assert parse_note(archive.store.layout.checkpoint_file.read_bytes()).signatures


def test_a_changed_key_is_read_with_the_old_one(
    archive: Archive, harbour: str, tmp_path: Path
) -> None:
    """At a change of keys the old one is given beside the new one."""
    old, new = archive.keygen(tmp_path / "old.key"), archive.keygen(tmp_path / "new.key")
    archive.seal(keys=archive.read_keys(old.path))
    archive.set_fields(harbour, {"note": "sealed again"})

    sealed = archive.seal(keys=archive.read_keys(new.path, old_key=old.path))

    assert set(sealed.signers) == {str(old.verifier), str(new.verifier)}


def test_an_item_has_an_address(archive: Archive, harbour: str) -> None:
    """The web address, the folder, and an error for an item that has none."""
    assert archive.address(harbour) == "https://coast.example/2024/lighthouse"
    assert archive.address(harbour, folder=True).startswith("file:")
    archive.import_text('[{"id": "kite", "type": "book"}]')
    with pytest.raises(NotFound, match="no web address"):
        archive.address("kite")


def test_the_machine_is_examined(archive: Archive) -> None:
    """The archive is among what is looked at."""
    assert any("archive" in thing.name for thing in archive.doctor())


# ── what a notebook shows ──────────────────────────────────────────────────────────────────────


def test_an_item_is_shown_as_a_reference(archive: Archive, harbour: str) -> None:
    """Wherever an item comes from the face, it shows itself in the archive's style."""
    reference = archive.cite([harbour]).html
    assert reference is not None
    assert "csl-entry" in reference
    settings = archive.store.layout.settings_file
    settings.write_text(f'style = "ieee"\n{settings.read_text("utf-8")}', encoding="utf-8")
    again = Archive.open(archive.store.root)
    in_ieee = again.item(harbour)._repr_html_()
    assert in_ieee == again.cite([harbour], style="ieee").html != reference
    assert again.set_fields(harbour, {"title": "Dusk"})._repr_html_().count("Dusk") == 1  # type: ignore[attr-defined]  # the view


def test_an_item_that_is_shown_is_that_item(archive: Archive, harbour: str) -> None:
    """How it is shown is no part of it."""
    item = archive.item(harbour)
    assert item == archive.store.item(harbour)
    assert archive.store.item(harbour) == item
    assert item != archive.store.item(harbour).with_data(title="Other")
    assert isinstance(item, Item)
    assert repr(item) == f"<Item {harbour}: {item.title}>"


def test_an_unknown_style_leaves_the_text(archive: Archive, harbour: str) -> None:
    """A cell is no place for a traceback: the item is shown by its key and title."""
    settings = archive.store.layout.settings_file
    settings.write_text(f'style = "nosuch"\n{settings.read_text("utf-8")}', encoding="utf-8")
    assert Archive.open(archive.store.root).item(harbour)._repr_html_() is None


def test_a_citation_is_shown_as_it_reads(archive: Archive, harbour: str) -> None:
    """A citation, a bibliography and data have HTML; printed, each is its text."""
    cited = archive.cite([harbour], in_text=True)
    assert re.sub("<.+?>", "", cited._repr_html_()) == cited.text
    assert "<i>" in cited._repr_html_()
    assert str(cited) == cited.text
    assert repr(cited) == f"<text: {cited.text}>"
    data = archive.cite([harbour], format="bibtex")
    assert data._repr_html_().startswith("<pre>@")
    assert repr(data).endswith(" …>")


def test_lists_are_shown_as_tables(archive: Archive, harbour: str) -> None:
    """Lists and searches are tuples; a notebook has a table of them."""
    rows, hits = archive.list(), archive.search("lighthouse")
    assert [row.key for row in rows] == [harbour] == [hit.key for hit in hits]
    assert repr(rows) == f"<1 rows: {harbour}>"
    for shown in (rows._repr_html_(), hits._repr_html_()):
        assert {tag for tag, _ in Tags(shown).tags} >= {"table", "th", "td"}
        assert f"<td>{harbour}</td>" in shown
    assert repr(archive.list(type="map")) == "<no rows>"


def test_long_lists_are_cut(archive: Archive) -> None:
    """A notebook shows the first rows of many and says how many more there are."""
    entries = ", ".join(f'{{"id": "k{n:03}", "type": "book"}}' for n in range(103))
    archive.import_text(f"[{entries}]")
    shown = archive.list()._repr_html_()
    assert shown.count("<tr>") == 101
    assert shown.endswith("<p>… and 3 more</p>")


SHOWN: dict[str, Callable[[Archive], str | None]] = {
    "item": lambda archive: archive.item("evil")._repr_html_(),
    "bibliography": lambda archive: archive.cite(["evil"])._repr_html_(),
    "citation": lambda archive: archive.cite(["evil"], in_text=True)._repr_html_(),
    "chicago": lambda archive: archive.cite(["evil"], style="chicago-notes")._repr_html_(),
    "bibtex": lambda archive: archive.cite(["evil"], format="bibtex")._repr_html_(),
    "csl-json": lambda archive: archive.cite(["evil"], format="csl-json")._repr_html_(),
    "markdown": lambda archive: archive.cite(["evil"], format="markdown")._repr_html_(),
    "list": lambda archive: archive.list()._repr_html_(),
    "search": lambda archive: archive.search("alert")._repr_html_(),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_hostile_records_are_text(archive: Archive, kind: str) -> None:
    """Whatever stands in a record, a notebook runs none of it and follows no such link."""
    evil = {
        "id": "evil", "type": "webpage", "title": HOSTILE, "container-title": HOSTILE,
        "author": [{"family": HOSTILE, "given": HOSTILE}, {"literal": HOSTILE}],
        "publisher": HOSTILE, "URL": "javascript:alert(3)", "DOI": f'10.1/"{HOSTILE}',
    }  # fmt: skip
    with archive.store.writing() as writer:
        writer.add_item(Item.from_json(evil))

    shown = SHOWN[kind](archive)

    assert shown is not None
    assert "alert(1)" in shown
    for tag, attributes in Tags(shown).tags:
        assert tag in {"div", "i", "a", "pre", "table", "thead", "tbody", "tr", "th", "td"}
        spacing = {name for name in attributes if re.fullmatch("data-[a-z-]+", name)}
        assert attributes.keys() - spacing <= {"class", "href"}
        assert all(re.fullmatch(r"\d+|flush|margin", attributes[name] or "") for name in spacing)
        assert attributes.get("href", "https://").startswith("https://")


# ── public names, and what they cost ───────────────────────────────────────────────────────────


def test_the_names_for_type_checkers_are_those_that_are_found() -> None:
    """``citekit/__init__`` says each name twice: for type checkers, and where it is found."""
    tree = ast.parse(Path(citekit.__file__).read_text("utf-8"))
    imported = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert imported == citekit._MODULE_OF
    assert set(dir(citekit)) == {*imported, "__version__"}


@pytest.mark.parametrize("name", citekit.__all__)
def test_public_names_are_there(name: str) -> None:
    """Every public name is found, and a class says where it is made."""
    thing = getattr(citekit, name)
    assert name in ("__version__", getattr(thing, "__name__", None))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="no attribute 'Archiv'"):
        citekit.Archiv  # type: ignore[attr-defined]  # noqa: B018  # what is tested


@pytest.mark.parametrize(
    "program",
    [
        "from citekit import CitekitError",
        "from citekit.cli.run import run; run(['cite', 'KEY', '--format', 'bibtex'])",
        "from citekit.cli.run import run; run(['list'])",
        "from citekit.cli.run import run; run(['search', 'harbour'])",
        "from citekit.cli.run import run; run(['show', 'KEY'])",
    ],
)
def test_short_commands_do_not_load_the_face(archive: Archive, harbour: str, program: str) -> None:
    """Loading every use case takes longer than a short command may."""
    told = "import sys; print('citekit.app.archive' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"{program.replace('KEY', harbour)}; {told}"],
        capture_output=True, text=True, check=True, cwd=archive.store.root,
    )  # fmt: skip
    assert done.stdout.endswith("False\n")
