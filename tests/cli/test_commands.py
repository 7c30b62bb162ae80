"""The commands as a user types them: answers on stdout, notes on stderr, promised exit codes."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from pathlib import Path

TURKISH = """\
Eski deniz feneri iki yıl süren onarımdan sonra yeniden açıldı

14 Mart 2024

Kasabanın belediye başkanı, kulenin fırtınadan sonra yıkılabileceğinden korktuklarını söyledi. \
İlk gün yaklaşık bin kişi iki yüz on yedi basamağı çıktı; çoğu çocuğuyla birlikte gelmişti. \
Fener ekim ayına kadar her hafta sonu açık kalacak, giriş ise ücretsiz olacak.
"""
URL = "https://coast.example/2024/lighthouse"
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command in the archive ``a``; exit code, stdout and stderr."""

    def do(*words: str) -> tuple[int, str, str]:
        code = run(["--archive", str(tmp_path / "a"), *words])
        out, err = capsys.readouterr()
        return code, out, err

    assert do("init")[0] == 0
    return do


@pytest.fixture
def key(call: Call, article: Path) -> str:
    """The small news text, added by the command line."""
    code, out, _ = call("add", str(article), "--url", URL)
    assert code == 0
    return out.strip()


def answer(result: tuple[int, str, str]) -> Any:  # noqa: ANN401  # any JSON value
    """The JSON document of a call that succeeded."""
    code, out, err = result
    assert code == 0, err
    return json.loads(out)


def test_add_prints_the_key_and_says_what_restricted_means(call: Call, article: Path) -> None:
    """The answer is the key alone; that git backs nothing up is said on stderr."""
    code, out, err = call("add", str(article), "--url", URL)
    assert (code, out) == (0, "2024old\n")
    assert "restricted" in err
    assert "git does not" in err


def test_show_gives_metadata_with_evidence(call: Call, key: str) -> None:
    """Every field read from a plain text comes with line, offsets, rule and confidence."""
    shown = answer(call("show", key, "--json"))
    item, evidence = shown["item"], shown["evidence"]
    assert item["title"] == "Old lighthouse of Port Example reopens after two years of repairs"
    assert item["issued"] == {"date-parts": [[2024, 3, 14]]}
    assert "author" not in item
    assert item["URL"] == URL
    assert shown["access"] == "restricted"
    for field in ("title", "issued"):
        chosen = next(e for e in evidence[field] if e["chosen"])
        assert {"line", "start", "end"} <= chosen["place"].keys()
        assert chosen["rule"]
        assert chosen["fact"] == "observed"
        assert 0 < chosen["confidence"] <= 1
    assert evidence["URL"][0]["fact"] == "declared"
    assert evidence["caption"][0]["value"].startswith("Visitors climb the restored stairs")
    assert evidence["credit"][0]["value"] == "Ada Example – Coastal Press"
    assert shown["captures"][0]["source"]["file"] == "harbour.txt"


def test_show_for_people(call: Call, key: str) -> None:
    """The plain form names fields, lines and rules."""
    code, out, _ = call("show", key)
    assert code == 0
    assert "issued: 2024-03-14" in out
    assert "line 5" in out


def test_the_same_bytes_again_name_the_item_that_has_them(
    call: Call, key: str, article: Path
) -> None:
    """Adding a file twice makes no second item."""
    added = answer(call("add", str(article), "--json"))
    (item,) = added["items"]
    assert (item["key"], item["new"], item["capture"]) == (key, False, None)
    assert "in the archive already" in item["findings"][0]["message"]
    assert len(answer(call("list", "--json"))) == 1


def test_bytes_that_were_purged_are_not_said_to_be_here(
    call: Call, key: str, article: Path
) -> None:
    """They are known by their digest, stay away, and verify says why they are absent."""
    assert call("purge", key, "--yes")[0] == 0
    (added,) = answer(call("add", str(article), "--json"))["items"]
    assert (added["key"], added["new"]) == (key, False)
    (finding,) = added["findings"]
    assert "not on this computer" in finding["message"]
    assert finding["hint"] == f"citekit verify {key} says why"
    assert "was purged" in call("verify", key)[1]


def test_a_bad_source_does_not_keep_others_out(call: Call, article: Path, tmp_path: Path) -> None:
    """Good sources go through; the first failure decides the exit code."""
    code, out, err = call("add", str(tmp_path / "absent.txt"), str(article))
    assert code == 3
    assert out.count("\n") == 1
    assert "absent.txt: no such file" in err


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("empty.txt", b"", 4, "is empty"),
        ("binary.txt", bytes(range(256)) * 10, 4, "is binary"),
        ("large.txt", b"a" * 5000, 4, "is larger than"),
    ],
)
def test_sources_that_are_refused(
    call: Call, tmp_path: Path, name: str, content: bytes, code: int, message: str
) -> None:
    """Empty, binary and too large files are told with place and hint, and archive nothing."""
    (tmp_path / name).write_bytes(content)
    result, out, err = call("add", str(tmp_path / name), "--max-size", "4KB")
    assert (result, out) == (code, "")
    assert name in err
    assert message in err
    assert "hint:" in err
    assert answer(call("list", "--json")) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file_is_a_storage_error(call: Call, article: Path, tmp_path: Path) -> None:
    """No permission is exit code 8."""
    locked = tmp_path / "locked.txt"
    locked.write_bytes(article.read_bytes())
    locked.chmod(0)
    assert call("add", str(locked))[0] == 8


@pytest.mark.skipif(os.name != "posix", reason="POSIX has named pipes")
def test_what_may_never_end_is_no_source(call: Call, tmp_path: Path) -> None:
    """A named pipe is refused at once; whoever means it can use stdin."""
    os.mkfifo(tmp_path / "pipe")
    code, _, err = call("add", str(tmp_path / "pipe"))
    assert code == 4
    assert "is no regular file" in err


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has file names of any bytes")
def test_a_file_name_may_be_any_bytes(call: Call, article: Path, tmp_path: Path) -> None:
    """A name that is no UTF-8 is recorded with marks in the place of what cannot be written."""
    odd = tmp_path / os.fsdecode(b"odd \n\xff.txt")
    odd.write_bytes(article.read_bytes())
    code, out, _ = call("add", str(odd))
    assert code == 0
    shown = answer(call("show", out.strip(), "--json"))
    assert shown["captures"][0]["source"]["file"] == "odd \n\ufffd.txt"


def test_an_encoding_must_exist(call: Call, article: Path) -> None:
    """A misspelt --encoding is wrong usage, and archives nothing."""
    assert call("add", str(article), "--encoding", "utf-9")[0] == 2
    assert answer(call("list", "--json")) == []


def test_the_address_in_a_saved_page_is_declared(call: Call, tmp_path: Path) -> None:
    """What a program wrote into the page it saved is somebody's word, not an observation."""
    page = tmp_path / "page.html"
    page.write_text(
        "<!DOCTYPE html><html><!--\n Page saved with SingleFile \n url: https://coast.example/1 \n"
        " saved date: Tue May 07 2024 10:11:12 GMT+0200\n--><title>The coast</title><p>Text.",
        encoding="utf-8",
    )
    code, out, _ = call("add", str(page))
    assert code == 0
    shown = answer(call("show", out.strip(), "--json"))
    assert [e["fact"] for e in shown["evidence"]["URL"]] == ["declared"]
    assert shown["captures"][0]["source"]["fact"] == "declared"


def test_a_folder_is_no_source(call: Call, tmp_path: Path) -> None:
    """A folder is told to be one."""
    code, _, err = call("add", str(tmp_path))
    assert code == 4
    assert "is a folder" in err


def test_other_encodings_are_found_out(call: Call, tmp_path: Path) -> None:
    """A text in another encoding is read, and the encoding is evidence."""
    (tmp_path / "turkish.txt").write_bytes(TURKISH.encode("cp1254"))
    key = call("add", str(tmp_path / "turkish.txt"))[1].strip()
    shown = answer(call("show", key, "--json"))
    assert shown["evidence"]["encoding"][0]["value"] in ("windows-1254", "cp1254", "iso-8859-9")


def test_any_file_is_kept_as_it_is(call: Call, tmp_path: Path) -> None:
    """Bytes of no known kind become an item with an original and no text."""
    (tmp_path / "data.bin").write_bytes(bytes(range(256)) * 10)
    key = call("add", str(tmp_path / "data.bin"), "--set", "title=Readings")[1].strip()
    shown = answer(call("show", key, "--json"))
    assert set(shown["captures"][0]["payloads"]) == {"original"}
    assert shown["item"]["title"] == "Readings"


def test_fields_key_and_access_can_be_given(call: Call, article: Path) -> None:
    """--set, --key and --access are declared facts."""
    call("add", str(article), "--key", "tower", "--access", "public", "--set", "author=Roe, Jane")
    shown = answer(call("show", "tower", "--json"))
    assert shown["access"] == "public"
    assert shown["item"]["author"] == [{"family": "Roe", "given": "Jane"}]
    assert shown["evidence"]["author"][0]["fact"] == "declared"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "nothing"), 3),
        (("cite", "nothing"), 3),
        (("cite",), 2),
        (("cite", "x", "--format", "docx"), 2),
        (("frob",), 2),
        (("add", "x.txt", "--url", "ftp://x"), 2),
        (("add", "x.txt", "--key", "two words"), 4),
        (("add", "x.txt", "y.txt", "--key", "k"), 2),
        (("add", "x.txt", "--max-size", "big"), 2),
        (("add", "https://127.0.0.1/"), 5),
        (("entity", "add", "X"), 2),
        (("entity", "show", "x"), 3),
        (("claim", "show", "../../x"), 4),
        (("annotation", "rm", "zzz"), 3),
        (("annotate", "nothing", "--note", "x"), 3),
        (("restore", "nothing", "x"), 3),
        (("init",), 7),
    ],
)
def test_promised_exit_codes(call: Call, words: tuple[str, ...], code: int) -> None:
    """Wrong usage is 2, not found 3, invalid data 4, a conflict 7; a message, never a traceback."""
    result, out, err = call(*words)
    assert result == code, err
    assert out == ""
    assert err
    assert "Traceback" not in err


def test_errors_as_json(call: Call) -> None:
    """With --json an error is one document on stderr."""
    code, out, err = call("--json", "show", "nothing")
    error = json.loads(err)["error"]
    assert (code, out, error["code"]) == (3, "", "not-found")
    assert set(error) == {"code", "message", "place", "hint"}


def test_unknown_keys_offer_the_nearest(call: Call, key: str) -> None:
    """A mistyped key is answered with the one that was meant."""
    assert key in call("cite", key[:-1])[2]


def test_import_takes_the_good_and_reports_the_bad(call: Call, tmp_path: Path) -> None:
    """Entries with errors are named with their line; the others come in under their own keys."""
    file = tmp_path / "refs.json"
    file.write_text(
        '[{"id": "a", "type": "book", "title": "A"},\n'
        ' {"id": "b", "type": "book", "issued": 31.5},\n'
        ' {"id": "c", "type": "book", "title": "C", "x-own": 1}]'
    )
    code, out, err = call("import", str(file))
    assert (code, out) == (4, "a\nc\n")
    assert "refs.json:2" in err
    assert answer(call("show", "c", "--json"))["item"]["x-own"] == 1
    assert call("import", str(file))[1] == ""


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (
            "refs.json",
            '[{"id": "a", "type": "book"},\n {"id": "b:c", "type": "book"}]',
            "refs.json:2:",
        ),
        (
            "refs.yaml",
            "references:\n- id: a\n  type: book\n- id: b:c\n  type: book\n",
            "refs.yaml:4",
        ),
        ("refs.bib", "@book{a, year=1}\n\n@book{b:c, year=2}\n", "refs.bib:3:"),
        ("refs.ris", "TY  - BOOK\nID  - a\nER  - \nTY  - BOOK\nID  - b:c\nER  - \n", "refs.ris:4:"),
    ],
)
def test_a_key_that_is_another_item_s_is_reported_with_its_line(
    call: Call, tmp_path: Path, name: str, text: str, place: str
) -> None:
    """An entry that the archive refuses has a line in every format, and a code of its own."""
    other = tmp_path / "other.bib"
    other.write_text("@book{b:c, title={Here before}}")
    call("import", str(other))
    file = tmp_path / name
    file.write_text(text)

    code, out, err = call("import", str(file))

    assert (code, out) == (4, "a\n")
    assert place in err
    assert "CK-E423" in err


def test_what_an_import_refuses_is_invalid(call: Call, tmp_path: Path) -> None:
    """In JSON the class of a refused entry is one of verify's, not a notice."""
    other = tmp_path / "other.bib"
    other.write_text("@book{b, title={Here before}}")
    call("import", str(other))
    file = tmp_path / "refs.json"
    file.write_text('[{"id": "a", "type": "book", "title": {}}, {"id": "b", "type": "book"}]')

    _, out, _ = call("import", str(file), "--json")

    assert [f["class"] for f in json.loads(out)["findings"]] == ["invalid", "invalid"]


def test_a_mistyped_field_is_told(call: Call, key: str) -> None:
    """A field that CSL does not know is kept with a warning and the field that was meant."""
    code, _, err = call("set", key, "tilte=Lighthouse")

    assert code == 0
    assert "CK-W105" in err
    assert "did you mean title?" in err


def test_case_of_a_field_does_not_count(call: Call, key: str) -> None:
    """Title is title, and doi is DOI."""
    assert call("set", key, "Title=Lighthouse", "doi=10.1/x")[2] == ""

    item = answer(call("show", key, "--json"))["item"]
    assert (item["title"], item["DOI"]) == ("Lighthouse", "10.1/x")


def test_known_bytes_with_other_words_change_nothing(call: Call, key: str, article: Path) -> None:
    """What is said of bytes that are there already is not taken over, and that is told."""
    _, out, err = call("add", str(article), "--set", "title=Other")

    assert out.strip() == key
    assert f"nothing was changed; citekit set {key}" in err
    assert answer(call("show", key, "--json"))["item"]["title"] != "Other"


def test_a_title_by_hand_is_not_missed(call: Call, tmp_path: Path) -> None:
    """A picture has no title of its own; the warning says how to give one, or is not needed."""
    picture = tmp_path / "quay.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(32))
    other = tmp_path / "mast.png"
    other.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(33))

    untitled = call("add", str(picture))
    titled = call("add", str(other), "--set", "title=The mast", "--set", "issued=2024")

    assert f"citekit set {untitled[1].strip()} title=…" in untitled[2]
    assert "CK-W110" not in titled[2]


def test_an_absent_file_offers_the_nearest(call: Call, article: Path) -> None:
    """A mistyped file name is answered with the one beside it."""
    code, _, err = call("add", str(article.with_name(f"{article.name}x")))

    assert code == 3
    assert f"did you mean {article.name}" in err


def test_a_list_is_filtered_by_words(call: Call, tmp_path: Path) -> None:
    """Every word must stand in key, title or a name, in whatever case; none is one too many."""
    items = [
        {"id": "lund2020", "type": "book", "title": "The Old Harbour",
         "author": [{"family": "Lund", "given": "Ida"}]},
        {"id": "marsh2019", "type": "book", "title": "Salt and harbour walls"},
        {"id": "quay", "type": "report", "title": "Numbers"},
    ]  # fmt: skip
    (tmp_path / "items.json").write_text(json.dumps(items), "utf-8")
    assert call("import", str(tmp_path / "items.json"))[0] == 0

    def listed(*words: str) -> list[str]:
        return [row["key"] for row in answer(call("list", *words, "--json"))]

    assert listed("harbour") == ["lund2020", "marsh2019"]
    assert listed("HARBOUR", "ida") == ["lund2020"]
    assert listed("salt harbour") == ["marsh2019"]
    assert listed("harbour", "--type", "report") == []
    assert listed("qua") == ["quay"]


def test_a_list_has_one_line_for_each_item(call: Call, tmp_path: Path) -> None:
    """Line ends and mark-up in a title stay out of lists."""
    file = tmp_path / "refs.json"
    file.write_text('[{"id": "a", "type": "book", "title": "One <i>two</i>\\n three"}]')
    call("import", str(file))

    assert call("list")[1].split() == ["a", "One", "two", "three"]


def test_an_empty_query_is_wrong_usage(call: Call) -> None:
    """Nothing to search for is told apart from nothing found."""
    assert call("search", " ")[0] == 2


def test_sources_that_agree_are_not_called_rejected(call: Call, key: str) -> None:
    """Only another value is "not chosen"; the origin of the capture is told."""
    shown = call("show", key)[1]

    assert f"you said: {URL}" in shown
    for line in shown.splitlines():
        assert "not chosen: 2024-03-14" not in line


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("archive.toml", "layout = 1\ntitle = [\n", "archive.toml:3"),
        ("archive.toml", "layout = 99\n", "archive.toml"),
        ("items/harbour/item.json", '{"id": "x",\n "type": }', "item.json:2:"),
        ("items/harbour/item.json", '{"id": "KEY", "type": "book", "issued": 7}', "item.json:1:"),
        ("items/harbour/annotations.jsonl", '{"id": 1}\n', "annotations.jsonl:1:"),
    ],
)
def test_malformed_files_are_named_with_line_and_column(
    call: Call, key: str, tmp_path: Path, name: str, text: str, place: str
) -> None:
    """What somebody broke by hand is found by file, line and column; exit code 4."""
    path = tmp_path / "a" / name.replace("harbour", key)
    path.write_text(text.replace("KEY", key))
    code, _, err = call("show", key)
    assert code == 4
    assert place in err


def test_annotate_in_an_editor(
    call: Call, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines written in the editor become annotations; a line that fails keeps the sheet."""
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys, pathlib\n"
        "sheet = pathlib.Path(sys.argv[1])\n"
        "text = sheet.read_text('utf-8') + '> \"217 steps\" counted #fact\\n> \"absent\" x\\n'\n"
        "sheet.write_text(text, 'utf-8')\n"
    )
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script)]))
    code, out, err = call("annotate", key)
    assert code == 3
    assert out.count("\n") == 1
    assert "what you wrote is kept in" in err
    listed = answer(call("annotations", key, "--json"))
    assert [a["target"]["selector"][0]["exact"] for a in listed] == ["217 steps"]


def test_annotations_live_and_die_by_id(call: Call, key: str) -> None:
    """An annotation is listed, edited and removed by the first characters of its id."""
    made = call("annotate", key, "--quote", "217 steps", "--note", "Counted?")[1].strip()
    assert "217 steps" in call("annotations", key)[1]
    assert call("annotation", "edit", made[:8], "--tag", "fact")[0] == 0
    edited = answer(call("annotations", key, "--json"))[0]
    assert {body["purpose"] for body in edited["body"]} == {"commenting", "tagging"}
    assert call("annotation", "rm", made[:8])[0] == 0
    assert answer(call("annotations", key, "--json")) == []


def test_entities_and_claims(call: Call, key: str) -> None:
    """Entities and claims are added, listed, shown and removed."""
    assert call("entity", "add", "Port Example", "--kind", "place")[1] == "port-example\n"
    assert call("claim", "add", "The tower has 217 steps", "--id", "steps")[1] == "steps\n"
    assert call("claim", "link", "steps", key, "--says", "217")[0] == 0
    assert answer(call("claim", "show", "steps", "--json"))["evidence"][0]["says"] == "217"
    assert [e["id"] for e in answer(call("entity", "list", "--json"))] == ["port-example"]
    assert call("remove", key, "--yes")[0] == 7
    assert call("claim", "rm", "steps")[0] == 0
    assert call("entity", "rm", "port-example")[0] == 0


def test_search_finds_texts_notes_and_titles(call: Call, key: str) -> None:
    """Words of the text, of notes and of titles find the item; nonsense finds nothing."""
    call("annotate", key, "--note", "Compare the breakwater.")
    for query in ("lighthouse", "council ruin", "breakwater", "LIGHTHOUSE"):
        assert [hit["key"] for hit in answer(call("search", query, "--json"))] == [key]
    assert answer(call("search", 'xyz"; DROP TABLE (', "--json")) == []


def test_quotes_are_found_without_the_text(call: Call, key: str, tmp_path: Path) -> None:
    """Where only the record is, a search finds the words that an annotation shows."""
    assert call("annotate", key, "--quote", "between a ruin and a debt")[0] == 0
    for folder in ("restricted", ".citekit"):
        shutil.rmtree(tmp_path / "a" / folder)
    (hit,) = answer(call("search", "ruin", "--json"))
    assert (hit["key"], hit["field"]) == (key, "annotations")


@pytest.mark.parametrize("words", [("list",), ("search", "lighthouse")])
def test_what_a_list_leaves_out_is_told(
    call: Call, key: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """An item that cannot be read is missing from no answer without a word."""
    (tmp_path / "a" / "items" / key / "item.json").write_text("{", encoding="utf-8")
    code, out, err = call(*words)
    assert (code, out) == (0, "")
    assert f"left out: {tmp_path / 'a' / 'items' / key / 'item.json'}:1:2" in err


def test_removing_asks_first(call: Call, key: str) -> None:
    """Without a terminal to ask on, nothing is removed unless --yes is given."""
    assert call("remove", key)[0] == 2
    assert call("remove", key, "--yes")[:2] == (0, f"{key}\n")
    assert call("show", key)[0] == 3


def test_a_broken_bibliography_is_named(call: Call, tmp_path: Path) -> None:
    """A file that is not of its format is told with its name, line and column."""
    (tmp_path / "broken.json").write_text("[{\n", encoding="utf-8")
    code, _, err = call("import", str(tmp_path / "broken.json"))
    assert code == 4
    assert "broken.json:2:1: is not JSON" in err


def test_help_shows_brackets(call: Call) -> None:
    """The form of a citation cluster stands in the help as it is typed."""
    assert "[see @KEY" in call("cite", "--help")[1]


def test_cite_in_a_style_and_as_data(call: Call, key: str) -> None:
    """One key, five data formats and any style."""
    assert "March 14" in call("cite", key)[1]
    assert call("cite", key, "--format", "bibtex")[1].startswith("@misc{" + key)
    assert json.loads(call("cite", key, "--format", "csl-json")[1])[0]["id"] == key
    assert "TY  - " in call("cite", key, "--format", "ris")[1]
    cited = answer(call("cite", key, "--style", "mla", "--json"))
    assert cited["bibliography"][0]["key"] == key
    assert "Old Lighthouse" in cited["bibliography"][0]["html"]
    in_text = call("cite", f"[see @{key}, para. 2]", "--in-text")[1]
    assert in_text.startswith("(see ")
    assert "para. 2" in in_text


def test_cite_links_the_title_unless_told_not_to(call: Call, key: str) -> None:
    """Where the style prints no address, the title is the link."""
    call("set", key, "DOI=10.1000/ice")
    words = ("cite", key, "--style", "nature", "--format", "markdown")
    assert "](<https://doi.org/10.1000/ice>)" in call(*words)[1]
    assert "](<" not in call(*words, "--no-links")[1]


def test_cite_into_a_file(call: Call, key: str, tmp_path: Path) -> None:
    """--output writes the whole file and prints nothing."""
    target = tmp_path / "refs.bib"
    assert call("cite", key, "--format", "biblatex", "-o", str(target))[:2] == (0, "")
    assert target.read_text("utf-8").startswith("@online{")
    assert [path.name for path in tmp_path.iterdir() if "whole" in path.name] == []
    code, _, err = call("cite", key, "-o", str(tmp_path))
    assert code == 2
    assert "is a folder" in err


def test_locators_without_a_place_are_told(call: Call, key: str) -> None:
    """Data formats and bibliographies ignore locators, and say so."""
    assert "no place for a locator" in call("cite", f"{key}#p2", "--format", "bibtex")[2]
    assert "no place for a locator" in call("cite", key, "--locator", "page 4")[2]


def test_styles_are_found_by_what_people_type(call: Call) -> None:
    """Short names and titles find styles; the edition is named."""
    found = answer(call("styles", "mla", "--json"))
    assert found[0]["id"] == "modern-language-association"
    assert "9th" in found[0]["title"]


def test_quiet_says_nothing_but_the_answer(call: Call, article: Path) -> None:
    """--quiet leaves stderr empty where nothing is wrong."""
    assert call("--quiet", "add", str(article))[2] == ""


def test_verify_and_restore(call: Call, key: str, article: Path, tmp_path: Path) -> None:
    """A restricted payload of another machine is withheld, which is fine, and comes back."""
    report = answer(call("verify", "--json"))
    assert (report["ok"], report["items"], report["sealed"]) == (True, 1, 0)
    for path in (tmp_path / "a" / "restricted").rglob("*"):
        if path.is_file():
            path.unlink()
    assert call("verify")[0] == 6
    assert call("restore", key, str(article))[0] == 0
    assert call("verify")[0] == 0


def test_doctor_says_what_works(call: Call) -> None:
    """The core's own checks pass where the tests run."""
    code, out, _ = call("doctor")
    assert code == 0
    assert "python" in out


@pytest.mark.parametrize(
    "words",
    [
        ("search", "x", "--limit", "-1"),
        ("search", "x", "--limit", "0"),
        ("log", "--limit", "-5"),
        ("site", "serve", "--port", "99999"),
        ("cite", "KEY#foo"),
        ("list", "--archive"),
    ],
)
def test_numbers_and_names_out_of_range_are_wrong_usage(
    call: Call, key: str, words: tuple[str, ...]
) -> None:
    """What no command can do with is refused before anything happens; exit code 2."""
    code, out, err = call(*(word.replace("KEY", key) for word in words))

    assert (code, out) == (2, "")
    assert "bug" not in err


def test_a_paragraph_beyond_the_last_is_not_cited(call: Call, key: str) -> None:
    """Citing a passage that the text does not have is told, as annotating it is."""
    code, _, err = call("cite", f"{key}#p99", "--in-text")

    assert code == 3
    assert f"its last one is {key}#p" in err
    assert call("cite", f"{key}#p1", "--in-text")[0] == 0


def test_case_does_not_hide_the_nearest_key(call: Call, key: str) -> None:
    """A key typed in capitals is answered with the right one."""
    assert f"did you mean {key}?" in call("show", key.upper())[2]


def test_a_folder_that_is_absent_is_named(call: Call, key: str, tmp_path: Path) -> None:
    """Output into no folder names the folder, not a file that nobody asked for."""
    code, _, err = call("cite", key, "--output", str(tmp_path / "none" / "refs.bib"))

    assert code == 3
    assert f"{tmp_path / 'none'}: there is no such folder" in err


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
@pytest.mark.parametrize(
    "table", ["name = 3", 'name = "X"\ndomains = "x.example"', 'colour = "red"']
)
def test_a_wrong_publisher_is_named_with_its_line(
    call: Call, tmp_path: Path, name: str, table: str
) -> None:
    """A mistake in archive.toml is told for every kind of file, and nothing is archived."""
    settings = tmp_path / "a" / "archive.toml"
    settings.write_text(f'layout = 1\n[[publisher]]\nname = "Y"\n\n[[publisher]]\n{table}\n')
    file = tmp_path / name
    file.write_text("<html><title>A lighthouse</title><p>It is open again.</p></html>")

    code, out, err = call("add", str(file))

    assert (code, out) == (4, "")
    assert "archive.toml:5: " in err


def test_tags_and_entities_can_be_taken_off(call: Call, key: str) -> None:
    """An empty word leaves an annotation without tags or entities; its note stays."""
    call("entity", "add", "Tower", "--kind", "place")
    made = call("annotate", key, "--note", "n", "--tag", "a", "--tag", "b", "--entity", "tower")[1]

    changed = call("annotation", "edit", made.strip(), "--tag", "", "--entity", "")

    assert changed[0] == 0
    assert "#a" not in call("annotations", key)[1]
    assert "@tower" not in call("annotations", key)[1]
    assert "n" in call("annotations", key)[1].split()


def test_a_passage_without_words_is_listed_by_its_paragraph(call: Call, key: str) -> None:
    """Where a restricted item's record has offsets alone, the paragraph tells where to look."""
    call("annotate", f"{key}#p1", "--note", "Too long to be quoted.")

    assert "p1 [0–" in call("annotations", key)[1]


def test_what_comes_next_can_be_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hint names a folder with a space so that a shell takes it for one word."""
    run(["init", str(tmp_path / "my archive")])

    command = capsys.readouterr().err.removeprefix("next: ").replace("https://…", URL)

    assert shlex.split(command)[2] == str(tmp_path / "my archive")


def test_references_are_no_file_of_the_archive(call: Call, key: str, tmp_path: Path) -> None:
    """A file of references inside the archive would be extra: it is refused."""
    inside = tmp_path / "a" / "refs.bib"

    assert call("cite", key, "--output", str(inside))[0] == 2
    assert call("cite", key, "--output", str(tmp_path / "refs.bib"))[0] == 0

    assert not inside.exists()
