"""`.env` files: `NAME=value` lines, in the syntax that common readers agree on.

`export` or `declare -x` before a name, blanks around `=` and comment lines are allowed. An unquoted value ends at the
end of its line or before ` #`. Single quotes and backticks enclose literal text; `\\'` is a quote where a value in
single quotes could not end. Double quotes allow the escapes `\\n`, `\\r`, `\\t`, `\\\\`, `\\"`, `\\$` and `\\``.
`$'...'` has those of bash (`smtui.transfer.ansi_c`). Quoted values may span lines. A name in capitals alone on its
line is skipped. `${OTHER}` is expanded on demand. Anything else is an error with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smtui.text.interruption import check_interruption
from smtui.transfer import ansi_c
from smtui.transfer.entry import Entry, make_unreadable_error
from smtui.transfer.errors import DuplicateNamesError

EXPORT = r"(?:(?:export|(?:declare|typeset)[ \t]+-[A-Za-z]+)[ \t]+)?"
"""What shells write before a name: `export -p` of bash writes `declare -x`."""
_START = re.compile(rf"[ \t]*{EXPORT}([A-Za-z0-9_./@+!-]+)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_ALONE = re.compile(rf"[ \t]*{EXPORT}[A-Z_][A-Z0-9_]*[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_SECTION = re.compile(r"[ \t]*\[[^\n]*\][ \t]*(?:\n|\Z)")
_COMMENT = re.compile(r"[ \t]#.*")
_ESCAPED = re.compile(r'\\([nrt"\\$`])')
_QUOTED = {
    '"': re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
    "'": re.compile(r"'([^']*)'"),
    "`": re.compile(r"`([^`]*)`"),
    "$'": re.compile(r"\$'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL),
}
_ESCAPED_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
"""Values that need no quotes in any reader, shells included."""
_SPECIAL = re.compile(r'[\n\r\t"\\$`]')
_ESCAPES = {meaning: letter for letter, meaning in _UNESCAPED.items()}


MAX_NAMES = 10
"""Names in a note."""
MAX_EXPANDED = 1 << 20
"""Characters of a value after its references were expanded."""
_REFERENCE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?-)([^{}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))")
_REFERENCE_OR_ESCAPE = re.compile(rf"{_REFERENCE.pattern}|{_ESCAPED.pattern}")
_NOTED = re.compile(r"\$\{|\Aop://|\Aencrypted:")
"""What a value with a note has."""
_BRACED = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::?-[^{}]*)?\}")


@dataclass(frozen=True, slots=True)
class EnvOptions:
    """What to do with names that have several values, with references to other variables, and with small letters."""

    last: bool = False
    expand: bool = False
    upper: bool = False


DEFAULTS = EnvOptions()


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable of a file. `quote` is the kind of its quotes, `inside` what is between them, with its escapes."""

    name: str
    value: str = field(repr=False)
    place: str
    quote: str
    inside: str = field(repr=False)

    @property
    def is_literal(self) -> bool:
        """Whether the quotes exclude references."""
        return self.quote in ("'", "`", "$'")

    def expand(self, replace_reference: Callable[[re.Match[str]], str]) -> str:
        """The value with its references replaced; one behind a backslash, in double quotes, is none."""
        if self.is_literal:
            return self.value
        if self.quote != '"':
            return _REFERENCE.sub(replace_reference, self.inside)
        return _REFERENCE_OR_ESCAPE.sub(
            lambda match: _decode_escape(match[5]) if match[5] else replace_reference(match), self.inside)


@dataclass(slots=True)
class EnvContent:
    """The entries of a file in their order, and sentences about it."""

    entries: list[Entry]
    notes: list[str]


def parse(text: str, file: str) -> list[Entry]:
    """The entries of a file in their order. Raises UnreadableFileError, which names `file` and the line."""
    return parse_file(text, file).entries


def parse_file(text: str, file: str, options: EnvOptions = DEFAULTS) -> EnvContent:
    """Like `parse`, with options, and with notes on what was skipped and on references. Raises UnreadableFileError."""
    skipped: list[str] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _merge([*_list_assignments(text, file, skipped)], options)
    notes = [*_note_skipped(skipped, file)]
    if options.expand:
        found = _expand_all(found)
    notes += _note_references(found, file, is_expanded=options.expand)
    names = (each.name.upper() if options.upper else each.name for each in found)
    return EnvContent([Entry(name, each.value, each.place) for name, each in zip(names, found, strict=True)], notes)


def read_each(text: str, file: str, notes: list[str]) -> Iterator[Entry]:
    """Like `parse`, but each entry as it is read; `notes` gets those of `parse_file` at the end.

    Raises:
        UnreadableFileError: when it comes to a line that is not valid, or to a name that was given another value.
    """
    skipped: list[str] = []
    values: dict[int, int] = {}
    referring: list[Assignment] = []
    for each in _list_assignments(text.replace("\r\n", "\n").replace("\r", "\n"), file, skipped):
        name, value = hash(each.name), hash(each.value)
        if values.get(name, value) != value:
            raise DuplicateNamesError(
                f"{each.place}: {each.name} is given twice, with different values (--last takes the last one).",
                [each.name], hint="Nothing was imported.")
        if name not in values:
            yield Entry(each.name, each.value, each.place)
        values[name] = value
        if _NOTED.search(each.value):
            referring.append(each)
    notes += [*_note_skipped(skipped, file), *_note_references(referring, file, is_expanded=False)]


def read_all(text: str, file: str, notes: list[str], options: EnvOptions) -> list[Entry]:
    """Like `read_each`, with options. All variables are in memory together."""
    content = parse_file(text, file, options)
    notes += content.notes
    return content.entries


def _note_skipped(skipped: Sequence[str], file: str) -> Iterator[str]:
    """Notes for the places of names alone."""
    yield from (f"{place}: a name without = was skipped." for place in skipped[:MAX_NAMES])
    if len(skipped) > MAX_NAMES:
        yield f"{file}: {len(skipped) - MAX_NAMES:,} more names without = were skipped."


def _list_assignments(text: str, file: str, skipped: list[str]) -> Iterator[Assignment]:
    """The assignments of a file; the places of names alone are added to `skipped`."""
    at = line = 0
    while at < len(text):
        check_interruption()
        place = f"{file}, line {line + 1}"
        if blank := _BLANK.match(text, at):
            end = blank.end()
        elif alone := _ALONE.match(text, at):
            skipped.append(place)
            end = alone.end()
        else:
            name, start = _parse_name(text, at, place)
            inside, end = _parse_value(text, start, place)
            quote = _find_quote(text, start)
            yield Assignment(name, _decode(inside, quote, place), place, quote, inside)
        line += text.count("\n", at, end)
        at = end


def _merge(found: Sequence[Assignment], options: EnvOptions) -> list[Assignment]:
    """The assignments without repetitions. Raises DuplicateNamesError if a name has two values and none is chosen."""
    merged: dict[str, Assignment] = {}
    different: dict[str, Assignment] = {}
    first: dict[str, str] = {}
    for each in found:
        before = merged.get(each.name)
        if before is not None and before.value != each.value:
            different.setdefault(each.name, each)
        first.setdefault(each.name, each.place)
        merged[each.name] = each
    if different and not options.last:
        raise _make_duplicates_error([*different.values()], first)
    return [*merged.values()]


def _make_duplicates_error(different: Sequence[Assignment], first: Mapping[str, str]) -> DuplicateNamesError:
    """The error for names with several values; it says where the first of them is given again."""
    each, *more = different
    others = f"; so are {', '.join(other.name for other in more[:MAX_NAMES])}" if more else ""
    return DuplicateNamesError(
        f"{each.place}: {each.name} is given twice, first at {first[each.name]}, with a different value{others} "
        "(--last takes the last one).", [each.name for each in different], hint="Nothing was imported.")


# References.


def _expand_all(found: Sequence[Assignment]) -> list[Assignment]:
    """The assignments with references to earlier variables of the same file replaced. Raises UnreadableFileError."""
    values: dict[str, str] = {}
    expanded: list[Assignment] = []
    for each in found:
        value = each.expand(_make_replacement(values, each.place))
        if len(value) > MAX_EXPANDED:
            raise make_unreadable_error(each.place, f"its value is longer than {MAX_EXPANDED:,} characters")
        values[each.name] = value
        expanded.append(replace(each, value=value))
    return expanded


def _make_replacement(values: Mapping[str, str], place: str) -> Callable[[re.Match[str]], str]:
    def find_value(match: re.Match[str]) -> str:
        name, operator, default = match[1] or match[4], match[2], match[3]
        found = values.get(name)
        if found or (found is not None and operator != ":-"):
            return found
        if operator is not None:
            return str(default)
        raise make_unreadable_error(place, f"it refers to {name}, which is not defined above it in this file")

    return find_value


def _note_references(found: Sequence[Assignment], file: str, *, is_expanded: bool) -> Iterator[str]:
    """A note for each kind of reference, with the names of the variables."""
    kinds: tuple[tuple[str, str, Callable[[Assignment], object]], ...] = (
        ("refers to other variables (${NAME}) and is imported unchanged; --expand replaces them",
         "refer to other variables (${NAME}) and are imported unchanged; --expand replaces them",
         lambda each: not is_expanded and not each.is_literal and _BRACED.search(each.value)),
        ("is a 1Password reference (op://), not a value; op inject resolves it",
         "are 1Password references (op://), not values; op inject resolves them",
         lambda each: each.value.startswith("op://")),
        ("is encrypted by dotenvx; dotenvx decrypt decrypts it",
         "are encrypted by dotenvx; dotenvx decrypt decrypts them",
         lambda each: each.value.startswith("encrypted:")),
    )
    for one, many, matches in kinds:
        names = [each.name for each in found if matches(each)]
        if names:
            listed = ", ".join(names[:MAX_NAMES]) + (", ..." if len(names) > MAX_NAMES else "")
            what = f"1 value that {one}" if len(names) == 1 else f"{len(names):,} values that {many}"
            yield f"{file}: {what}: {listed}."


# Lines.


def _parse_name(text: str, at: int, place: str) -> tuple[str, int]:
    """The name before `=`, and the offset of its value."""
    start = _START.match(text, at)
    if start is None and _SECTION.match(text, at):
        raise make_unreadable_error(
            place, "expected NAME=value, not [SECTION] of an INI file; without such lines the file is read as .env")
    if start is None:
        raise make_unreadable_error(place, "expected NAME=value")
    return start[1], start.end()


def _parse_value(text: str, at: int, place: str) -> tuple[str, int]:
    """The value at offset `at`, without its quotes and with its escapes, and the offset of the next line."""
    quote = _find_quote(text, at)
    if not quote:
        return _parse_unquoted(text, at)
    quoted = _QUOTED[quote].match(text, at)
    if quoted is None:
        raise make_unreadable_error(place, "a quote is opened and never closed")
    rest = _BLANK.match(text, quoted.end())
    if rest is None:
        escaped = _parse_escaped_single(text, at) if quote == "'" else None
        if escaped is not None:
            return escaped
        raise make_unreadable_error(place, "unexpected text after the closing quote")
    return quoted[1], rest.end()


def _find_quote(text: str, at: int) -> str:
    """The kind of the quotes that begin at offset `at`; empty for an unquoted value."""
    return next((text[at : at + length] for length in (2, 1) if text[at : at + length] in _QUOTED), "")


def _decode(inside: str, quote: str, place: str) -> str:
    """What is between quotes, with its escapes decoded. Raises UnreadableFileError."""
    if quote == '"':
        return _ESCAPED.sub(lambda escape: _decode_escape(escape[1]), inside)
    return ansi_c.decode(inside, place) if quote == "$'" else inside


def _parse_escaped_single(text: str, at: int) -> tuple[str, int] | None:
    """A value in single quotes as python-dotenv writes it, with `\\'` for a quote; None if it is none."""
    quoted = _ESCAPED_SINGLE.match(text, at)
    rest = _BLANK.match(text, quoted.end()) if quoted else None
    if quoted is None or rest is None:
        return None
    return re.sub(r"\\([\\'])", r"\1", quoted[1]), rest.end()


def _decode_escape(letter: str) -> str:
    """What a backslash and this letter stand for."""
    return _UNESCAPED.get(letter, letter)


def _parse_unquoted(text: str, at: int) -> tuple[str, int]:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    with_border = text[at - 1 : end]  # includes `=` or a blank: `A=#x` is a value, `A= #x` a comment
    return _COMMENT.sub("", with_border)[1:].strip(), end + 1


def format_line(name: str, value: str) -> str:
    """The line, or lines, that readers parse as exactly this value.

    A value of harmless characters is written as it is. In single quotes, readers agree on every text without single
    quotes, backslashes and carriage returns. Other values are written in double quotes.
    """
    if _PLAIN.fullmatch(value):
        return f"{name}={value}\n"
    if "'" not in value and "\\" not in value and "\r" not in value:
        return f"{name}='{value}'\n"
    return f'{name}="{_SPECIAL.sub(_escape, value)}"\n'


def _escape(match: re.Match[str]) -> str:
    return "\\" + _ESCAPES.get(match[0], match[0])
