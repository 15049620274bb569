"""Clients whose calls another process answers over a Unix socket: a line of JSON in each direction."""

from __future__ import annotations

import socket
from typing import Any, ClassVar

from smtui.api import errors
from smtui.api.boto_client import BotoClient
from smtui.api.errors import SmtuiError, VaultMissingError, make_error
from smtui.api.model import OPERATIONS
from smtui.engine.request import validate
from smtui.rotation import rpc_codec


class SocketClient(BotoClient):
    """A client with boto3's shape.

    Args:
        region_name: the Region.
        endpoint_url: the URL of what answers.
        line: the connected socket.
    """

    no_answer: ClassVar[str] = "The other process does not answer."

    def __init__(self, region_name: str, endpoint_url: str, line: socket.socket) -> None:
        super().__init__(region_name, endpoint_url)
        self._line = line
        self._answers = line.makefile("rb")

    def close(self) -> None:
        self._answers.close()
        self._line.close()

    def _build_call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"operation": operation, "params": params}

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            line = rpc_codec.encode(self._build_call(operation, params))
        except TypeError:
            validate(OPERATIONS[operation].request, params)  # raises the error of a value of no type of the API
            raise
        return self._exchange(line, operation)

    def _exchange(self, line: bytes | bytearray, operation: str = "") -> dict[str, Any]:
        """Sends a line and returns the result in the answer. Raises SmtuiError."""
        try:
            self._line.sendall(line)
            return read_answer(self._answers.readline(), operation)
        except (OSError, ValueError):
            raise VaultMissingError(self.no_answer) from None


def read_answer(line: bytes, operation: str = "") -> dict[str, Any]:
    """The result in an answer. Raises the SmtuiError in it, or ValueError if the line is no answer."""
    answer = rpc_codec.decode(line)
    if "error" in answer:
        raise _make_error(operation, answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


def _make_error(operation: str, error: dict[str, Any]) -> SmtuiError:
    """The error in an answer: of the class that its code names."""
    code, message, metadata = error["Code"], error["Message"], dict(error.get("ResponseMetadata", {}))
    hint = metadata.pop("Hint", "") or error.get("Hint", "")
    kind = getattr(errors, code, None)
    if isinstance(kind, type) and issubclass(kind, errors.VaultError):
        return kind(message, hint=hint)
    if not operation:
        return errors.VaultError(message, hint=hint)
    refusal = make_error(code, message, hint=hint)
    refusal.add_response_metadata(operation, {
        "HTTPStatusCode": refusal.status, "HTTPHeaders": {}, "RetryAttempts": 0, **metadata,
    })
    return refusal
