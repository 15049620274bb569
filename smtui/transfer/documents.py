"""JSON files: an object of names and values, what the aws CLI printed for one secret or many, or an export of ours.

Of an answer name, value, owner, and, where they stand in it, description, tags and type are taken; ARN, versions and
labels belong to the account they came from. The owner is the OwningService, which stands in some answers only, or
what comes before the exclamation mark that AWS puts into the names of the secrets its services manage, and into no
others.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from smtui import strict_json
from smtui.strict_json import JsonError
from smtui.transfer.entry import Entry, Value, unreadable

OF_A_BATCH = {"SecretValues", "Errors", "NextToken"}
ABOUT = ("Description", "Tags", "Type")
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,127}")


def read(text: str, file: str) -> tuple[list[Entry], int]:
    """The entries of a file, in its order, and how many secrets it names without a value.

    Raises: UnreadableFileError.
    """
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
        yield answered(answer, f"{file}, secret {number}")


def _is_batch(document: dict[str, Any]) -> bool:
    """BatchGetSecretValue's answer, and not an object with a secret of that name."""
    held = document.get("SecretValues")
    return isinstance(held, list) and set(document) <= OF_A_BATCH


def _without_value(document: Any) -> int:
    """Those that a batch could not get."""
    errors = document.get("Errors") if isinstance(document, dict) and _is_batch(document) else None
    return len(errors) if isinstance(errors, list) else 0


def _is_answer(document: dict[str, Any]) -> bool:
    """GetSecretValue's answer."""
    return {"ARN", "Name"} <= set(document) and bool({"SecretString", "SecretBinary"} & set(document))


def answered(answer: Any, place: str) -> Entry:
    """One secret of a list. Raises UnreadableFileError."""
    if not isinstance(answer, dict) or not isinstance(answer.get("Name"), str):
        raise unreadable(place, "it has no Name")
    return Entry(answer["Name"], _value(answer, place), place, _owner(answer, place), _about(answer, place))


def _value(answer: dict[str, Any], place: str) -> Value:
    text, binary = answer.get("SecretString"), answer.get("SecretBinary")
    if isinstance(text, str) and binary is None:
        return str(text)
    if isinstance(binary, str) and text is None:
        return _bytes(binary, place)
    raise unreadable(place, "it has no SecretString and no SecretBinary, or both")


def _about(answer: dict[str, Any], place: str) -> dict[str, Any]:
    """What CreateSecret is told besides name and value; whether it may be so is for the vault to say."""
    about = {member: answer[member] for member in ABOUT if answer.get(member)}
    if not all(isinstance(about.get(member, ""), str) for member in ("Description", "Type")):
        raise unreadable(place, "its Description or Type is not text")
    tags = about.get("Tags", [])
    if not isinstance(tags, list) or not all(map(_is_tag, tags)):
        raise unreadable(place, "its Tags are not a list of Key and Value")
    return about


def _is_tag(tag: Any) -> bool:
    return isinstance(tag, dict) and tag.keys() <= {"Key", "Value"} and \
        isinstance(tag.get("Key", ""), str) and isinstance(tag.get("Value", ""), str)


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
