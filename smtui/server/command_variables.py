"""The variables of a command that `smtui exec` runs, made in the agent, whose modules are loaded already."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from smtui.api.errors import SmtuiError
from smtui.text.json_object import read_object
from smtui.transfer.variables import Variable, VariableNames, VariableTarget, make_target_variables, split_target

NO_KEY = "{name} has no key '{key}'."


def read_variables(read: Callable[[str], dict[str, Any]], words: Sequence[str]) -> dict[str, str]:
    """The variables that targets ask for, by name.

    Args:
        read: GetSecretValue of a secret.
        words: the targets, each `[VARIABLE=]NAME[#KEY]`.

    Raises:
        SmtuiError: a secret, a key or a variable that cannot be; the message is for a person.
    """
    names, values = VariableNames(ignore_case=sys.platform == "win32"), {}
    for word in words:
        for variable in _list_variables(read, word):
            names.add(variable)
            values[variable.name] = variable.value
    return values


def _list_variables(read: Callable[[str], dict[str, Any]], word: str) -> Iterator[Variable]:
    chosen_name, source = split_target(word)
    name, hash_sign, key = source.partition("#")
    target = VariableTarget(chosen_name, source, name, key if hash_sign else None)
    response = read(name)
    yield from make_target_variables(target, response["Name"], _get_part(response, name, target.key))


def read_target(read: Callable[[str], dict[str, Any]], word: str) -> str | bytes:
    """The value of `NAME[#KEY]`. `read` is GetSecretValue of a secret. Raises SmtuiError."""
    name, hash_sign, key = word.partition("#")
    return _get_part(read(name), name, key if hash_sign else None)


def _get_part(response: dict[str, Any], name: str, key: str | None) -> str | bytes:
    """The value in a response of GetSecretValue: all of it, or one key of its JSON object. Raises SmtuiError."""
    value: str | bytes = response["SecretString"] if "SecretString" in response else response["SecretBinary"]
    if key is None:
        return value
    held = read_object(value) if isinstance(value, str) else None
    member = held.find(key) if held is not None else None
    if member is None:
        raise SmtuiError(NO_KEY.format(name=name, key=key))
    return member.get_encodable_text()
