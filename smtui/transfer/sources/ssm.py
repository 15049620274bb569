"""AWS Systems Manager parameters: output of get-parameter, get-parameters, get-parameters-by-path."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from smtui.transfer.errors import UnknownSourceError
from smtui.transfer.item import Item, LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_list, get_text, to_text

TYPE_TAG = "ssm-type"
TYPES = ("String", "StringList", "SecureString")
GET_VALUES = "aws ssm get-parameters-by-path --path / --recursive --with-decryption | smtui import -"
_CIPHERTEXT = (b"\x01\x01", b"\x01\x02")
"""How the base64-decoded value of a parameter begins that was not decrypted: the header of a KMS ciphertext."""


def recognise(file: SourceFile) -> bool:
    found = file.json_records
    return bool(found) and all(map(_is_answer, found))


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnknownSourceError if values are absent or not decrypted."""
    content = SourceContent("parameters of AWS Systems Manager")
    pages = file.json_records
    for parameter in _list_parameters(pages):
        place = f"{file.name}, parameter {len(content.items) + 1}"
        if "Value" not in parameter or _is_ciphertext(parameter):
            reason = "was not decrypted" if "Value" in parameter else "has no value"
            raise UnknownSourceError(f"{place} {reason}.", hint=f"Use: {GET_VALUES}")
        content.items.append(_make_item(parameter, place))
    invalid = sum(len(get_list(page, "InvalidParameters")) for page in pages)
    if invalid:
        content.left_behind.append(LeftBehind(invalid, "invalid parameter", "invalid parameters"))
    if pages and pages[-1].get("NextToken") is not None:
        content.notes.append(f"{file.name}: there are more parameters on AWS than in this file (NextToken).")
    return content


def _is_answer(document: Any) -> bool:
    return isinstance(document, dict) and (_is_page(document) or _is_parameter(document.get("Parameter", document)))


def _is_page(document: dict[str, Any]) -> bool:
    listed = document.get("Parameters")
    return isinstance(listed, list) and all(map(_is_parameter, listed))


def _is_parameter(document: Any) -> bool:
    return isinstance(document, dict) and isinstance(document.get("Name"), str) and document.get("Type") in TYPES \
        and not {"SecretString", "SecretBinary"} & document.keys()


def _list_parameters(pages: list[Any]) -> Iterator[dict[str, Any]]:
    for page in pages:
        yield from page["Parameters"] if _is_page(page) else [page.get("Parameter", page)]


def _is_ciphertext(parameter: dict[str, Any]) -> bool:
    if parameter["Type"] != "SecureString":
        return False
    try:
        raw = base64.b64decode(to_text(parameter["Value"]), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) > 100 and raw.startswith(_CIPHERTEXT)


def _make_item(parameter: dict[str, Any], place: str) -> Item:
    return Item(
        parameter["Name"].strip("/"), place, value=to_text(parameter["Value"]), id=get_text(parameter, "ARN", "Name"),
        description=get_text(parameter, "Description"), tags={TYPE_TAG: parameter["Type"]},
    )  # fmt: skip
