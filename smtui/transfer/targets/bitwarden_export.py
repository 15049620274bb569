"""Bitwarden JSON, plain or protected by a password: for Tools > Import in Bitwarden, Vaultwarden and others.

A JSON object becomes a login with its keys as hidden fields; other text becomes a secure note.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from smtui.text.json_object import read_object
from smtui.transfer import bitwarden_crypto
from smtui.transfer.errors import TransferError
from smtui.transfer.export_options import ExportOptions
from smtui.transfer.selection import Answer, get_tags, get_value

ITERATIONS = 600_000
"""Of PBKDF2, as Bitwarden itself exports."""
LOGIN, NOTE, HIDDEN = 1, 2, 1
USER_NAME, PASSWORD, OTP, URL, NOTES = "username", "password", "otp", "url", "notes"


def write(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    """The export in plain text."""
    yield json.dumps(_make_document(answers, options), ensure_ascii=False, indent=2) + "\n"


def write_protected(answers: Iterable[Answer], options: ExportOptions) -> Iterator[str]:
    """The export, protected by the passphrase of the options. Raises TransferError if there is none."""
    if not options.passphrase:
        raise TransferError("This format needs a passphrase.")
    document = _make_document(answers, options)
    random = options.ambient.random_bytes
    head: dict[str, Any] = {
        "encrypted": True, "passwordProtected": True, "salt": base64.b64encode(random(16)).decode(),
        "kdfType": bitwarden_crypto.PBKDF2, "kdfIterations": ITERATIONS, "kdfMemory": None, "kdfParallelism": None}
    keys = bitwarden_crypto.derive_keys(head, options.passphrase)
    check = keys.encrypt(options.ambient.create_uuid().encode(), random(16))
    data = keys.encrypt(json.dumps(document, ensure_ascii=False).encode(), random(16))
    yield json.dumps({**head, bitwarden_crypto.VALIDATION: check, bitwarden_crypto.DATA: data}, indent=2) + "\n"


def _make_document(answers: Iterable[Answer], options: ExportOptions) -> dict[str, Any]:
    folders: dict[str, dict[str, str]] = {}
    items = []
    for answer in answers:
        value = get_value(answer)
        if not isinstance(value, str):
            options.omit_secret("binary values, which Bitwarden cannot hold")
            continue
        folder, _, name = answer["Name"].rpartition("/")
        if folder:
            folders.setdefault(folder, {"id": _make_id(f"folder {folder}"), "name": folder})
        options.count_metadata(get_tags(answer), answer.get("Description"))
        items.append({"id": _make_id(answer["ARN"]), "folderId": folders[folder]["id"] if folder else None,
                      "name": name or answer["Name"], **_make_content(value, options)})
    return {"encrypted": False, "folders": [*folders.values()], "items": items}


def _make_content(value: str, options: ExportOptions) -> dict[str, Any]:
    held = read_object(value)
    if held is None:
        return {"type": NOTE, "notes": value, "secureNote": {"type": 0}}
    for member in held.members:
        options.count_member(member)
    texts = {member.key: member.text for member in held.members}
    urls = [key for key in texts if key == URL or key.startswith(f"{URL}-")]
    login = {"username": texts.get(USER_NAME), "password": texts.get(PASSWORD), "totp": texts.get(OTP),
             "uris": [{"match": None, "uri": texts[key]} for key in urls]}
    used = {USER_NAME, PASSWORD, OTP, NOTES, *urls}
    fields = [{"name": key, "value": text, "type": HIDDEN} for key, text in texts.items() if key not in used]
    return {"type": LOGIN, "notes": texts.get(NOTES), "login": login, "fields": fields}


def _make_id(name: str) -> str:
    """The same UUID for the same name, so that two exports can be compared."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"smtui:{name}"))
