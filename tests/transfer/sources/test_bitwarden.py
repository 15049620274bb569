"""Exports of Bitwarden: plain, protected by a password, and with attachments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smtui.transfer import formats, zip_reader
from smtui.transfer.entry import Entry
from smtui.transfer.errors import SourcePassphraseError, TransferError, UnknownSourceError, UnreadableFileError
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources import bitwarden
from tests.transfer.sources.samples import BITWARDEN, PASSPHRASE, encode, make_zip, protect_bitwarden


def read(raw: bytes, passphrase: str | None = PASSPHRASE, **options: bool) -> formats.FileContent:
    return formats.read_source(SourceFile(raw, "bw.json"), None, SourceKey(passphrase), MappingOptions(**options))


def by_name(content: formats.FileContent) -> dict[str, Entry]:
    return {entry.name: entry for entry in content.entries}


ACCOUNT = {"encrypted": True, "encKeyValidation_DO_NOT_EDIT": "2.iv|text|mac"}


@pytest.mark.parametrize("members", [
    {"folders": [], "items": [{"id": "i", "type": 1, "name": "2.iv|text|mac"}]}, {"collections": [], "items": []},
    {"passwordProtected": False, "folders": [], "items": []}, {"passwordProtected": False, "data": "2.iv|text|mac"},
])  # fmt: skip
def test_an_export_for_one_account_is_refused_with_the_export_to_make(members: dict[str, Any]) -> None:
    """Its items are there, and each of their texts is encrypted."""
    with pytest.raises(UnknownSourceError, match="only its own account") as refused:
        read(encode({**ACCOUNT, **members}))

    assert refused.value.hint == bitwarden.AS_PROTECTED


ZIP = make_zip({"data.json": encode(BITWARDEN), "attachments/i1/key.pem": b"PEM", "attachments/i9/x": b"x"})
PROTECTED = encode(protect_bitwarden(BITWARDEN))


@pytest.mark.parametrize("raw", [
    encode(BITWARDEN), PROTECTED, ZIP,
    encode(protect_bitwarden(BITWARDEN, kdfType=1, kdfIterations=1, kdfMemory=1, kdfParallelism=1)),
], ids=["plain", "PBKDF2", "ZIP", "Argon2id"])  # fmt: skip
def test_every_kind_of_export_gives_the_same_secrets(raw: bytes) -> None:
    found = read(raw)

    entries = by_name(found)
    assert [*entries] == ["Work/Mail/Box", "A-note", "Visa", "Key"]
    assert json.loads(str(entries["Work/Mail/Box"].value)) == {
        "username": "ann", "password": "third", "otp": "JBSWY3DP", "url": "https://a.example",
        "url-2": "https://b.example", "notes": "two\nlines", "PIN": "42", "PIN-2": "43", "on": "true"}
    assert entries["A-note"].value == "text"
    assert json.loads(str(entries["Visa"].value))["number"] == "4111"
    assert json.loads(str(entries["Key"].value)) == {"privateKey": "PRIVATE", "publicKey": "PUBLIC"}
    assert {"Key": "imported-id", "Value": "i1"} in entries["Work/Mail/Box"].metadata["Tags"]
    assert [str(each) for each in found.left_behind][:2] == ["1 passkey", "2 older values (--history imports them)"]
    assert str(found.left_behind[-1]) == "1 item in the trash (--trash imports it)"


def test_output_of_its_command_line_is_read_too() -> None:
    """It has no names of folders, and names attachments without their content."""
    items = [{**item, "object": "item"} for item in BITWARDEN["items"]]  # type: ignore[attr-defined]
    items[0]["attachments"] = [{"id": "x", "fileName": "key.pem"}]

    found = read(encode(items))

    assert [*by_name(found)] == ["Box", "A-note", "Visa", "Key"]
    assert "output of bw list items" in found.what
    assert "1 attachment that the file does not contain" in map(str, found.left_behind)


def test_older_passwords_and_attachments_come_along() -> None:
    entries = by_name(read(ZIP, history=True, attachments=True))

    history = entries["Work/Mail/Box"].history
    assert [json.loads(str(value))["password"] for value in history] == ["first", "second"]
    assert entries["Work/Mail/Box/key.pem"].value == b"PEM"


def test_a_protected_export_says_what_it_needs() -> None:
    with pytest.raises(SourcePassphraseError, match="needs its own passphrase"):
        read(PROTECTED, None)
    with pytest.raises(SourcePassphraseError, match="wrong"):
        read(PROTECTED, "hunter2")
    assert read(PROTECTED).is_encrypted


@pytest.mark.parametrize(("member", "value", "reason"), [
    ("kdfIterations", 1 << 40, "iterations"), ("kdfType", 7, "unknown"), ("data", "2.x", "damaged"),
    ("salt", None, "wrong"),
    ("encKeyValidation_DO_NOT_EDIT", "0.a|b|c", "damaged"),
])  # fmt: skip
def test_a_hostile_export_is_refused(member: str, value: object, reason: str) -> None:
    with pytest.raises(TransferError, match=reason):
        read(encode({**protect_bitwarden(BITWARDEN), member: value}))


@pytest.mark.parametrize("kdf", [{"kdfMemory": 1 << 20}, {"kdfParallelism": 1 << 20}, {"kdfIterations": 1 << 20}])
def test_an_expensive_argon2_is_not_begun(kdf: dict[str, int]) -> None:
    export = {**protect_bitwarden(BITWARDEN), "kdfType": 1, "kdfIterations": 1, "kdfMemory": 1, "kdfParallelism": 1}

    with pytest.raises(UnreadableFileError, match="key derivation asks for"):
        read(encode({**export, **kdf}))


def test_a_zip_bomb_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reader, "MAX_UNPACKED", 1 << 20)

    with pytest.raises(UnreadableFileError, match="unpacks to more than 1 MiB"):
        read(make_zip({"data.json": encode(BITWARDEN), "attachments/i1/bomb": bytes(1 << 21)}))
