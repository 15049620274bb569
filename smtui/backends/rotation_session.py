"""The client of a rotation function: the program that started the function answers its calls."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from smtui.api.boto_client import BotoClient
from smtui.api.errors import ClientError, VaultMissingError, make_error
from smtui.api.model import OPERATIONS
from smtui.engine.request import validate
from smtui.rotation import rpc_codec

if TYPE_CHECKING:
    from smtui.api.types import Client

ONLY_ITS_OWN = "A rotation function can read and change only the secret it was started for."
NO_ANSWER = "The program that started this rotation function does not answer."


class RotationSessionClient(BotoClient):
    """A client with boto3's shape for the operations that a rotation needs, on its own secret."""

    def __init__(self, place: str) -> None:
        super().__init__(os.environ.get("AWS_REGION", ""), Path(place).absolute().as_uri())
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(place)
        self._answers = self._line.makefile("rb")

    def close(self) -> None:
        self._answers.close()
        self._line.close()

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            line = rpc_codec.encode({"operation": operation, "params": params})
        except TypeError:
            validate(OPERATIONS[operation].request, params)  # raises the error of a value of no type of the API
            raise
        try:
            self._line.sendall(line)
            answer = rpc_codec.decode(self._answers.readline())
        except (OSError, ValueError):
            raise VaultMissingError(NO_ANSWER) from None
        if "error" in answer:
            raise _make_error(operation, answer["error"])
        result: dict[str, Any] = answer["result"]
        return result


def _make_error(operation: str, error: dict[str, Any]) -> ClientError:
    refusal = make_error(error["Code"], error["Message"])
    refusal.add_response_metadata(operation, {
        "HTTPStatusCode": refusal.status, "HTTPHeaders": {}, "RetryAttempts": 0, **error.get("ResponseMetadata", {}),
    })
    return refusal


def is_rotation_function() -> bool:
    """Whether this process was started as a rotation function, or by one."""
    return rpc_codec.SOCKET_VARIABLE in os.environ


def rotation_client() -> Client:
    """The client of a rotation function. Raises VaultMissingError in any other process."""
    try:
        return cast("Client", RotationSessionClient(os.environ[rpc_codec.SOCKET_VARIABLE]))
    except (KeyError, OSError, AttributeError):
        raise VaultMissingError("This process was not started as a rotation function.") from None


class RotationSession:
    """The part of a vault that commands need when a rotation function calls them."""

    read_only = False
    notices = ()

    def __init__(self) -> None:
        self._client = rotation_client()

    def client(self, *, region_name: str | None = None) -> Client:
        return self._client

    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]:
        """Raises VaultMissingError: a rotation function works only with the secret it was started for."""
        raise VaultMissingError(ONLY_ITS_OWN)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Has no effect here: each call commits alone and cannot be rolled back."""
        yield

    def __enter__(self) -> RotationSession:
        return self

    def __exit__(self, *_: object) -> None:
        """Does nothing: the connection closes with the process."""
