"""AWS JSON 1.1: the operation and the parameters of a request, and the body of a response.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.protocol.messages import AWS_JSON, HttpRequest, RefusedRequestError
from smtui.text.strict_json import StrictJsonError, convert_numbers, parse_strict_json

TARGET_PREFIX = "secretsmanager."
NOT_AN_OBJECT = "Start of structure or map expected."


def read_operation(request: HttpRequest) -> str:
    """The operation that the headers name. Raises RefusedRequestError."""
    target = request.find_header("x-amz-target")
    operation = target.removeprefix(TARGET_PREFIX)
    if operation == target or operation not in OPERATIONS or len(request.find_headers("x-amz-target")) > 1:
        raise RefusedRequestError("UnknownOperationException")
    content_type = request.find_header("content-type").partition(";")[0].strip().lower()
    if content_type != AWS_JSON:
        raise RefusedRequestError("UnknownOperationException")
    return operation


def read_parameters(body: bytes) -> dict[str, Any]:
    """The parameters in a body; none if it is empty.

    What is null, unknown or of another type is left to the client that gets them. Raises RefusedRequestError.
    """
    if not body:
        return {}
    try:
        found = convert_numbers(parse_strict_json(body.decode()))
    except StrictJsonError as error:
        raise RefusedRequestError("SerializationException", f"The request is {error}.") from None
    except (UnicodeDecodeError, OverflowError, RecursionError, ValueError):
        raise RefusedRequestError("SerializationException", "The request is not valid JSON in UTF-8.") from None
    if not isinstance(found, dict):
        raise RefusedRequestError("SerializationException", NOT_AN_OBJECT)
    return found


def find_secret(params: dict[str, Any]) -> object:
    """What names the secret in the parameters of an operation; empty for an operation of none or of several."""
    return params.get("SecretId") or params.get("Name") or ""


def format_response(operation: str, response: Mapping[str, Any]) -> bytes:
    """The body of a response; empty if the operation has no output."""
    if not OPERATIONS[operation].response.members:
        return b""
    return format_body({name: value for name, value in response.items() if name != "ResponseMetadata"})


def format_body(members: Mapping[str, Any]) -> bytes:
    """JSON without spaces; times are seconds since 1970 with milliseconds, bytes are base64."""
    return json.dumps(members, default=_format_scalar, separators=(",", ":"), ensure_ascii=False).encode()


def _format_scalar(value: object) -> object:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)
