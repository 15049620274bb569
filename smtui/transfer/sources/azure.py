"""Azure Key Vault: output of `az keyvault secret show`, or a list of it."""

from __future__ import annotations

from typing import Any

from smtui.transfer.item import Item, LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_object, get_text, to_tags, to_text


def recognise(file: SourceFile) -> bool:
    found = file.json_records
    return bool(found) and all(map(is_secret, found)) and any(each.get("value") is not None for each in found)


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    found = file.json_records
    content = SourceContent("Azure Key Vault secrets")
    for number, secret in enumerate(found, 1):
        if secret.get("value") is not None:
            content.items.append(_make_item(secret, f"{file.name}, secret {number}"))
    if left := len(found) - len(content.items):
        content.left_behind.append(LeftBehind(left, "secret without a value", "secrets without a value"))
    return content


def is_secret(document: Any) -> bool:
    """Whether this is a secret of Azure Key Vault, with or without its value."""
    return isinstance(document, dict) and ".vault.azure." in get_text(document, "id") and \
        "/secrets/" in get_text(document, "id")


def _make_item(secret: dict[str, Any], place: str) -> Item:
    vault, _, path = get_text(secret, "id").partition("/secrets/")
    name = get_text(secret, "name") or path.partition("/")[0]
    return Item(name, place, value=to_text(secret["value"]), description=get_text(secret, "contentType"),
                tags=to_tags(get_object(secret, "tags")), id=f"{vault}/secrets/{name}")
