"""Infisical: output of `infisical export --format=json`, or of its API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smtui.transfer.entry import Entry
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_text, to_text

NAMES, VALUES = ("key", "secretKey"), ("value", "secretValue")


def recognise(file: SourceFile) -> bool:
    found = [*_list_secrets(file.json)]
    return bool(found) and all(
        isinstance(each, dict) and get_text(each, *NAMES) and {*VALUES} & each.keys() for each in found)


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    content = SourceContent("Infisical secrets")
    for number, secret in enumerate(_list_secrets(file.json), 1):
        value = secret["value"] if "value" in secret else secret["secretValue"]
        note = get_text(secret, "comment", "secretComment")
        content.entries.append(Entry(get_text(secret, *NAMES), to_text(value), f"{file.name}, secret {number}",
                                     metadata={"Description": note} if note else {}))
    return content


def _list_secrets(document: Any) -> Iterator[Any]:
    listed = document.get("secrets") if isinstance(document, dict) else document
    yield from listed if isinstance(listed, list) else ()
