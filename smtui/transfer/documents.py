"""JSON import: an object of names and values, the aws CLI's output for one secret or several, or an smtui export.

From the aws CLI's output it takes name, value, owning service, description, tags and type. ARN, versions and staging
labels belong to the account of origin and are ignored. The owner is OwningService, which not every answer has, or the
part of the name before an exclamation mark, which AWS uses only in names of managed secrets.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from smtui.text import strict_json
from smtui.text.interruption import check_interruption
from smtui.text.strict_json import StrictJsonError
from smtui.transfer.entry import Entry, Value, make_unreadable_error
from smtui.transfer.sources.fields import to_text

BATCH_MEMBERS = {"SecretValues", "Errors", "NextToken", "ResponseMetadata"}
METADATA = ("Description", "Tags", "Type")
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,127}")


def parse(text: str, file: str) -> tuple[list[Entry], int]:
    """The entries of a file in their order, and the number of secrets that it lists without a value.

    `file` is the file's name in messages. Raises UnreadableFileError.
    """
    try:
        document = strict_json.parse_strict_json(text)
    except StrictJsonError as error:
        raise make_unreadable_error(file, str(error)) from None
    return list(list_entries(document, file)), _count_without_value(document)


def list_entries(document: Any, file: str) -> Iterator[Entry]:
    """The entries of a document in their order. Raises UnreadableFileError."""
    if isinstance(document, list):
        answers = document
    elif not isinstance(document, dict):
        raise make_unreadable_error(file, "expected an object of names and values")
    elif _is_batch(document):
        answers = document["SecretValues"]
    elif _is_answer(document):
        answers = [document]
    else:
        yield from _list_members(document, file)
        return
    for number, answer in enumerate(answers, 1):
        yield parse_secret(answer, f"{file}, secret {number}")


def _is_batch(document: dict[str, Any]) -> bool:
    """Whether this is output of BatchGetSecretValue, not an object with a secret named SecretValues."""
    held = document.get("SecretValues")
    return isinstance(held, list) and set(document) <= BATCH_MEMBERS


def _count_without_value(document: Any) -> int:
    """The number of secrets that BatchGetSecretValue could not get."""
    errors = document.get("Errors") if isinstance(document, dict) and _is_batch(document) else None
    return len(errors) if isinstance(errors, list) else 0


def note_rest(file: str, failed: int, *, is_continued: bool) -> list[str]:
    """Sentences about what pages of BatchGetSecretValue lack: secrets without a value, and further pages."""
    notes = [f"{file}: skipped {failed:,} without a value (see Errors in the file)."] if failed else []
    if is_continued:
        notes.append(f"{file}: there are more secrets on AWS than in this file (NextToken).")
    return notes


def is_secret(document: Any) -> bool:
    """Whether this is output of GetSecretValue, or the input of CreateSecret."""
    return isinstance(document, dict) and isinstance(document.get("Name"), str) and \
        bool({"SecretString", "SecretBinary"} & document.keys())


def _is_answer(document: dict[str, Any]) -> bool:
    """Whether this is output of GetSecretValue."""
    return {"ARN", "Name"} <= set(document) and bool({"SecretString", "SecretBinary"} & set(document))


def parse_secret(answer: Any, place: str) -> Entry:
    """One secret of a list. Raises UnreadableFileError."""
    check_interruption()
    if not isinstance(answer, dict) or not isinstance(answer.get("Name"), str):
        raise make_unreadable_error(place, "it has no Name")
    value, owner = _parse_value(answer, place), _parse_owner(answer, place)
    return Entry(answer["Name"], value, place, owner, _parse_metadata(answer, place))


def _parse_value(answer: dict[str, Any], place: str) -> Value:
    text, binary = answer.get("SecretString"), answer.get("SecretBinary")
    if isinstance(text, str) and binary is None:
        return str(text)
    if isinstance(binary, str) and text is None:
        return _decode_base64(binary, place)
    raise make_unreadable_error(place, "it has no SecretString and no SecretBinary, or both")


def _parse_metadata(answer: dict[str, Any], place: str) -> dict[str, Any]:
    """The members for CreateSecret besides name and value. The vault checks their limits."""
    about = {member: answer[member] for member in METADATA if answer.get(member)}
    if not all(isinstance(about.get(member, ""), str) for member in ("Description", "Type")):
        raise make_unreadable_error(place, "its Description or Type is not text")
    tags = about.get("Tags", [])
    if not isinstance(tags, list) or not all(map(_is_tag, tags)):
        raise make_unreadable_error(place, "its Tags are not a list of objects with Key and Value")
    return about


def _is_tag(tag: Any) -> bool:
    return isinstance(tag, dict) and tag.keys() <= {"Key", "Value"} and \
        isinstance(tag.get("Key", ""), str) and isinstance(tag.get("Value", ""), str)


def _parse_owner(answer: dict[str, Any], place: str) -> str | None:
    stated = answer.get("OwningService")
    if stated is None:
        service, mark, _ = answer["Name"].partition("!")
        return service if mark and _SERVICE.fullmatch(service) else None
    if not isinstance(stated, str) or not _SERVICE.fullmatch(stated):
        raise make_unreadable_error(place, "its OwningService is not a service ID")
    return stated


def _decode_base64(text: str, place: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise make_unreadable_error(place, "its SecretBinary is not base64") from None


def _list_members(document: dict[str, Any], file: str) -> Iterator[Entry]:
    for number, (name, member) in enumerate(document.items(), 1):
        check_interruption()
        place = f"{file}, entry {number}"
        if member is None:
            raise make_unreadable_error(place, f"{name} has no value (null)")
        yield Entry(name, to_text(member), place)
