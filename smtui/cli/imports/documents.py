"""JSON files: an object of names and values, or what the aws CLI printed for one secret or many.

Of the aws CLI's answers name, value and owner are taken; ARN, versions and labels belong to the account they came
from. The owner is the OwningService, which stands in some answers only, or what comes before the exclamation mark that
AWS puts into the names of the secrets its services manage, and into no others.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from smtui.cli import strict_json
from smtui.cli.imports.entry import Entry, Value, unreadable
from smtui.cli.strict_json import JsonError

_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,127}")


def read(text: str, file: str) -> tuple[list[Entry], int]:
    """The entries of a file, in its order, and how many secrets it names without a value. Raises UsageError."""
    try:
        document = strict_json.read(text)
    except JsonError as error:
        raise unreadable(file, str(error)) from None
    return list(_entries(document, file)), _without_value(document)


def _entries(document: Any, file: str) -> Iterator[Entry]:
    if isinstance(document, list):
        answers = document
    elif not isinstance(document, dict):
        raise unreadable(file, "an object of names and values is wanted")
    elif _is_batch(document):
        answers = document["SecretValues"]
    elif _is_answer(document):
        answers = [document]
    else:
        yield from _members(document, file)
        return
    for number, answer in enumerate(answers, 1):
        yield _answered(answer, f"{file}, secret {number}")


def _is_batch(document: dict[str, Any]) -> bool:
    """BatchGetSecretValue's answer, and not an object with a secret of that name."""
    held = document.get("SecretValues")
    return isinstance(held, list) and set(document) <= {"SecretValues", "Errors", "NextToken"}


def _without_value(document: Any) -> int:
    """Those that a batch could not get."""
    errors = document.get("Errors") if isinstance(document, dict) and _is_batch(document) else None
    return len(errors) if isinstance(errors, list) else 0


def _is_answer(document: dict[str, Any]) -> bool:
    """GetSecretValue's answer."""
    return {"ARN", "Name"} <= set(document) and bool({"SecretString", "SecretBinary"} & set(document))


def _answered(answer: Any, place: str) -> Entry:
    if not isinstance(answer, dict) or not isinstance(answer.get("Name"), str):
        raise unreadable(place, "it has no Name")
    text, binary, owner = answer.get("SecretString"), answer.get("SecretBinary"), _owner(answer, place)
    if isinstance(text, str) and binary is None:
        return Entry(answer["Name"], text, place, owner)
    if isinstance(binary, str) and text is None:
        return Entry(answer["Name"], _bytes(binary, place), place, owner)
    raise unreadable(place, "it has no SecretString and no SecretBinary, or both")


def _owner(answer: dict[str, Any], place: str) -> str | None:
    stated = answer.get("OwningService")
    if stated is None:
        service, mark, _ = answer["Name"].partition("!")
        return service if mark and _SERVICE.fullmatch(service) else None
    if not isinstance(stated, str) or not _SERVICE.fullmatch(stated):
        raise unreadable(place, "its OwningService is not the id of a service")
    return stated


def _bytes(text: str, place: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise unreadable(place, "its SecretBinary is not base64") from None


def _members(document: dict[str, Any], file: str) -> Iterator[Entry]:
    for number, (name, member) in enumerate(document.items(), 1):
        place = f"{file}, entry {number}"
        if member is None:
            raise unreadable(place, f"{name} has no value (null)")
        yield Entry(name, _text(member), place)


def _text(member: Any) -> Value:
    """A text as it is, everything else as JSON."""
    return str(member) if isinstance(member, str) else strict_json.write(member)
