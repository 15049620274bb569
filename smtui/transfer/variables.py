"""Environment variables from secrets.

Each key of a JSON object becomes a variable of that name; any other text becomes one variable named after the secret in
capitals: `prod/api-key` is PROD_API_KEY, and API_KEY without the prefix `prod/`. Characters that variable names cannot
have become `_`. Two values cannot have the same name, and no name may decide which programs run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from smtui.text.json_object import JsonMember, LoneSurrogateError, read_object
from smtui.transfer.errors import InvalidVariableError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
# Variables that loaders and shells obey: the name of a key or a secret must not be enough to set one.
DANGEROUS = re.compile(r"PATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|LD_.*|DYLD_.*|"
                       r"PYTHON(PATH|HOME|STARTUP)|PERL5(OPT|LIB)|RUBYOPT|NODE_OPTIONS|JAVA_TOOL_OPTIONS",
                       re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; `source` is the secret, or `NAME#KEY`, of its value."""

    name: str
    value: str = field(repr=False)
    source: str


def make_variables(name: str, value: str | bytes, prefix: str = "", *, source: str = "") -> Iterator[Variable]:
    """The variables of one secret, whose names omit `prefix`. Raises InvalidVariableError.

    `source` is the secret as the user wrote it, with its version; by default its name.
    """
    source = source or name
    text = _to_text(value, source)
    held = read_object(text)
    if held is None:
        cut = name.removeprefix(prefix) or name
        yield make_variable(clean_name(cut, source).upper(), text, source)
    else:
        for member in held.members:
            of_key = f"{source}#{member.key}"
            yield make_variable(clean_name(member.key, of_key), _get_member_text(member, of_key), of_key)


def make_variable(name: str, value: str | bytes, source: str, *, is_chosen: bool = False) -> Variable:
    """One variable; `is_chosen` if the user chose its name. Raises InvalidVariableError."""
    if DANGEROUS.fullmatch(name) and not is_chosen:
        raise InvalidVariableError(f"{source} would set {name}, which controls what programs do.",
                                   hint=f"To set it on purpose: {name}={source}")
    return Variable(name, _to_text(value, source), source)


def _get_member_text(member: JsonMember, source: str) -> str:
    """A decoded string, any other JSON value in its spelling. Raises InvalidVariableError."""
    try:
        return member.get_encodable_text()
    except LoneSurrogateError as error:
        raise InvalidVariableError(f"{source} cannot be a variable. {error}", hint=error.hint) from None


class VariableNames:
    """The names that are in use, and the source of each."""

    def __init__(self, *, ignore_case: bool = False) -> None:
        self._sources: dict[str, str] = {}
        self._ignore_case = ignore_case

    def add(self, variable: Variable) -> None:
        """Reserves the variable's name. Raises InvalidVariableError if another value has it."""
        key = variable.name.upper() if self._ignore_case else variable.name
        other = self._sources.setdefault(key, variable.source)
        if other != variable.source:
            raise InvalidVariableError(f"{variable.name} would come both from {other} and from {variable.source}.",
                                       hint=f"Choose another name for one of them: OTHER_NAME={variable.source}")


def clean_name(text: str, source: str) -> str:
    """Turns text into a variable's name. Raises InvalidVariableError if no letter or digit is left."""
    name = _OTHER.sub("_", text)
    if not name.strip("_"):
        raise InvalidVariableError(
            f"{source} has no letter or digit for a variable name.", hint=f"Choose a name: NAME={source}"
        )
    return f"_{name}" if name[0].isdigit() else name


def _to_text(value: str | bytes, source: str) -> str:
    if isinstance(value, bytes):
        raise InvalidVariableError(f"The value of {source} is binary; a variable must be text.")
    if "\0" in value:
        raise InvalidVariableError(f"The value of {source} has a NUL character, which a variable cannot have.")
    return value
