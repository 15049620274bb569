"""chamber: a JSON object of names and values with a key of its own bookkeeping, which is dropped."""

from __future__ import annotations

from smtui.transfer.entry import Entry
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import to_text

BOOKKEEPING = "_chamber_metadata"


def recognise(file: SourceFile) -> bool:
    held = file.json
    return isinstance(held, dict) and BOOKKEEPING in held and len(held) > 1


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    return SourceContent("chamber service", [
        Entry(name, to_text(value), f"{file.name}, {name}")
        for name, value in file.json.items() if name != BOOKKEEPING])
