"""Turn bytes into text, and say why this encoding and not another.

Order: a byte-order mark; UTF-8 if the bytes are valid UTF-8; what the caller or the document
declares; the best guess. Strictly valid UTF-8 wins over a declaration, as text in another encoding
is almost never valid UTF-8 by chance.
"""

from __future__ import annotations

import codecs
import re

from citekit.extract.documents.guessing import SAMPLE, better_guess, guess, typical
from citekit.findings import Finding, Severity
from citekit.model.value import Value, replace

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
)
_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset\s*+=\s*+["']?\s*+|<\?xml[^>]{0,100}?encoding\s*=\s*["']|@charset\s+["'])([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# Python's names for what browsers decode under a label (WHATWG Encoding Standard, §4.2).
_BROWSER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}
# Python's codecs that no document is written in: they encode host names and programs, the first two
# take a time that grows with the square of the text, and no browser knows any of them.
_NO_DOCUMENTS = frozenset(
    {
        "punycode",
        "idna",
        "unicode_escape",
        "raw_unicode_escape",
        "utf_7",
        "undefined",
        "mbcs",
        "oem",
    }
)
_SEVEN_BITS = re.compile(rb"\x1b(?:\$[@B]|\$\([@BCD]|\([BIJ]|\$\)C)")  # ISO 2022: escape sequences
_ISO_2022 = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr")
_STATEFUL = frozenset({*_ISO_2022, "iso2022_jp_1", "iso2022_jp_3", "iso2022_jp_2004", "hz"})


class Decoded(Value):
    """Text, the encoding it had, how that is known and how sure it is.

    `text` is without a byte-order mark. `declared` is the label the document carries, if any.
    """

    text: str
    encoding: str
    rule: str
    confidence: float
    declared: str | None = None
    findings: tuple[Finding, ...] = ()


def decode(data: bytes, *, given: str | None = None, label: str | None = None) -> Decoded:
    """Decode bytes; never fails, and reports every doubt as a finding.

    `given` is the caller's word and is obeyed; `label` is what headers declare.
    """
    declared = label or _declared(data)
    if given:
        return _decode_given(data, given)
    for mark, name, size in _BOMS:
        if data.startswith(mark):
            return _finish(data[size:], name, "byte-order-mark", 1.0, declared)
    if wide := _utf16_without_mark(data):
        return _finish(data, wide, "zero-bytes", 0.9, declared)
    if seven := _seven_bits(data, declared):
        return seven
    if (text := _strictly(data, "utf-8")) is not None:
        plain = data.isascii()
        disagrees = bool(declared) and not plain and not (declared or "").lower().startswith("utf")
        findings = (_wrong_label(declared or "", "utf-8"),) if disagrees else ()
        return Decoded(
            text=text,
            encoding="utf-8",
            rule="ascii" if plain else "valid-utf-8",
            confidence=1.0 if plain else 0.99,
            declared=declared,
            findings=findings,
        )
    return _not_utf8(data, declared)


def _seven_bits(data: bytes, declared: str | None) -> Decoded | None:
    """Text that writes other letters in ASCII bytes (ISO 2022, HZ), told by its escapes."""
    name = _codec(declared) if declared else None
    if not data.isascii() or (name not in _STATEFUL and not _SEVEN_BITS.search(data)):
        return None
    for candidate in dict.fromkeys((name, *_ISO_2022)):
        if candidate in _STATEFUL and (text := _strictly(data, candidate)) is not None:
            if text.isascii():
                continue
            findings = (
                () if name in {None, candidate} else (_wrong_label(declared or "", candidate),)
            )
            rule = "declared" if candidate == name else "escape-sequences"
            return Decoded(
                text=text,
                encoding=_public_name(candidate),
                rule=rule,
                confidence=0.97,
                declared=declared,
                findings=findings,
            )
    return None


def looks_binary(data: bytes) -> bool:
    """Whether bytes cannot be text: zero bytes that are not UTF-16, or many control characters.

    >>> looks_binary(bytes(range(256)))
    True
    """
    head = data[:4096]
    if not head or any(head.startswith(mark) for mark, _, _ in _BOMS):
        return False
    if _utf16_without_mark(data):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b\x08\x0b" for byte in head)
    return b"\0" in head or controls > len(head) * 0.05


def _decode_given(data: bytes, given: str) -> Decoded:
    name = _codec(given)
    if name is None:
        fallback = decode(data)
        finding = Finding(
            code="CK-W104",
            severity=Severity.WARNING,
            rule="encoding-unknown",
            message=f"no encoding is called {given!r}; read as {fallback.encoding}",
            hint="use a name such as utf-8, windows-1254 or shift_jis",
        )
        return Decoded(
            text=fallback.text,
            encoding=fallback.encoding,
            rule=fallback.rule,
            confidence=fallback.confidence,
            declared=fallback.declared,
            findings=(finding, *fallback.findings),
        )
    for mark, bom_name, size in _BOMS:
        if data.startswith(mark) and bom_name.startswith(name.replace("_", "-")):
            return _finish(data[size:], bom_name, "given", 1.0, given)
    return _finish(data, name, "given", 1.0, given)


def _not_utf8(data: bytes, declared: str | None) -> Decoded:
    name = _codec(declared) if declared else None
    if name and not name.startswith("utf") and _strictly(data, name) is not None:
        return _as_declared(data, name, declared or "")
    if _is_damaged_utf8(data, is_declared=bool(name and name.startswith("utf"))):
        return _finish(data, "utf-8", "mostly-utf-8", 0.8, declared)
    guessed, confidence = guess(data)
    findings = [_guessed(guessed, confidence)]
    if declared and name != guessed:
        findings.insert(0, _wrong_label(declared, guessed))
    done = _finish(data, guessed, "guessed", confidence, declared)
    return Decoded(
        text=done.text,
        encoding=done.encoding,
        rule=done.rule,
        confidence=confidence,
        declared=declared,
        findings=(*findings, *done.findings),
    )


def _as_declared(data: bytes, name: str, declared: str) -> Decoded:
    """Text as its label wants it, as browsers do; a warning where another reads far better."""
    done = _finish(data, name, "declared", 0.95, declared)
    better = better_guess(data, name)
    if better is None:
        return done
    return replace(done, confidence=0.6, findings=(*done.findings, _doubtful(declared, better)))


def _is_damaged_utf8(data: bytes, *, is_declared: bool) -> bool:
    """Whether bytes are UTF-8 but for a few: whole sequences hardly come about by chance."""
    damaged = data.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    whole = sum(ord(c) > 127 and c != "\ufffd" for c in damaged)
    return whole >= broken if is_declared else whole >= 3 * broken


def _finish(data: bytes, name: str, rule: str, confidence: float, declared: str | None) -> Decoded:
    text = _strictly(data, name)
    findings: tuple[Finding, ...] = ()
    if text is None:
        text = data.decode(name, "replace")
        lost = text.count("\ufffd")
        findings = (
            Finding(
                code="CK-W103",
                severity=Severity.WARNING,
                rule="bytes-replaced",
                message=f"{lost} byte sequences are not {name} and were replaced by U+FFFD",
                hint="give the right encoding if the text looks wrong",
            ),
        )
    return Decoded(
        text=text,
        encoding=_public_name(name),
        rule=rule,
        confidence=confidence,
        declared=declared,
        findings=findings,
    )


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    return match[1].decode("ascii", "replace") if match else None


def _codec(label: str) -> str | None:
    """Python's codec for a label, as browsers understand it; None for none and for non-text."""
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    name = info.name.replace("-", "_")
    if not getattr(info, "_is_text_encoding", True) or name in _NO_DOCUMENTS:
        return None
    return _BROWSER.get(info.name, info.name)


def _public_name(name: str) -> str:
    names = {
        "cp932": "shift_jis",
        "cp949": "euc-kr",
        "big5hkscs": "big5",
        "euc_jp": "euc-jp",
        "cp866": "ibm866",
        "cp874": "windows-874",
    }
    if name.startswith("cp125"):
        return "windows-" + name[2:]
    public = names.get(name, name.replace("_", "-"))
    return re.sub(r"^iso(?=\d)", "iso-", public)


def _utf16_without_mark(data: bytes) -> str | None:
    head = data[: SAMPLE & ~1]
    if len(head) < 8 or len(data) % 2:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.3 and even < half * 0.02 and _is_texty(head, "utf-16-le"):
        return "utf-16-le"
    for name in ("utf-16-le", "utf-16-be"):
        if even + odd < half * 0.3 and _is_east_asian(head[:8192], name):
            return name
    if even > half * 0.3 and odd < half * 0.02 and _is_texty(head, "utf-16-be"):
        return "utf-16-be"
    return None


def _is_texty(head: bytes, name: str) -> bool:
    text = head.decode(name, "replace")
    return sum(c.isprintable() or c in "\r\n\t" for c in text) > 0.97 * len(text)


def _is_east_asian(head: bytes, name: str) -> bool:
    """Whether bytes read as UTF-16 are Japanese, Chinese or Korean prose."""
    text = head.decode(name, "replace")
    if "\ufffd" in text[:-1] or not _is_texty(head, name):
        return False
    return typical(text) > 0.12 and sum(ord(c) < 0xE000 for c in text) > 0.9 * len(text)


def _guessed(name: str, confidence: float) -> Finding:
    return Finding(
        code="CK-W102",
        severity=Severity.WARNING,
        rule="encoding-guessed",
        message=f"no encoding is declared; {_public_name(name)} fits best ({confidence})",
        hint="give the right encoding if the text looks wrong",
    )


def _doubtful(declared: str, better: str) -> Finding:
    name = _public_name(better)
    return Finding(
        code="CK-W106",
        severity=Severity.WARNING,
        rule="encoding-doubtful",
        message=f"the document says it is {declared}, but it reads far better as {name}",
        hint=f"if letters look wrong, add it again with --encoding {name}",
    )


def _wrong_label(declared: str, actual: str) -> Finding:
    return Finding(
        code="CK-W101",
        severity=Severity.WARNING,
        rule="encoding-wrong-label",
        message=f"the document says it is {declared}, but its bytes are {_public_name(actual)}",
        hint="nothing to do if the text reads well",
    )
