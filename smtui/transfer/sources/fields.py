"""Reads members of documents from others: what has another type than expected counts as absent."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from smtui.text import strict_json
from smtui.text.strict_json import Number
from smtui.transfer.entry import Value, make_unreadable_error


def get_text(document: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is text or a number, as text; empty if none of them is."""
    for name in names:
        found = document.get(name)
        if isinstance(found, str | Number) and found:
            return str(found)
    return ""


def get_object(document: Any, name: str) -> dict[str, Any]:
    """A member that is an object; empty if it is not one."""
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def get_list(document: Any, name: str) -> list[Any]:
    """A member that is a list; empty if it is not one."""
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def list_objects(document: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects in a member that is a list."""
    yield from (each for each in get_list(document, name) if isinstance(each, dict))


def to_text(member: Any) -> str:
    """A string unchanged, nothing as empty text, everything else as JSON."""
    if member is None:
        return ""
    return str(member) if isinstance(member, str) else strict_json.format_json(member)


def to_tags(document: Mapping[str, Any]) -> dict[str, str]:
    """An object as tags."""
    return {key: to_text(value) for key, value in document.items()}


def decode_base64(text: str, place: str) -> bytes:
    """Decodes base64 or base64url. Raises UnreadableFileError."""
    try:
        return base64.b64decode("".join(text.split()).replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise make_unreadable_error(place, "a value is not base64") from None


def to_value(raw: bytes) -> Value:
    """UTF-8 as text, anything else as bytes."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw
