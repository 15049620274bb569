"""The client with which a rotation function calls the program that started it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.backends.socket_client import SocketClient
from smtui.engine.request import validate_form

NO_ANSWER = "The program that started this rotation function does not answer."


class RotationSessionClient(SocketClient):
    """A client with boto3's shape for the operations that a rotation needs, on its own secret."""

    no_answer = NO_ANSWER

    def __init__(self, place: str) -> None:
        line = socket.socket(socket.AF_UNIX)
        line.connect(place)
        super().__init__(os.environ.get("AWS_REGION", ""), Path(place).absolute().as_uri(), line)

    def _build_call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Refuses an invalid request before it is sent, as boto3 does: what answers looks at the secret first."""
        validate_form(OPERATIONS[operation].request, params)
        return super()._build_call(operation, params)
