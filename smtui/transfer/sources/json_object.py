"""JSON objects of names and values.

They are recognised only if nothing else can be meant: every member is text, a number or true or false, and every key
may be the name of a secret. `--format json` reads any other object too; objects and lists in it become JSON text.
"""

from __future__ import annotations

from smtui.api.arn import is_secret_name
from smtui.text.strict_json import Number
from smtui.transfer import documents
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources import aws


def recognise(file: SourceFile) -> bool:
    held = file.json
    return isinstance(held, dict) and all(
        is_secret_name(name) and isinstance(value, str | Number | bool) for name, value in held.items())


def read(file: SourceFile, key: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    if aws.recognise(file):
        return aws.read(file, key)
    if file.json is None:
        entries, _ = documents.parse(file.require_text(), file.name)  # says what is wrong
    else:
        entries = list(documents.list_entries(file.json, file.name))
    return SourceContent("JSON object of names and values", entries)
