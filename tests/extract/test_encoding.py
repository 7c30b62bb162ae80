"""Encodings: recognised with the reason, doubted aloud."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract import extract, read_document
from citekit.extract.documents.encoding import decode, looks_binary

TURKISH = (
    "Başkan bugün yaptığı açıklamada, şehirdeki yeni köprünün gelecek yıl açılacağını söyledi. "
    "Yetkililer çalışmaların sürdüğünü bildirdi."
)
FRENCH = "Le maire a annoncé que le pont sera ouvert dès l'été, et que les travaux sont terminés."
JAPANESE = (
    "市長は水曜日、新しい橋が来年の夏に開通すると発表した。工事は予定より早く進んでいるという。"
)
CHINESE = (
    "市长星期三宣布，新桥将于明年夏天通车。工程进展比计划更快。居民表示欢迎，他们已经等了很多年。"
)
RUSSIAN = "Мэр объявил в среду, что новый мост будет открыт для движения следующим летом."
POLISH = "Burmistrz ogłosił w środę, że nowy most zostanie otwarty, a prace są już na końcu."


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (TURKISH, "cp1254", "windows-1254"),
        (FRENCH, "latin-1", "windows-1252"),
        (JAPANESE, "shift_jis", "shift_jis"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (CHINESE, "gb18030", "gb18030"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (POLISH, "cp1250", "windows-1250"),
    ],
)
def test_undeclared_encodings_are_guessed_and_reported(text: str, codec: str, name: str) -> None:
    """The text comes back right, and the guess is a finding."""
    found = decode(text.encode(codec))
    assert (found.text, found.encoding, found.rule) == (text, name, "guessed")
    assert [f.code for f in found.findings] == ["CK-W102"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [FRENCH, JAPANESE])
def test_unicode_encodings(codec: str, text: str) -> None:
    """Byte-order marks and the pattern of bytes tell the Unicode encodings; the mark is no text."""
    found = decode(text.encode(codec))
    assert found.text == text
    assert found.findings == ()


def test_wrong_label_is_reported() -> None:
    """A page that calls its UTF-8 Latin-1 is read as UTF-8, with a finding."""
    page = f'<html><meta charset="iso-8859-1"><p>{FRENCH}</p></html>'.encode()
    found = extract(page)
    assert found.encoding == "utf-8"
    assert "CK-W101" in [f.code for f in found.findings]


def test_declared_encoding_is_used() -> None:
    """A right label needs no guess."""
    page = f'<html><meta charset="windows-1254"><p>{TURKISH}</p></html>'.encode("cp1254")
    found = extract(page)
    assert found.encoding == "windows-1254"
    assert TURKISH in (found.decoded or "")
    assert not {"CK-W101", "CK-W102"} & {f.code for f in found.findings}


def test_given_encoding_is_obeyed_and_losses_reported() -> None:
    """The caller's word counts; bytes that do not fit are replaced aloud."""
    found = decode("é".encode("latin-1"), given="utf-8")
    assert found.text == "\ufffd"
    assert [f.code for f in found.findings] == ["CK-W103"]
    assert [f.code for f in decode(b"a", given="no-such").findings] == ["CK-W104"]


def test_encoding_is_evidence() -> None:
    """The encoding is evidence with the rule that told it."""
    evidence = extract(RUSSIAN.encode("koi8_r")).candidates("encoding")[0]
    assert (evidence.value, evidence.rule, evidence.origin) == ("koi8-r", "guessed", "bytes")


def test_kinds() -> None:
    """Bytes count more than names: a PNG called article.txt is a PNG."""
    assert read_document(b"\x89PNG\r\n\x1a\n....", name="article.txt").kind == "image"
    assert read_document(bytes(range(256)) * 4, name="a.txt").kind == "other"
    assert read_document(b"<!DOCTYPE html><p>x", name="a.txt").kind == "html"
    assert read_document(b"%PDF-1.7").kind == "pdf"
    assert read_document(b"Plain words", name="a.md").kind == "markdown"
    assert read_document(b"Plain words").media_type == "text/plain"
    assert read_document("<html><p>Wide".encode("utf-16")).kind == "html"


def test_binary_is_not_text() -> None:
    """Random control bytes are binary, text in UTF-16 is not."""
    assert looks_binary(bytes(range(256)))
    assert not looks_binary(FRENCH.encode("utf-16-le"))


@given(st.binary(max_size=2000))
def test_any_bytes_are_decoded(data: bytes) -> None:
    """Decoding never fails and says how it knows."""
    found = decode(data)
    assert found.rule
    assert 0 <= found.confidence <= 1


# ── short texts that say nothing of their encoding ──────────────────────────────────────────────

CASES = Path(__file__).parents[1] / "cases" / "encodings.toml"
SHORT = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize(
    ("case", "encoding"),
    [
        pytest.param(case, encoding, id=f"{case['language']}-{number}-{encoding}")
        for number, case in enumerate(SHORT)
        for encoding in case["encodings"]
    ],
)
def test_a_short_text_is_read_by_its_letters(case: dict[str, Any], encoding: str) -> None:
    """A headline, a paragraph and both: as plain text, and in a page that declares its language."""
    both = f"{case['headline']}\n\n{case['text']}\n"
    page = f'<html lang="{case["language"]}"><title>{case["headline"]}</title>{case["text"]}</html>'
    alone = [case["headline"]] if case.get("alone", True) else []
    for text in (case["text"], both, page, *alone):
        assert decode(text.encode(encoding)).text == text
