"""How a call travels between a rotation function and the program that started it: a line of JSON each way."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

AGENT = "SMTUI_AGENT"
"""Names the socket at which calls are answered, in the environment of a function."""
LONGEST_LINE = 1024 * 1024
BYTES, TIME = "$bytes", "$time"


def encoded(message: dict[str, Any]) -> bytes:
    return json.dumps(message, default=_plain).encode() + b"\n"


def refusal(message: str, code: str = "ValidationException") -> bytes:
    """The answer to a call that is not carried out."""
    return encoded({"error": {"Code": code, "Message": message}})


def decoded(line: bytes) -> dict[str, Any]:
    """Raises ValueError for anything but an object."""
    message = json.loads(line, object_hook=_rich)
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    if isinstance(value, bytes | bytearray):
        return {BYTES: base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _rich(found: dict[str, Any]) -> Any:
    if found.keys() == {BYTES}:
        return base64.b64decode(found[BYTES], validate=True)
    if found.keys() == {TIME}:
        return datetime.fromisoformat(found[TIME])
    return found
