"""YAML mappings of names and values, read only on demand: too many texts are YAML by chance."""

from __future__ import annotations

from smtui.transfer.entry import Entry, make_unreadable_error
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import to_text
from smtui.transfer.yaml_reader import require_documents


def recognise(_: SourceFile) -> bool:
    return False


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    documents = require_documents(file.require_text(), file.name)
    if not all(isinstance(each, dict) for each in documents):
        raise make_unreadable_error(file.name, "expected a mapping of names and values")
    return SourceContent("YAML mapping of names and values", [
        Entry(name, to_text(value), f"{file.name}, {name}")
        for document in documents for name, value in document.items()])
