"""CSL items as citation templates of the English Wikipedia.

Source: Wikipedia, "Help:Citation Style 1" (templates, parameters, dates) and
"Help:CS1 errors" (what the templates refuse: ``archive-url`` without ``archive-date``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.bibtex.dates import literal_date, year_of
from citekit.formats.facts import facts_of
from citekit.formats.one_line import fold
from citekit.model.date import Date, DateError
from citekit.model.name import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEMPLATES: Final = {
    "article-newspaper": ("cite news", "newspaper"),
    "article-magazine": ("cite magazine", "magazine"),
    "article-journal": ("cite journal", "journal"),
    "review": ("cite journal", "journal"),
    "webpage": ("cite web", "website"),
    "post-weblog": ("cite web", "website"),
    "post": ("cite web", "website"),
    "book": ("cite book", "series"),
    "chapter": ("cite book", "title"),
    "entry-encyclopedia": ("cite encyclopedia", "encyclopedia"),
    "entry-dictionary": ("cite encyclopedia", "encyclopedia"),
    "thesis": ("cite thesis", "series"),
    "report": ("cite report", "series"),
    "paper-conference": ("cite conference", "book-title"),
}
_OTHERS: Final = ("citation", "work")
FORMAT: Final = "wikipedia"
"""What kept parameters say that they are of."""
_TEXTS: Final = {
    "collection-title": "series",
    "genre": "type",
    "edition": "edition",
    "volume": "volume",
    "issue": "issue",
    "number": "number",
    "publisher": "publisher",
    "publisher-place": "location",
    "source": "via",
    "language": "language",
    "DOI": "doi",
    "PMID": "pmid",
    "ISSN": "issn",
}
_PEOPLE: Final = {
    "author": "",
    "editor": "editor-",
    "translator": "translator-",
    "interviewer": "interviewer-",
}
_ETAL: Final = {"author": "display-authors", "editor": "display-editors"}
_OTHERS_LITERAL: Final = "others"
_DEPARTMENTS: Final = frozenset({"cite news", "cite magazine", "cite journal"})
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SEASONS: Final = ("Spring", "Summer", "Autumn", "Winter")
_MARKUP: Final = re.compile(r"</?(?:i|b|sup|sub|sc|span)(?: [^<>]{0,100})?>")
_MEANS_SOMETHING: Final = re.compile(r"[{}\[\]<>|]|''|~~~|__|&(?=#?\w{1,31};)")
_NOT_IN_URL: Final = re.compile(r"[{}\[\]<>|\"\s\\^`']|~~~|__|&(?=#?\w{1,31};)")
WAYBACK: Final = re.compile(r"(?a)https?://web\.archive\.org/web/(\d{4})(\d\d)(\d\d)\d{0,6}\w*/")


def write_wikipedia(items: Iterable[Mapping[str, Any]]) -> str:
    """One template a line; what the templates have no parameter for is left out."""
    return "".join(f"{_template(item)}\n" for item in items)


def _template(item: Mapping[str, Any]) -> str:
    name, container = _TEMPLATES.get(str(item.get("type")), _OTHERS)
    url = _url(item.get("URL"))
    if name == "cite web" and not url:
        name, container = _OTHERS
    parameters = [*_people(item), *_titles(item, container), *_dates(item), *_texts(item)]
    parameters += [*_of_template(item, name), *_address(item, url)]
    said: dict[str, str] = {}
    for key, value in (*parameters, *_left(item)):
        said.setdefault(key, value)
    return "{{" + " |".join([name, *(f"{key}={value}" for key, value in said.items())]) + "}}"


def _people(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for role, prefix in _PEOPLE.items():
        names = item.get(role)
        for number, given in enumerate(names if isinstance(names, list | tuple) else (), 1):
            if isinstance(given, Mapping) and given.get("literal") == _OTHERS_LITERAL:
                yield from ((_ETAL[role], "etal"),) if role in _ETAL else ()
            else:
                yield from _name(given, prefix, number)


def _name(given: object, prefix: str, number: int) -> Iterator[tuple[str, str]]:
    """A person in two parameters; a group in one, in two parentheses where a comma would split."""
    try:
        name = Name.from_json(given)
    except ValueError:
        return
    if name.literal or not name.family:
        whole = _escape(name.literal or name.given)
        if whole:
            role = prefix.removesuffix("-") or "author"
            yield f"{role}{number}", f"(({whole}))" if re.search(r"[,;]|^\(\(", whole) else whole
        return
    yield f"{prefix}last{number}", _escape(f"{name.non_dropping_particle} {name.family}")
    first = _escape(f"{name.given} {name.dropping_particle}")
    suffix = _escape(name.suffix)
    if first or suffix:
        yield f"{prefix}first{number}", ", ".join(part for part in (first, suffix) if part)


def _titles(item: Mapping[str, Any], container: str) -> Iterator[tuple[str, str]]:
    title, whole = (_escape(_text(item, name)) for name in ("title", "container-title"))
    if container == "title" and whole:
        yield from (("chapter", title),) if title else ()
        yield "title", whole
        return
    if title:
        # what stands in two parentheses would be taken for accepted as it is
        yield "title", f"(({title}))" if re.fullmatch(r"\(\(.*\)\)", title) else title
    if whole:
        yield container, whole


def _dates(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for variable, parameter in (("issued", "date"), ("original-date", "orig-date")):
        if said := _date(item.get(variable)):
            yield parameter, said


def _texts(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for variable, parameter in _TEXTS.items():
        if text := _escape(_text(item, variable)):
            yield parameter, text
    if pages := _escape(_text(item, "page")):
        yield ("pages" if re.search("[-–,]", pages) else "page"), pages
    if isbn := _text(item, "ISBN").split():
        yield "isbn", _escape(isbn[0].rstrip(",;"))
    if pmc := _escape(_text(item, "PMCID").upper().removeprefix("PMC")):
        yield "pmc", pmc


def _of_template(item: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """What one template alone has a parameter for."""
    if name in _DEPARTMENTS and (section := _escape(_text(item, "section"))):
        yield "department", section
    if name == "cite conference" and (event := _escape(_text(item, "event-title"))):
        yield "conference", event


def _left(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters that were read from a template and that no variable holds."""
    for name, text in _kept(item).items():
        shown = _escape(text) if isinstance(text, str) else ""
        if shown and _NAME.fullmatch(str(name)) and not str(name).startswith("archive"):
            yield str(name), shown


def _kept(item: Mapping[str, Any]) -> Mapping[str, Any]:
    entry = facts_of(item).get("entry")
    if not isinstance(entry, Mapping) or entry.get("format") != FORMAT:
        return {}
    left = entry.get("left")
    return left if isinstance(left, Mapping) else {}


def _address(item: Mapping[str, Any], url: str) -> Iterator[tuple[str, str]]:
    """The address, its copy, and the day it was read: all of them need the address."""
    if not url:
        return
    yield "url", url
    for copy, day in _copies(item):
        yield "archive-url", copy
        yield "archive-date", day
        break
    if day := _date(item.get("accessed")):
        yield "access-date", day


def _copies(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The copies whose day is known, and the day in the wiki's form."""
    known = facts_of(item).get("archived")
    listed = known if isinstance(known, list | tuple) else ()
    copies = [copy for copy in listed if isinstance(copy, Mapping)]
    own = {
        "url": item.get("archive_location"),
        "day": _escape(str(_kept(item).get("archive-date", ""))),
    }
    for copy in [own, *copies]:
        url = _url(copy.get("url"))
        stamp = WAYBACK.match(url)
        day = _date("-".join(stamp.groups())) if stamp else _date(str(copy.get("at", ""))[:10])
        day = day or copy.get("day", "")
        if url and day:
            yield url, day


def _date(value: object) -> str:
    """A date as the templates take it; empty for none and for one before the year 100.

    >>> _date({"date-parts": [[2023, 6, 4], [2023, 6, 6]]})
    '4–6 June 2023'
    """
    try:
        date = Date.from_json(value)
    except DateError:
        return year_of(literal_date(value))
    ends = [tuple(part for part in end if part) for end in date.parts]
    ends = [end for end in ends if end]
    if not ends or any(not 100 <= end[0] <= 9999 for end in ends):
        return year_of(date.literal)
    if date.season and len(ends) == 1:
        return f"{_SEASONS[date.season - 1]} {ends[0][0]}"
    said = _range(*ends) if len(ends) > 1 else _day(ends[0])
    return f"c. {said}" if date.circa else said


def _range(first: tuple[int, ...], last: tuple[int, ...]) -> str:
    """Two ends, what they share said once; a spaced dash where an end has more than one word."""
    if first == last:
        return _day(first)
    if len(first) == len(last) and first[:-1] == last[:-1]:
        if len(first) == 3:
            return f"{first[2]}–{_day(last)}"
        if len(first) == 2:
            return f"{_MONTHS[first[1] - 1]}–{_day(last)}"
        return f"{first[0]}–{last[0]}"
    if len(first) == len(last) == 3 and first[0] == last[0]:
        return f"{first[2]} {_MONTHS[first[1] - 1]} – {_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def _day(parts: tuple[int, ...]) -> str:
    year, *rest = parts
    words = [_MONTHS[rest[0] - 1], str(year)] if rest else [str(year)]
    return " ".join([str(rest[1]), *words] if len(rest) > 1 else words)


def _text(item: Mapping[str, Any], variable: str) -> str:
    value = item.get(variable)
    return str(value) if isinstance(value, str | int | float) else ""


def _escape(text: str) -> str:
    """The text on one line, with no sign in it that a wiki would act on.

    >>> _escape("a | b}} [[c]]")
    'a &#124; b&#125;&#125; &#91;&#91;c&#93;&#93;'
    """
    return _MEANS_SOMETHING.sub(
        lambda found: "".join(f"&#{ord(sign)};" for sign in found[0]), fold(_MARKUP.sub("", text))
    )


def _url(value: object) -> str:
    """An address of the web, its dangerous signs in percent; empty for another."""
    url = fold(value) if isinstance(value, str) else ""
    if not url.startswith(("https://", "http://")):
        return ""
    return _NOT_IN_URL.sub(lambda found: "".join(map(_percent, found[0])), url)


def _percent(sign: str) -> str:
    return "&amp;" if sign == "&" else "".join(f"%{byte:02X}" for byte in sign.encode())
