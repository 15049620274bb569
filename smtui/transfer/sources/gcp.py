"""Google Secret Manager: output of `gcloud secrets versions access ... --format=json`."""

from __future__ import annotations

import re
from typing import Any

from smtui.transfer.item import Item, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import decode_base64, get_object, get_text, to_value

_NAME = re.compile(r"(projects/[^/]+(?:/locations/[^/]+)?/secrets/([^/]+))/versions/[^/]+")


def recognise(file: SourceFile) -> bool:
    found = file.json_records
    return bool(found) and all(map(_is_version, found))


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    content = SourceContent("Google Secret Manager secrets")
    for number, version in enumerate(file.json_records, 1):
        place = f"{file.name}, secret {number}"
        named = _NAME.fullmatch(version["name"])
        assert named is not None
        value = to_value(decode_base64(get_text(get_object(version, "payload"), "data"), place))
        content.items.append(Item(named[2], place, value=value, id=named[1]))
    return content


def _is_version(document: Any) -> bool:
    return isinstance(document, dict) and _NAME.fullmatch(get_text(document, "name")) is not None and \
        "data" in get_object(document, "payload")
