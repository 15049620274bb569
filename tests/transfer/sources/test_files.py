"""1PUX, SOPS, ansible-vault, access keys, `.netrc` and `.pgpass`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smtui.transfer import formats
from smtui.transfer.combination import combine
from smtui.transfer.entry import Entry
from smtui.transfer.errors import SourcePassphraseError, UnknownSourceError, UnreadableFileError
from smtui.transfer.formats import ImportFormat
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from tests.transfer.sources.samples import ENCRYPTED, PASSPHRASE, SAMPLES, encrypt_with_ansible

KEY = SourceKey(PASSPHRASE)


def read(raw: bytes, key: SourceKey = KEY, **options: bool) -> formats.FileContent:
    return formats.read_source(SourceFile(raw, "f", Path("somewhere/group_vars.yml")), None, key,
                               MappingOptions(**options))


def by_name(content: formats.FileContent) -> dict[str, Entry]:
    return {entry.name: entry for entry in content.entries}


# 1PUX.


def test_a_1pux_has_fields_of_every_type() -> None:
    found = read(SAMPLES["1pux"][0], history=True, attachments=True)

    entries = by_name(found)
    assert [*entries] == ["Private/Box", "Private/Box/key.pem", "Private/A-note"]
    assert json.loads(str(entries["Private/Box"].value)) == {
        "username": "ann", "password": "second", "url": "https://a.example", "url-2": "https://b.example", "PIN": "42",
        "otp": "otpauth://totp/x", "mail": "a@a.example", "More PIN": "43", "until": "202712",
        "home": '{"street":"Way 1","city":"B"}', "notes": "n"}
    assert json.loads(str(entries["Private/Box"].history[0]))["password"] == "first"
    assert entries["Private/Box/key.pem"].value == b"PEM"
    assert entries["Private/A-note"].value == "text"
    assert [str(each) for each in found.left_behind] == ["1 archived item (--trash imports it)"]


# SOPS.


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("sample", ["sops-json", "sops-yaml", "sops-env", "sops-ini", "sops-kubernetes"])
def test_without_sops_its_files_are_refused_with_its_command(sample: str, programs: Path) -> None:
    with pytest.raises(UnknownSourceError) as caught:
        read(SAMPLES[sample][0])

    assert caught.value.hint == "Use: sops -d f | smtui import -"
    assert ENCRYPTED not in str(caught.value)


@pytest.mark.parametrize(("sample", "plain", "expected"), [
    ("sops-env", "A=1", {"A": "1"}), ("sops-json", '{"A": "1"}', {"A": "1"}),
    ("sops-yaml", "a:\n  b: 1", {"group_vars": '{"a":{"b":1}}'}),
    ("sops-ini", "[a]\nb = 1", {"group_vars": "[a]\nb = 1\n"}),
])  # fmt: skip
def test_sops_decrypts_and_the_content_is_recognised(
    sample: str, plain: str, expected: dict[str, str], programs: Path
) -> None:
    install(programs, "sops", f"read line\n/bin/echo '{plain}'")

    found = read(SAMPLES[sample][0])

    assert {entry.name: entry.value for entry in found.entries} == expected
    assert found.is_encrypted


@pytest.mark.parametrize(("name", "kind"), [("secrets.env.enc", "binary"), ("secrets.json", "json")])
def test_the_name_of_a_file_of_sops_tells_whether_it_is_any_other_file_in_json(
    name: str, kind: str, programs: Path
) -> None:
    """SOPS puts a file that it has no type for into the member `data`, and decides by the name too."""
    install(programs, "sops", 'read line\n/bin/echo "TYPE=$3-$5"')

    file = SourceFile(json.dumps({"data": ENCRYPTED, "sops": {"mac": "x", "version": "3.9.0"}}).encode(), name)

    assert [entry.value for entry in formats.read_source(file).entries] == [f"{kind}-{kind}"]


def test_what_sops_cannot_decrypt_is_refused(programs: Path) -> None:
    install(programs, "sops", "exit 1")

    with pytest.raises(UnknownSourceError, match="sops cannot decrypt it"):
        read(SAMPLES["sops-env"][0])


# ansible-vault.


@pytest.mark.parametrize("label", ["", "dev"])
def test_a_file_of_ansible_is_decrypted_and_read_as_any_other(label: str) -> None:
    assert by_name(read(encrypt_with_ansible(b"A=1\n", label)))["A"].value == "1"
    [entry] = read(encrypt_with_ansible(b"db_password: s3cret\nport: 5432\n", label)).entries
    assert (entry.name, entry.value) == ("group_vars", '{"db_password":"s3cret","port":5432}')
    assert combine([entry], "prod/app").value == entry.value
    assert read(encrypt_with_ansible(b"just text")).entries[0].value == "just text"


def test_a_file_of_ansible_without_its_password_or_damaged() -> None:
    raw = encrypt_with_ansible(b"A=1\n")
    with pytest.raises(SourcePassphraseError, match="needs its own"):
        read(raw, SourceKey())
    with pytest.raises(SourcePassphraseError, match="wrong"):
        read(raw, SourceKey("hunter2"))
    for damaged in (raw[:100], raw.replace(b"1.1", b"9.9"), b"$ANSIBLE_VAULT;1.1;AES256\n"):
        with pytest.raises(UnreadableFileError):
            read(damaged)


# Files in the home folder.


def test_each_profile_is_a_secret() -> None:
    text = ("[default]\naws_access_key_id=AKIA1\naws_secret_access_key=a%b\n\n[profile tmp]\naws_access_key_id=ASIA\n"
            "aws_secret_access_key=x\naws_session_token=t\n[sso]\nsso_session = s\n")
    found = read(text.encode())

    values = {entry.name: json.loads(str(entry.value)) for entry in found.entries}
    assert values["aws/default"] == {"aws_access_key_id": "AKIA1", "aws_secret_access_key": "a%b"}
    assert values["aws/tmp"]["aws_session_token"] == "t"
    assert "1 profile with a session token" in found.notes[0]
    assert [str(each) for each in found.left_behind] == ["1 profile without an access key"]


def test_a_netrc_has_quotes_macros_comments_and_a_default() -> None:
    text = ('# mine\nmachine a.example login ann password "p \\"w\\\\ 1" # why\n\nmacdef init\ncd /x\nmachine no\n\n'
            "machine b.example\n\tlogin bob\n\tpassword s#3\n\taccount acc\ndefault login any password x\n")

    values = {entry.name: json.loads(str(entry.value)) for entry in read(text.encode()).entries}
    assert values == {
        "netrc/a.example": {"username": "ann", "password": 'p "w\\ 1', "host": "a.example"},
        "netrc/b.example": {"username": "bob", "password": "s#3", "account": "acc", "host": "b.example"},
        "netrc/default": {"username": "any", "password": "x"},
    }


def test_a_broken_netrc_is_refused_with_its_line() -> None:
    with pytest.raises(UnreadableFileError, match="line 2: expected machine") as caught:
        read(b"machine a login b password c\nhunter2 x\n")

    assert "hunter2" not in str(caught.value)


def test_a_pgpass_has_the_keys_of_rds() -> None:
    values = {entry.name: json.loads(str(entry.value)) for entry in read(SAMPLES["pgpass"][0]).entries}

    assert values == {
        "pgpass/db.example/shop": {"engine": "postgres", "host": "db.example", "port": 5432, "dbname": "shop",
                                   "username": "ann", "password": "a:b"},
        "pgpass/any/any": {"engine": "postgres", "username": "bob", "password": "x"},
    }


def test_a_port_of_pgpass_is_a_number_in_json() -> None:
    [entry] = read(b"db.example:05432:shop:ann:x\n").entries

    assert json.loads(str(entry.value))["port"] == 5432


def test_yaml_is_read_on_demand() -> None:
    read_yaml = formats.parse(b"a: x\nb:\n  c: 1\n", "f", ImportFormat.YAML)

    assert {entry.name: entry.value for entry in read_yaml.entries} == {"a": "x", "b": '{"c":1}'}
    with pytest.raises(UnreadableFileError, match="aliases"):
        formats.parse(b"a: &x 1\nb: *x\n", "f", ImportFormat.YAML)
