"""Where a rotation function's calls are answered: the five operations it needs, about its own secret alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from smtui.api.errors import AccessDeniedException, ClientError
from smtui.api.types import Client
from smtui.rotation import wire
from smtui.rotation.function import Task

ALLOWED = {
    "DescribeSecret": "describe_secret", "GetSecretValue": "get_secret_value", "PutSecretValue": "put_secret_value",
    "ListSecretVersionIds": "list_secret_version_ids", "UpdateSecretVersionStage": "update_secret_version_stage",
}  # fmt: skip
ABOUT_NO_SECRET = {"GetRandomPassword": "get_random_password"}
HIDDEN = "<secret>"
SHORTEST_HIDDEN = 4


class Desk:
    """Answers calls, and remembers every value that passed, so that none of them is shown in what is written."""

    def __init__(self, task: Task, client: Client) -> None:
        self._names = {task.arn, task.name, task.arn.rpartition("-")[0]}
        self._client = client
        self._values: set[str] = {task.rotation_token}

    def answer(self, line: bytes) -> bytes:
        """The answer to one line, or the refusal of it."""
        try:
            asked = wire.decoded(line)
            result = self._call(str(asked.get("operation")), asked.get("params") or {})
        except ClientError as error:
            return wire.encoded({"error": {"Code": error.code, "Message": error.message}})
        except (ValueError, RecursionError, TypeError):
            return wire.encoded({"error": {"Code": "ValidationException", "Message": "This is no call."}})
        return wire.encoded({"result": result})

    def _call(self, operation: str, params: dict[str, Any]) -> Any:
        method = ALLOWED.get(operation) if params.get("SecretId") in self._names else None
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
        """The text with every value that passed here hidden, the longest first."""
        known = sorted((value for value in self._values if len(value) >= SHORTEST_HIDDEN), key=len, reverse=True)
        return re.sub("|".join(map(re.escape, known)), HIDDEN, text) if known else text


def _pieces(value: str) -> Iterator[str]:
    """A value, as it is and as JSON spells it, and, where it is JSON, every text in it."""
    yield value
    yield json.dumps(value)[1:-1]
    try:
        held = json.loads(value)
    except (ValueError, RecursionError):
        return
    stack = [held]
    while stack:
        item = stack.pop()
        stack += list(item.values()) if isinstance(item, dict) else item if isinstance(item, list) else []
        if isinstance(item, str):
            yield from (item, json.dumps(item)[1:-1])
