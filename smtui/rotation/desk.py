"""Where a rotation function's calls are answered: the five operations it needs, about its own secret alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from smtui.api.errors import (
    AccessDeniedException,
    ClientError,
    InternalServiceError,
    VaultBusyError,
    VaultFullError,
)
from smtui.api.types import Client
from smtui.rotation import wire
from smtui.rotation.function import Task
from smtui.text.json_reader import find_strings

ALLOWED = {
    "DescribeSecret": "describe_secret", "GetSecretValue": "get_secret_value", "PutSecretValue": "put_secret_value",
    "ListSecretVersionIds": "list_secret_version_ids", "UpdateSecretVersionStage": "update_secret_version_stage",
}  # fmt: skip
ABOUT_NO_SECRET = {"GetRandomPassword": "get_random_password"}
HIDDEN = "<secret>"
SHORTEST_HIDDEN = 4
LONGEST_NAME = 64
"""Characters of an operation's name, of which a refusal quotes it."""


class Desk:
    """Answers calls, and remembers every value that passed, so that none of them is shown in what is written."""

    def __init__(self, task: Task, client: Client) -> None:
        self._names = {task.arn, task.name, task.arn.rpartition("-")[0]}
        self._client = client
        self._values: set[str] = {task.rotation_token}

    def answer(self, line: bytes) -> bytes:
        """The answer to one line, or the refusal of it. A vault that is busy or full may be tried again."""
        try:
            operation, params = _parse(line)
        except (ValueError, TypeError, OverflowError, RecursionError):
            return wire.refusal("This is no call.")
        try:
            return wire.encoded({"result": self._call(operation, params)})
        except ClientError as error:
            return wire.refusal(error.message, error.code)
        except (VaultBusyError, VaultFullError) as error:
            return wire.refusal(str(error), InternalServiceError.code)

    def _call(self, operation: str, params: dict[str, Any]) -> Any:
        secret_id = params.get("SecretId")
        is_own = isinstance(secret_id, str) and secret_id in self._names
        method = ALLOWED.get(operation) if is_own else None
        method = method or ABOUT_NO_SECRET.get(operation)
        if method is None:
            raise AccessDeniedException(f"A rotation function is not authorized to perform {operation} on that secret.")
        self._remember(params)
        call: Callable[..., dict[str, Any]] = getattr(self._client, method)
        answer = call(**params)
        self._remember(answer)
        return answer

    def _remember(self, message: dict[str, Any]) -> None:
        for name in ("SecretString", "RandomPassword"):
            if isinstance(message.get(name), str):
                self._values |= set(_pieces(message[name]))
        if isinstance(message.get("SecretBinary"), bytes):
            self._values.add(message["SecretBinary"].decode("utf-8", "replace"))

    def without_values(self, text: str) -> str:
        """The text with every value that passed here hidden."""
        return _hide(self._values, text)


def _parse(line: bytes) -> tuple[str, dict[str, Any]]:
    """The operation of a call and its parameters. Raises ValueError, TypeError, OverflowError or RecursionError."""
    call = wire.decoded(line)
    operation, params = call.get("operation"), call.get("params")
    if not isinstance(operation, str) or not isinstance(params, dict | None):
        raise TypeError("an operation's name and an object are wanted")
    return operation[:LONGEST_NAME], params or {}


def _pieces(value: str) -> Iterator[str]:
    """A value, as it is and as JSON spells it, and, where it begins as JSON, every string in it, however spelled."""
    yield from (value, json.dumps(value)[1:-1])
    if value.lstrip()[:1] in ("{", "["):
        for source, string in find_strings(value):
            yield from (source[1:-1], string, json.dumps(string)[1:-1])


def _hide(values: Iterable[str], text: str) -> str:
    """The text with the longest of these values hidden wherever one begins. No pattern is made of them: `re` keeps
    its patterns."""
    known = {value for value in values if len(value) >= SHORTEST_HIDDEN}
    lengths: dict[str, set[int]] = defaultdict(set)
    for value in known:
        lengths[value[:SHORTEST_HIDDEN]].add(len(value))
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = lengths.get(text[at : at + SHORTEST_HIDDEN], ())
        length = next((each for each in sorted(found, reverse=True) if text[at : at + each] in known), 0)
        parts.append(HIDDEN if length else text[at])
        at += length or 1
    return "".join(parts)
