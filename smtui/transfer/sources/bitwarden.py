"""Bitwarden and Vaultwarden: exports as JSON, plain or protected by a password, as ZIP with attachments, and
output of `bw list items`, whose folders have no names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smtui.text import strict_json
from smtui.text.strict_json import StrictJsonError
from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.errors import SourcePassphraseError, UnknownSourceError
from smtui.transfer.item import STANDARD_FIELDS, Attachment, Item, ItemState, LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import get_list, get_object, get_text, list_objects, to_text
from smtui.transfer.unique_names import UniqueNames

LINKED = "3"
DATA = "data.json"
ATTACHMENTS = "attachments/"
AS_PROTECTED = 'In Bitwarden, export again as ".json (Encrypted)" with "Password protected", or as ".json".'


def recognise(file: SourceFile) -> bool:
    if file.zip is not None:
        return DATA in file.zip.names
    held = file.json
    if isinstance(held, list):
        return bool(held) and all(map(_is_listed_item, held))
    if not isinstance(held, dict) or not isinstance(held.get("encrypted"), bool):
        return False
    return isinstance(held.get("items"), list) or (held["encrypted"] and isinstance(held.get("data"), str))


def read(file: SourceFile, key: SourceKey) -> SourceContent:
    """Raises UnreadableFileError; UnknownSourceError, SourcePassphraseError for an encrypted export."""
    if file.zip is not None:
        document = _parse(file.zip.read(DATA), file.name)
        return _make_content(document, file, "Bitwarden export with attachments")
    document = file.json
    if isinstance(document, list):
        return _make_content({"items": document}, file, "output of bw list items")
    if not document["encrypted"]:
        return _make_content(document, file, "Bitwarden export")
    if document.get("passwordProtected") is not True:
        raise UnknownSourceError(f"{file.name} is a Bitwarden export that only its own account can decrypt.",
                                 hint=AS_PROTECTED)
    content = _make_content(_decrypt(document, file.name, key), file, "Bitwarden export, protected by a password,")
    content.is_encrypted = True
    return content


def _is_listed_item(document: Any) -> bool:
    return isinstance(document, dict) and document.get("object") == "item" and isinstance(document.get("name"), str) \
        and "type" in document


def _decrypt(document: Mapping[str, Any], file: str, key: SourceKey) -> Any:
    from smtui.transfer import bitwarden_crypto

    try:
        return _parse(bitwarden_crypto.decrypt_export(document, key.require_passphrase(file)), file)
    except bitwarden_crypto.WrongPassphraseOfExportError:
        raise SourcePassphraseError(file, is_wrong=True) from None
    except bitwarden_crypto.UnsupportedExportError as error:
        raise make_unreadable_error(file, str(error)) from None
    except ValueError:
        raise make_unreadable_error(file, "it is damaged or incomplete") from None


def _parse(raw: bytes, file: str) -> Any:
    try:
        document = strict_json.parse_strict_json(raw.decode())
    except (StrictJsonError, UnicodeDecodeError):
        raise make_unreadable_error(file, "the JSON text inside is not valid") from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise make_unreadable_error(file, "the JSON text inside is not an export")
    return document


def _make_content(document: dict[str, Any], file: SourceFile, what: str) -> SourceContent:
    folders = {get_text(each, "id"): get_text(each, "name")
               for member in ("folders", "collections") for each in list_objects(document, member)}
    content = SourceContent("")
    passkeys = absent = 0
    for number, item in enumerate(list_objects(document, "items"), 1):
        content.items.append(_make_item(item, folders, file, f"{file.name}, item {number}"))
        passkeys += len([*list_objects(get_object(item, "login"), "fido2Credentials")])
        absent += 0 if file.zip is not None else len([*list_objects(item, "attachments")])
    count = len(content.items)
    content.what = f"{what} with {count:,} item{'' if count == 1 else 's'}"
    if passkeys:
        content.left_behind.append(LeftBehind(passkeys, "passkey", "passkeys"))
    if absent:
        content.left_behind.append(LeftBehind(absent, "attachment that the file does not contain",
                                              "attachments that the file does not contain"))
    return content


def _make_item(item: dict[str, Any], folders: Mapping[str, str], file: SourceFile, place: str) -> Item:
    fields = dict(_list_fields(item))
    ids = [get_text(item, "folderId"), *get_list(item, "collectionIds")]
    folder = next((folders[str(id)] for id in ids if str(id) in folders), "")
    state = ItemState.TRASHED if get_text(item, "deletedDate") else \
        ItemState.ARCHIVED if get_text(item, "archivedDate") else ItemState.ACTIVE
    id = get_text(item, "id")
    return Item(
        get_text(item, "name"), place, (folder,) if folder else (), fields, id=id, state=state,
        history=[*_list_history(item, fields)], attachments=[*_list_attachments(id, file)],
    )  # fmt: skip


def _list_fields(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    login = get_object(item, "login")
    for name, member in (("username", "username"), ("password", "password"), ("otp", "totp")):
        yield name, get_text(login, member)
    for number, uri in enumerate(list_objects(login, "uris"), 1):
        yield "url" if number == 1 else f"url-{number}", get_text(uri, "uri")
    for kind in ("card", "identity", "sshKey"):
        for name, value in get_object(item, kind).items():
            yield name, to_text(value)
    yield "notes", get_text(item, "notes")
    names = UniqueNames(STANDARD_FIELDS)
    for custom in list_objects(item, "fields"):
        if get_text(custom, "type") != LINKED:
            yield names.choose(get_text(custom, "name") or "field"), to_text(custom.get("value"))


def _list_history(item: dict[str, Any], fields: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The earlier passwords, the oldest first, each with the fields of today."""
    older = sorted(list_objects(item, "passwordHistory"), key=lambda each: get_text(each, "lastUsedDate"))
    yield from ({**fields, "password": get_text(each, "password")} for each in older)


def _list_attachments(id: str, file: SourceFile) -> Iterator[Attachment]:
    folder = f"{ATTACHMENTS}{id}/"
    for name in file.zip.names if file.zip is not None and id else ():
        if name.startswith(folder) and name != folder:
            yield Attachment(name.removeprefix(folder), file.zip.read(name) if file.zip else b"")
