"""Raw requests: parameters as they come over the wire in AWS JSON 1.1, which have been through no client of AWS.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from smtui.api.errors import SerializationException
from smtui.api.shapes import Blob, Integer, List, Shape, Structure


def drop_ignored(shape: Shape, value: Any) -> Any:
    """A raw request, or a part of it, as AWS JSON 1.1 reads it: without unknown members and those that are null.

    A number without a fraction, such as 2.0, is an integer. What does not have the type of its shape stays as it is.
    """
    match shape, value:
        case Structure(), dict():
            return {name: drop_ignored(shape.members[name], member) for name, member in value.items()
                    if member is not None and name in shape.members}
        case List(), list() | tuple():
            return [drop_ignored(shape.item, item) for item in value]
        case Integer(), float() if value.is_integer():
            return int(value)
    return value


def decode_blob(value: Any) -> Any:
    """The bytes of a blob, which is base64 text in JSON. Raises SerializationException."""
    if not isinstance(value, str):
        return bytes(value) if isinstance(value, bytearray) else value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException("The blob is not valid base64.") from None


def convert_to_boto(shape: Structure, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that a boto3 client would have been given for a raw request. Raises SerializationException."""
    known: dict[str, Any] = drop_ignored(shape, dict(params))
    return {name: decode_blob(value) if isinstance(shape.members[name], Blob) else value
            for name, value in known.items()}
