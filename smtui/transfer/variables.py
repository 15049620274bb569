"""Secrets as environment variables.

Each key of a JSON object becomes a variable of that name; any other text becomes one named after its secret, in
capitals: `prod/api-key` is PROD_API_KEY, and with the prefix `prod/` cut off API_KEY. Characters that no variable's
name has become `_`. Two values never share a name, and none may have a name that decides which programs run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from smtui.text.json_object import JsonMember, LoneSurrogateError, read_object
from smtui.transfer.errors import InvalidVariableError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
# What loaders and shells obey: a value that came from elsewhere must not set it by its mere name.
OBEYED = re.compile(r"PATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|LD_.*|DYLD_.*|"
                    r"PYTHON(PATH|HOME|STARTUP)|PERL5(OPT|LIB)|RUBYOPT|NODE_OPTIONS|JAVA_TOOL_OPTIONS", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Variable:
    """`source` is the secret, and its key, that the value is of."""

    name: str
    value: str = field(repr=False)
    source: str


def of_secret(name: str, value: str | bytes, prefix: str = "") -> Iterator[Variable]:
    """The variables of one secret. Raises InvalidVariableError."""
    text = _text(value, name)
    held = read_object(text)
    if held is None:
        cut = name.removeprefix(prefix) or name
        yield named(cleaned(cut, name).upper(), text, name)
    else:
        for member in held.members:
            source = f"{name}#{member.key}"
            yield named(cleaned(member.key, source), _member_text(member, source), source)


def named(name: str, value: str | bytes, source: str, *, meant: bool = False) -> Variable:
    """One variable; `meant` where a person chose the name. Raises InvalidVariableError."""
    if OBEYED.fullmatch(name) and not meant:
        raise InvalidVariableError(f"{source} would set {name}, which decides what programs do.",
                           hint=f"If that is meant: {name}={source}")
    return Variable(name, _text(value, source), source)


def _member_text(member: JsonMember, source: str) -> str:
    """A text as it is, anything else as it is spelled. Raises InvalidVariableError."""
    try:
        return member.encodable_text()
    except LoneSurrogateError as error:
        raise InvalidVariableError(f"{source} cannot be a variable. {error}", hint=error.hint) from None


class Names:
    """Which names are taken, and by what."""

    def __init__(self, *, ignore_case: bool = False) -> None:
        self._sources: dict[str, str] = {}
        self._ignore_case = ignore_case

    def take(self, variable: Variable) -> None:
        """Raises InvalidVariableError where another value has the name already."""
        key = variable.name.upper() if self._ignore_case else variable.name
        other = self._sources.setdefault(key, variable.source)
        if other != variable.source:
            raise InvalidVariableError(f"{variable.name} would come both from {other} and from {variable.source}.",
                               hint=f"Name one of them yourself: ANOTHER_NAME={variable.source}")


def cleaned(text: str, source: str) -> str:
    """A variable's name made of a text. Raises InvalidVariableError where nothing of it is left."""
    cleaned = _OTHER.sub("_", text)
    if not cleaned.strip("_"):
        raise InvalidVariableError(
            f"{source} has no letter or digit to name a variable after.", hint=f"Name it: NAME={source}"
        )
    return f"_{cleaned}" if cleaned[0].isdigit() else cleaned


def _text(value: str | bytes, source: str) -> str:
    if isinstance(value, bytes):
        raise InvalidVariableError(f"The value of {source} is binary, and a variable is text.")
    if "\0" in value:
        raise InvalidVariableError(f"The value of {source} has a NUL character, which no variable can have.")
    return value
