"""Turn bytes into text, and say why this encoding and not another.

Order: a byte-order mark; UTF-8 if the bytes are valid UTF-8; what the caller or the document
declares; the best guess. Strictly valid UTF-8 wins over a declaration, as text in another encoding
is almost never valid UTF-8 by chance.
"""

from __future__ import annotations

import codecs
import itertools
import re

from citekit.extract.shared.language import detect_language
from citekit.findings import Finding, Severity
from citekit.model.value import Value

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
)
_SAMPLE = 65_536
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
_GUESSES = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1254",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5hkscs",
    "cp949",
    "iso8859_2",
)


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
        return _finish(data, name, "declared", 0.95, declared)
    damaged = data.decode("utf-8", "replace")
    broken = damaged.count("\ufffd")
    multibyte = sum(ord(c) > 127 and c != "\ufffd" for c in damaged)
    if broken * 20 < multibyte:  # UTF-8 with some damage
        return _finish(data, "utf-8", "mostly-utf-8", 0.8, declared)
    guessed, confidence = _guess(data)
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
        "koi8_r": "koi8-r",
        "iso8859_2": "iso-8859-2",
    }
    if name.startswith("cp125"):
        return "windows-" + name[2:]
    return names.get(name, name.replace("_", "-"))


def _utf16_without_mark(data: bytes) -> str | None:
    head = data[: _SAMPLE & ~1]
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
    return _typical(text) > 0.12 and sum(ord(c) < 0xE000 for c in text) > 0.9 * len(text)


_TYPICAL = frozenset(
    "的是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動"
    "同工也能下过過说說而方后後多定行所民得经經のにはをたがでてとしれさあるいなっらりかもまこそれ"
    "이다의는에을를가한고로지하서도은들기사리자인"
)


def _typical(text: str) -> float:
    """The share of a text's East Asian characters that are among the most frequent ones."""
    east = [c for c in text if "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3"]
    return sum(c in _TYPICAL for c in east) / len(east) if len(east) > 4 else 0.0


def _guess(data: bytes) -> tuple[str, float]:
    """The encoding under which the text reads as a language, or as few signs of breakage."""
    sample = _sample(data)
    rated = [(_naturalness(sample, name), -rank, name) for rank, name in enumerate(_GUESSES)]
    score, _, best = max(rated)
    if score < 0.3 and (other := _charset_normalizer(sample)):
        return other, 0.5
    return best, round(max(0.3, min(0.9, score)), 2)


def _sample(data: bytes) -> bytes:
    """The part of the data that tells most: from the first byte that is not ASCII on."""
    first = next((i for i, byte in enumerate(data[: _SAMPLE * 16]) if byte > 127), 0)
    start = max(0, first - 2000)
    return data[start : start + _SAMPLE]


def _naturalness(sample: bytes, name: str) -> float:
    text = sample.decode(name, "replace")
    bad = sum(c == "\ufffd" or ("\x80" <= c < "\xa0") or c in _ODD for c in text)
    special = [c for c in text if ord(c) > 127]
    if not special:
        return 0.0
    letters = sum(
        c.isalpha() or c in "’‘“”„«»–—…•©°§€£´·、。「」（）！？：，；・" for c in special
    ) / len(special)
    mixed = _case_breaks(text) / max(1, len(special))
    guess = detect_language(text)
    language = min(guess.confidence, 0.9) if guess else 0.0
    rare = sum(_is_rare(c) for c in special) / len(special)
    return (
        letters * 0.4
        + language * 0.6
        + _fits(guess.language if guess else None, special)
        - 3 * bad / len(special)
        - mixed
        - rare
    )


_ODD = frozenset("¤¦¨¬­¯¸¹²³¼½¾¿×÷ƒˆ˜†‡‰‹›¡¢¥ªº±µ¶þðÞÐ˙˛ˇ˘")
_LETTERS = {
    "tr": "çğıöşüâîûÇĞİÖŞÜ",
    "de": "äöüßÄÖÜ",
    "fr": "àâæçéèêëîïôœùûüÿÀÂÇÉÈÊËÎÏÔŒÙÛÜ",
    "es": "áéíñóúüÁÉÍÑÓÚÜ¿¡ºª",
    "it": "àèéìòùÀÈÉÌÒÙ",
    "pt": "áâãàçéêíóôõúÁÂÃÀÇÉÊÍÓÔÕÚ",
    "pl": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "cs": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ",
    "sk": "áäčďéíĺľňóôŕšťúýžÁČĎÉÍĽŇÓÔŠŤÚÝŽ",
    "hu": "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
    "ro": "ăâîșțşţĂÂÎȘȚŞŢ",
    "sv": "åäöéÅÄÖÉ",
    "no": "æøåéÆØÅ",
    "da": "æøåéÆØÅ",
    "fi": "äöåÄÖÅ",
    "nl": "éëïöüèÉË",
    "hr": "čćđšžČĆĐŠŽ",
    "sl": "čšžČŠŽ",
    "sr": "čćđšžČĆĐŠŽ",
    "en": "éèñöüç",
}


def _fits(language: str | None, special: list[str]) -> float:
    """How well the letters beyond ASCII are those of the language: −0.5 to 0.5."""
    expected = _LETTERS.get(language or "")
    letters = [c for c in special if c.isalpha()]
    if expected is None or not letters:
        if language in {"ja", "zh", "ko"}:
            return min(0.5, 2 * _typical("".join(special)) - 0.2)
        return 0.2 if letters and all(ord(c) > 0x370 for c in letters[:500]) else 0.0
    return sum(c in expected for c in letters) / len(letters) - 0.5


def _case_breaks(text: str) -> int:
    """Capitals inside words, as wrong Cyrillic and Greek readings have them."""
    return sum(b.isupper() and a.islower() and ord(b) > 127 for a, b in itertools.pairwise(text))


def _is_rare(character: str) -> bool:
    """Characters that misread text is full of and prose is not."""
    code = ord(character)
    return (
        0xE000 <= code <= 0xF8FF
        or 0xFF61 <= code <= 0xFF9F
        or 0x2500 <= code <= 0x257F
        or 0x3400 <= code <= 0x4DBF
        or code >= 0x20000
    )


def _charset_normalizer(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else None


def _guessed(name: str, confidence: float) -> Finding:
    return Finding(
        code="CK-W102",
        severity=Severity.WARNING,
        rule="encoding-guessed",
        message=f"no encoding is declared; {_public_name(name)} fits best ({confidence})",
        hint="give the right encoding if the text looks wrong",
    )


def _wrong_label(declared: str, actual: str) -> Finding:
    return Finding(
        code="CK-W101",
        severity=Severity.WARNING,
        rule="encoding-wrong-label",
        message=f"the document says it is {declared}, but its bytes are {_public_name(actual)}",
        hint="nothing to do if the text reads well",
    )
