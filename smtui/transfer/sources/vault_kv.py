"""HashiCorp Vault and OpenBao: output of `vault kv get -format=json` (or yaml), KV version 1 and 2.

The path of a secret is not in its output, so the name is that of the file, or the one of `--as-one`.
"""

from __future__ import annotations

from typing import Any

from smtui.text import strict_json
from smtui.transfer.errors import UnknownSourceError
from smtui.transfer.item import Item, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_object, to_tags

MEMBERS = {"request_id", "lease_id"}


def recognise(file: SourceFile) -> bool:
    found = file.documents
    return bool(found) and all(
        isinstance(each, dict) and each.keys() >= MEMBERS and "data" in each for each in found)


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnknownSourceError if the file has no values."""
    content = SourceContent("secret of HashiCorp Vault")
    for number, document in enumerate(file.documents, 1):
        item = _make_item(document, file, f"{file.name}, secret {number}")
        if item is None:
            raise UnknownSourceError(f"{file.name} is output of HashiCorp Vault without a value.",
                                     hint="Use: vault kv get -format=json PATH | smtui import - --as-one NAME")
        content.items.append(item)
    return content


def _make_item(document: dict[str, Any], file: SourceFile, place: str) -> Item | None:
    data = get_object(document, "data")
    about: dict[str, Any] = {}
    if isinstance(data.get("metadata"), dict) and data.keys() == {"data", "metadata"}:
        about, data = data["metadata"], get_object(data, "data")
    if not data or data.keys() == {"keys"}:
        return None
    title = file.path.stem if file.path else "vault"
    return Item(title, place, value=strict_json.format_json(data), is_unnamed=True,
                tags=to_tags(get_object(about, "custom_metadata")))
