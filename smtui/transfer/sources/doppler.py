"""Doppler: output of `doppler secrets --json`, an object of `{NAME: {computed, raw, note}}`."""

from __future__ import annotations

from smtui.transfer.entry import Entry
from smtui.transfer.item import LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_text, to_text

ABOUT_ITSELF = {"DOPPLER_PROJECT", "DOPPLER_ENVIRONMENT", "DOPPLER_CONFIG"}


def recognise(file: SourceFile) -> bool:
    held = file.json
    return isinstance(held, dict) and bool(held) and all(
        isinstance(each, dict) and "computed" in each for each in held.values())


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    content = SourceContent("Doppler secrets")
    for name, secret in file.json.items():
        if name in ABOUT_ITSELF:
            continue
        note = get_text(secret, "note")
        content.entries.append(Entry(name, to_text(secret["computed"]), f"{file.name}, {name}",
                                     metadata={"Description": note} if note else {}))
    if left := len(ABOUT_ITSELF & file.json.keys()):
        content.left_behind.append(LeftBehind(left, "variable set by Doppler", "variables set by Doppler"))
    return content
