"""Terms, date formats and options of one language: the fallback chain, resolved once.

Lowest first: en-US, the main dialect of the language, the exact tag, then what the style itself
overrides (for all languages, for the language, for its main dialect, for the exact tag). A term
that the language has in another form only is taken in that form and not from en-US. Source: CSL
1.0.2 §Locale Fallback. The locale files are data of another package, whose folder is found without
importing it, and those that the user has brought (``own``).
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.csl.style.head import read_style
from citekit.csl.style.kept import parse_locale
from citekit.csl.style.own import is_as_new, own_stamp
from citekit.errors import CitekitError, InvalidData, NotFound
from citekit.model.machine.user_folders import own_locales_folder
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.style.ir import Date, LocaleData, Style, Term

ROOT = "en-US"
_FALLBACK_FORMS = {
    "verb-short": ("verb-short", "verb", "long"),
    "verb": ("verb", "long"),
    "symbol": ("symbol", "short", "long"),
    "short": ("short", "long"),
    "long": ("long",),
}


class Locale:
    """What a style can ask of a language; made by ``load_locale``."""

    __slots__ = ("_root_terms", "_terms", "close_inner", "close_quote", "dates", "lang",
                 "open_inner", "open_quote", "options", "ordinals", "primary")  # fmt: skip

    def __init__(
        self, lang: str, root: LocaleData, files: Iterable[LocaleData], own: Iterable[LocaleData]
    ) -> None:
        self.lang = lang
        self.primary = lang.split("-", maxsplit=1)[0].lower()
        self._terms: dict[tuple[str, str, str], Term] = {}
        self.ordinals: dict[tuple[str, str], Term] = {}
        self.dates: dict[str, Date] = {}
        self.options: dict[str, str] = {}
        self._add(root)
        self._root_terms = self._terms
        if self.primary != "en":  # English stands in for a term, not for one form of it
            self._terms = {}
        for layer in files:
            self._add(layer)
        for layer in own:
            self._add(layer, is_own=True)
        self.open_quote = self.text("open-quote")
        self.close_quote = self.text("close-quote")
        self.open_inner = self.text("open-inner-quote")
        self.close_inner = self.text("close-inner-quote")

    def _add(self, layer: LocaleData, *, is_own: bool = False) -> None:
        self._terms.update(layer.terms)
        self.dates.update(layer.dates)
        self.options.update(layer.options)
        ordinals = {
            (key[0], key[2]): term for key, term in layer.terms.items() if _is_ordinal(key[0])
        }
        if ("ordinal", "") in ordinals or (ordinals and not is_own):
            self.ordinals = ordinals  # a set of ordinal suffixes is replaced as a whole
        elif ordinals:  # a style of CSL 1.0 words single ones anew and leaves their rules
            self.ordinals = {
                key: replace(ordinals[key], match=term.match) if key in ordinals else term
                for key, term in self.ordinals.items()
            }

    @property
    def punctuation_in_quote(self) -> bool:
        """Whether commas and full stops move into closing quotes."""
        return self.options.get("punctuation-in-quote") == "true"

    def term(self, name: str, form: str = "long", gender: str = "") -> Term | None:
        """The term in this form, or in the form that stands in for it; None if there is none."""
        forms = _FALLBACK_FORMS.get(form, (form, "long"))
        if name == "and" and form == "symbol":
            forms = ("symbol",)  # who asks for the sign wants it in every language
        for terms in (self._terms, self._root_terms):
            for stand_in in forms:
                found = terms.get((name, stand_in, gender)) if gender else None
                found = found or terms.get((name, stand_in, ""))
                if found is not None:
                    return found
        return None

    def text(self, name: str, form: str = "long", *, plural: bool = False) -> str:
        """The term's text, empty where there is none."""
        found = self.term(name, form)
        if found is None:
            return ""
        text = found.multiple if plural else found.single
        return text.replace("'", "’")  # some locale files type apostrophes straight

    def gender(self, name: str) -> str:
        """The grammatical gender of a term (a month, "volume" …), or nothing."""
        found = self.term(name)
        return (found.gender or "") if found is not None else ""


def load_locale(style: Style, asked: str | None) -> tuple[Locale, list[str]]:
    """The locale for this style and tag, and warnings: of languages nobody has data for, of files.

    The path of a locale file may stand in the place of the tag; what it says comes before the
    files of its language. Raises InvalidData and StorageFailed for a file that cannot be read.
    """
    named = _named_file(asked) if asked and asked.lower().endswith(".xml") else None
    if named is not None:
        asked = named.lang
    lang = normal_tag(asked or style.default_locale or ROOT)
    paths = locale_files()
    chain = _chain(lang, paths)
    found = [tag for tag in chain if tag in paths]
    files = [_file(paths[tag]) for tag in found if tag != ROOT]
    if named is not None:
        files.append(named)
    warnings = [str(remark) for file in files for remark in file.remarks]
    if not files and not found:
        warnings.append(f"no locale {lang!r}: its terms are taken from {ROOT}")
    own = [
        layer for wanted in (None, *chain) for layer in style.locales if _same(layer.lang, wanted)
    ]
    return Locale(lang, _file(paths[ROOT]), files, own), warnings


def _named_file(path: str) -> LocaleData:
    xml, head = read_style(Path(path), root="locale")
    if not head.lang:
        raise InvalidData("the locale does not say its language (xml:lang)", place=path)
    return parse_locale(xml, path)


def normal_tag(tag: str) -> str:
    """A language tag as locale files spell it: ``pt_br`` → ``pt-BR``."""
    parts = tag.replace("_", "-").split("-")
    rest = [part.upper() if len(part) == 2 else part.title() for part in parts[1:]]
    return "-".join([parts[0].lower(), *rest])


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return normal_tag(one) == other


def _is_ordinal(name: str) -> bool:
    return name == "ordinal" or (name.startswith("ordinal-") and name[8:].isdigit())


def _chain(lang: str, paths: Iterable[str]) -> list[str]:
    """The tags to load after the root, general before special."""
    primary = lang.split("-", maxsplit=1)[0]
    dialect = _primary_dialects().get(primary)
    if dialect is None:  # a language that the user has brought
        dialect = min((tag for tag in paths if tag.startswith(f"{primary}-")), default=primary)
    return list(dict.fromkeys([primary, dialect, lang]))


def _file(path: Path) -> LocaleData:
    """The locale in a file, read once as long as the file stays as it is."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        message = f"the locale cannot be read: {error.strerror}"
        raise NotFound(message, place=str(path)) from error


@lru_cache(maxsize=16)
def _read(path: Path, _changed_ns: int) -> LocaleData:
    return parse_locale(path.read_bytes(), str(path))


@lru_cache(maxsize=1)
def _folder() -> Path:
    try:
        spec = find_spec("citeproc")
    except (ImportError, ValueError) as error:
        raise _no_data() from error
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "data" / "locales"
        if folder.is_dir():
            return folder
    raise _no_data()


def _no_data() -> CitekitError:
    return NotFound("the CSL locale files are not installed", hint="pip install citeproc-py")


def locale_files() -> dict[str, Path]:
    """The locale files by their tags, the user's own among them; raises NotFound for none.

    An own one counts where it is as new as that of the package.
    """
    return _files(own_stamp(own_locales_folder()))


@lru_cache(maxsize=1)
def _files(stamp: tuple[str, int]) -> dict[str, Path]:
    folder, changed_ns = stamp
    found = files_in(_folder())
    for tag, path in files_in(Path(folder)).items() if changed_ns else ():
        if tag not in found or is_as_new(updated_of(path), updated_of(found[tag])):
            found[tag] = path
    return found


def packaged_locale(tag: str) -> Path | None:
    """The locale file of the package, None where it has none."""
    return files_in(_folder()).get(tag)


def files_in(folder: Path) -> dict[str, Path]:
    """The locale files of a folder by their tags."""
    with suppress(FileNotFoundError):  # the user's own, who has brought none
        return {
            name.removeprefix("locales-").removesuffix(".xml"): folder / name
            for name in os.listdir(folder)  # noqa: PTH208  # a tenth of the time of a glob
            if name.startswith("locales-") and name.endswith(".xml")
        }
    return {}


def updated_of(path: Path) -> str:
    """The instant that a locale file names; raises InvalidData, StorageFailed."""
    _, head = read_style(path, root="locale")
    return head.updated


def locale_tags() -> tuple[str, ...]:
    """The languages whose terms are installed, sorted; raises NotFound where none are."""
    return tuple(sorted(locale_files()))


@lru_cache(maxsize=1)
def _primary_dialects() -> dict[str, str]:
    try:
        data = json.loads((_folder() / "locales.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(data.get("primary-dialects", {}))
