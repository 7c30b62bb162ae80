"""Tag files of bags: what is written reads back, and any bytes at all are data or InvalidData."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.formats.bagit import (
    Declaration,
    check_path,
    manifest_of,
    parse_declaration,
    parse_fetch,
    parse_info,
    parse_manifest,
    write_declaration,
    write_info,
    write_manifest,
)

FINAL = Declaration(version=(1, 0), encoding="utf-8")
DRAFT = Declaration(version=(0, 97), encoding="utf-8")
NAMES = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="/\\~%:"), min_size=1
)
PATHS = st.lists(NAMES.filter(lambda n: n not in (".", "..")), min_size=1, max_size=4).map(
    lambda parts: "data/" + "/".join(parts)
)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


def _folds_apart(digests: dict[str, str]) -> bool:
    import unicodedata

    forms = {unicodedata.normalize("NFC", unicodedata.normalize("NFD", p).casefold())
             for p in digests}  # fmt: skip
    return len(forms) == len(digests)


@given(st.dictionaries(PATHS, DIGESTS, max_size=5).filter(_folds_apart))
def test_a_manifest_reads_back(digests: dict[str, str]) -> None:
    """Every path and digest, percent signs included."""
    data = write_manifest(digests)
    assert parse_manifest(data, "sha256", FINAL).digests == digests


def test_a_percent_sign_survives() -> None:
    """RFC 8493 encodes it, and only it and line ends are decoded."""
    data = write_manifest({"data/100%25 sure%0A": "0" * 64})
    assert b"data/100%2525 sure%250A" in data
    assert list(parse_manifest(data, "sha256", FINAL).digests) == ["data/100%25 sure%0A"]
    assert list(parse_manifest(data, "sha256", DRAFT).digests) == ["data/100%2525 sure%250A"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No other exception leaves the readers."""
    for read in (
        lambda: parse_declaration(data),
        lambda: parse_manifest(data, "md5", DRAFT),
        lambda: parse_fetch(data, FINAL),
        lambda: parse_info(data, Declaration(version=(1, 0), encoding="utf-16")),
    ):
        try:
            read()
        except InvalidData:
            continue


def test_metadata_reads_back() -> None:
    """Labels may repeat and keep their order; a value never begins a new line."""
    pairs = (("Contact-Name", "Ada"), ("Contact-Name", "Bo"), ("Note", "two\nlines"))
    read = parse_info(write_info(pairs), FINAL)
    assert read == (("Contact-Name", "Ada"), ("Contact-Name", "Bo"), ("Note", "two lines"))


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + write_declaration(),
        write_declaration().replace(b":", b" :"),
        write_declaration().replace(b"1.0", b"2.0"),
        write_declaration().replace(b"1.0", b".97"),
        write_declaration().replace(b"UTF-8", b"zip"),
        write_declaration().replace(b"UTF-8", b"unicode_escape"),
        write_declaration() + b"More: 1\n",
        b"",
    ],
)
def test_a_declaration_is_exactly_that(data: bytes) -> None:
    """A byte order mark, another version, a codec that is no encoding: refused."""
    assert parse_declaration(write_declaration()) == FINAL
    with pytest.raises(InvalidData):
        parse_declaration(data)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x", "data/../../x", "data//x", "data/.", "~/x", "~root/x", "C:/x", "c:x",
     "data\\x", "\\\\host\\x", "%HOME%/x", "data/\x00", "data/\n", "", "./", "data/" + "x" * 5000],
)  # fmt: skip
def test_paths_that_lead_elsewhere(path: str) -> None:
    """On POSIX, on Windows and in a shell."""
    with pytest.raises(InvalidData):
        check_path(path)


def test_an_unknown_algorithm_is_no_manifest() -> None:
    """A manifest that nobody can check is an error, not another file."""
    assert manifest_of("manifest-sha256.txt") == (False, "sha256")
    assert manifest_of("notes.txt") is None
    with pytest.raises(InvalidData):
        manifest_of("manifest-crc32.txt")


def test_a_value_may_go_on_in_lines() -> None:
    """Lines that begin with white space belong to the value above (RFC 8493 §2.2.2)."""
    data = b"Note : one\n  two\n\tthree\nLabel:\n"
    assert parse_info(data, FINAL) == (("Note", "one two three"), ("Label", ""))


def test_a_flood_of_blanks_and_lines_is_read_in_time() -> None:
    """A label of blanks alone, and a value of many lines, are read once."""
    with pytest.raises(InvalidData):
        parse_info(b"a" + b" " * 1_000_000 + b"\n", FINAL)
    lines = parse_info(b"a: b\n" + b" c\n" * 90_000, FINAL)
    assert len(lines[0][1]) == 1 + 2 * 90_000


def test_an_old_bag_may_have_marks_of_its_tools() -> None:
    """Before version 1.0 a mark of md5sum, ./ and a line twice are told of, and read."""
    digest = "0" * 64
    data = f"{digest} *./data/a\n{digest}  data/a\n".encode()
    found = parse_manifest(data, "sha256", DRAFT)
    assert found.digests == {"data/a": digest}
    assert [warning.split(" ", 2)[2] for warning in found.warnings] == [
        "marks its file as binary, as md5sum does",
        "begins with ./",
        "lists 'data/a' again",
    ]
    with pytest.raises(InvalidData, match="lists 'data/a' again"):
        parse_manifest(data, "sha256", FINAL)


def test_two_names_of_one_file_are_refused() -> None:
    """Names that differ in case alone are one file on some systems."""
    data = f"{'0' * 64}  data/a\n{'1' * 64}  data/A\n".encode()
    with pytest.raises(InvalidData, match="one file on some systems"):
        parse_manifest(data, "sha256", FINAL)


def test_what_fetch_would_bring() -> None:
    """Paths, with lengths that are known or not."""
    data = b"https://quay.example/a 12 data/a\nhttps://quay.example/b -\tdata/b\n"
    assert parse_fetch(data, FINAL) == ("data/a", "data/b")


def test_an_unknown_encoding_is_refused() -> None:
    """The declaration must name an encoding that is one."""
    with pytest.raises(InvalidData, match="is unknown"):
        parse_declaration(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: ISO8859-99\n")
