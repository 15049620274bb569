"""The encoding of calls between a rotation function and smtui: one line of JSON in each direction."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

SOCKET_VARIABLE = "SMTUI_AGENT"
"""The environment variable of a function with the path of the socket for its calls."""
MAX_LINE_BYTES = 1024 * 1024
BYTES, TIME = "$bytes", "$time"


def encode(message: dict[str, Any]) -> bytes:
    """A line for a message; times and bytes are tagged objects."""
    return json.dumps(message, default=_to_json).encode() + b"\n"


def encode_error(message: str, code: str = "ValidationException", metadata: dict[str, Any] | None = None) -> bytes:
    """The answer to a call that is refused. `code` is an error code of AWS, or `ParamValidationError`."""
    error: dict[str, Any] = {"Code": code, "Message": message}
    return encode({"error": error | ({"ResponseMetadata": metadata} if metadata else {})})


def decode(line: bytes) -> dict[str, Any]:
    """The message in a line. Raises ValueError if it is not a JSON object."""
    message = json.loads(line, object_hook=_from_json)
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    if isinstance(value, bytes | bytearray):
        return {BYTES: base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _from_json(found: dict[str, Any]) -> Any:
    if found.keys() == {BYTES}:
        return base64.b64decode(found[BYTES], validate=True)
    if found.keys() == {TIME}:
        return datetime.fromisoformat(found[TIME])
    return found
