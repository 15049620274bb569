"""Answers the calls of a rotation function: the operations it needs, for its own secret and those it may read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from smtui.api.arn import parse_secret_arn
from smtui.api.errors import (
    AccessDeniedException,
    ClientError,
    InternalServiceError,
    ParamValidationError,
    VaultBusyError,
    VaultFullError,
)
from smtui.api.types import Client
from smtui.rotation import rpc_codec
from smtui.rotation.function import Task
from smtui.text.json_reader import find_strings

ALLOWED = {
    "DescribeSecret": "describe_secret", "GetSecretValue": "get_secret_value", "PutSecretValue": "put_secret_value",
    "ListSecretVersionIds": "list_secret_version_ids", "UpdateSecretVersionStage": "update_secret_version_stage",
}  # fmt: skip
READING = {"DescribeSecret", "GetSecretValue", "ListSecretVersionIds"}
"""The operations on a secret that a function may read."""
WITHOUT_SECRET = {"GetRandomPassword": "get_random_password"}
REFUSALS = (ClientError, VaultBusyError, VaultFullError)
"""What a call raises as an answer for the function; every other error ends its step."""
REPLACEMENT = "<secret>"
MIN_HIDDEN = 4
"""Characters of the shortest value that is hidden in output."""
MAX_NAME = 64
"""Characters of an operation's name that an error quotes."""


class RpcServer:
    """Answers calls, and collects every value in them, so that `hide_values` can remove them from output.

    Args:
        task: the step, with the secret that is rotated.
        client: answers calls for that secret and others.
        readable: the ARNs of secrets that the function may read. A call may name each as boto3 allows it, and goes to
            exactly that ARN.
    """

    def __init__(self, task: Task, client: Client, readable: Iterable[str] = ()) -> None:
        self._names = {task.arn, task.name, task.arn.rpartition("-")[0]}
        self._readable = {name: arn for arn in readable for name in _list_names(arn) if name not in self._names}
        self._client = client
        self._values: set[str] = {task.rotation_token}

    def answer(self, line: bytes) -> bytes:
        """The line that answers a call, or an error. A busy or full vault is an error that can be retried."""
        try:
            operation, params = _parse(line)
        except (ValueError, TypeError, OverflowError, RecursionError):
            return rpc_codec.encode_error("This is not a valid call.")
        try:
            return rpc_codec.encode({"result": self.call(operation, params)})
        except ClientError as error:
            code = type(error).__name__ if isinstance(error, ParamValidationError) else error.code
            return rpc_codec.encode_error(error.message, code, error.response.get("ResponseMetadata"))
        except (VaultBusyError, VaultFullError) as error:
            return rpc_codec.encode_error(str(error), InternalServiceError.code)

    def call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carries out a call, with parameters as boto3 has them. Raises SmtuiError for what is refused or fails."""
        secret_id = params.get("SecretId")
        is_own = isinstance(secret_id, str) and secret_id in self._names
        method = ALLOWED.get(operation) if is_own else None
        if isinstance(secret_id, str) and secret_id in self._readable and operation in READING:
            method, params = ALLOWED[operation], {**params, "SecretId": self._readable[secret_id]}
        method = method or WITHOUT_SECRET.get(operation)
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
                self._values |= set(_list_spellings(message[name]))
        if isinstance(message.get("SecretBinary"), bytes):
            self._values.add(message["SecretBinary"].decode("utf-8", "replace"))

    def add_values(self, values: Iterable[str]) -> None:
        """Adds what the function knows without a call to the values that `hide_values` replaces."""
        self._values.update(values)

    def hide_values(self, text: str) -> str:
        """The text with every value of earlier calls, and every added one, replaced."""
        return _hide(self._values, text)


def _list_names(arn: str) -> Iterator[str]:
    """What a SecretId may be for the secret of a complete ARN."""
    yield from (arn, arn.rpartition("-")[0])
    if parsed := parse_secret_arn(arn):
        yield parsed.name


def _parse(line: bytes) -> tuple[str, dict[str, Any]]:
    """The operation of a call and its parameters. Raises ValueError, TypeError, OverflowError or RecursionError."""
    call = rpc_codec.decode(line)
    operation, params = call.get("operation"), call.get("params")
    if not isinstance(operation, str) or not isinstance(params, dict | None):
        raise TypeError("expected an operation and an object of parameters")
    return operation[:MAX_NAME], params or {}


def _list_spellings(value: str) -> Iterator[str]:
    """A value as it is and in JSON spelling; if it starts like JSON, also every string in it, in each spelling."""
    yield from (value, json.dumps(value)[1:-1])
    if value.lstrip()[:1] in ("{", "["):
        for source, string in find_strings(value):
            yield from (source[1:-1], string, json.dumps(string)[1:-1])


def _hide(values: Iterable[str], text: str) -> str:
    """Replaces the longest value at each position. A regular expression is not used: `re` caches its patterns."""
    known = {value for value in values if len(value) >= MIN_HIDDEN}
    lengths: dict[str, set[int]] = defaultdict(set)
    for value in known:
        lengths[value[:MIN_HIDDEN]].add(len(value))
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = lengths.get(text[at : at + MIN_HIDDEN], ())
        length = next((each for each in sorted(found, reverse=True) if text[at : at + each] in known), 0)
        parts.append(REPLACEMENT if length else text[at])
        at += length or 1
    return "".join(parts)
