"""Parameters of AWS, Terraform state, Kubernetes, HashiCorp Vault, and the other clouds."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from smtui.transfer import formats
from smtui.transfer.combination import combine
from smtui.transfer.entry import Entry
from smtui.transfer.errors import TransferError, UnknownSourceError, UnreadableFileError
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from tests.transfer.sources.samples import (
    ARN,
    FOREIGN,
    KV,
    ONE_PUX,
    PARAMETER,
    PASSPHRASE,
    SAMPLES,
    SECRET_YAML,
    STATE,
    encode,
    make_zip,
    protect_bitwarden,
)

EVERYTHING = MappingOptions(history=True, attachments=True, trash=True)
MISFITS: tuple[Any, ...] = (None, True, -1, "abc", ["x"], {"a": 1}, [[PARAMETER]])


def read(raw: bytes, name: str = "f") -> formats.FileContent:
    return formats.parse(raw, name)


def get_values(raw: bytes) -> dict[str, Any]:
    return {entry.name: entry.value for entry in read(raw).entries}


def get_tags(entry: Entry) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in entry.metadata["Tags"]}


# AWS Systems Manager.


def test_parameters_lose_their_first_slash_and_keep_their_type() -> None:
    [entry] = read(SAMPLES["ssm"][0]).entries

    assert (entry.name, entry.value) == ("prod/db/password", "s3cret")
    assert get_tags(entry) == {
        "ssm-type": "SecureString", "imported-from": "ssm", "imported-id": PARAMETER["ARN"]}


def test_pages_of_parameters_are_read_and_what_is_missing_is_noted() -> None:
    page = {"Parameters": [PARAMETER], "InvalidParameters": ["x"], "NextToken": "t"}
    found = read(encode([{"Parameters": [{**PARAMETER, "Name": "a", "Type": "StringList", "Value": "x,y"}]}, page]))

    assert [entry.name for entry in found.entries] == ["a", "prod/db/password"]
    assert [str(each) for each in found.left_behind] == ["1 invalid parameter"]
    assert "NextToken" in found.notes[0]


@pytest.mark.parametrize("parameter", [
    {**PARAMETER, "Value": base64.b64encode(b"\x01\x02\x02\x00x" + bytes(200)).decode()},
    {member: value for member, value in PARAMETER.items() if member != "Value"},
])
def test_parameters_that_were_not_decrypted_are_refused(parameter: dict[str, Any]) -> None:
    with pytest.raises(UnknownSourceError) as caught:
        read(encode({"Parameters": [parameter]}))

    assert "--with-decryption" in caught.value.hint


# Terraform.


def test_a_state_joins_secrets_and_versions() -> None:
    found = read(encode(STATE))

    assert {entry.name: entry.value for entry in found.entries} == {"prod/db": "s3cret", "prod/flag": "on"}
    assert found.entries[0].metadata == {"Description": "orders", "Tags": [{"Key": "team", "Value": "a"}]}
    assert [str(each) for each in found.left_behind] == ["1 random_password"]


def test_a_shown_state_is_read_with_its_modules() -> None:
    version = {"arn": ARN, "secret_id": ARN, "secret_binary": "AP8="}
    module = {"resources": [{"type": "aws_secretsmanager_secret_version", "mode": "managed", "values": version}]}
    state = {"terraform_version": "1.9.0", "values": {"root_module": {"child_modules": [{"child_modules": [module]}]}}}

    assert get_values(encode(state)) == {"prod/db": b"\0\xff"}


# Kubernetes.


def test_a_secret_of_kubernetes_is_one_json_object() -> None:
    """Line breaks at the end belong to the value; annotations, which repeat the values, are not read."""
    [entry] = read(SECRET_YAML.encode()).entries

    assert entry.name == "prod/db"
    assert json.loads(str(entry.value)) == {"password": "s3cret", "port": "5432\n", "user": "ann"}
    assert get_tags(entry) == {"app": "shop", "imported-from": "kubernetes", "imported-id": "0f4e"}
    assert "Description" not in entry.metadata


def test_text_wins_over_data_and_binary_keys_are_binary_secrets() -> None:
    secret = {"kind": "Secret", "apiVersion": "v1", "type": "kubernetes.io/tls", "metadata": {"name": "tls"},
              "data": {"a": "eA==", "key": "AP8="}, "stringData": {"a": "y"}}
    main, key = read(encode({"kind": "List", "items": [secret]})).entries
    [alone] = read(encode({**secret, "stringData": None, "data": {"key": "AP8="}})).entries

    assert (main.name, main.value, key.name, key.value) == ("tls", '{"a":"y"}', "tls/key", b"\0\xff")
    assert get_tags(main)["kubernetes-type"] == "kubernetes.io/tls"
    assert (alone.name, alone.value) == ("tls", b"\0\xff")


def test_other_objects_and_helm_releases_stay_behind() -> None:
    helm = encode({"kind": "Secret", "metadata": {"name": "h"}, "type": "helm.sh/release.v1", "data": {"r": "eA=="}})
    text = b"kind: Deployment\n---\n" + SECRET_YAML.encode() + b"---\n" + helm + b"\n---\nkind: SealedSecret\n"

    assert [str(each) for each in read(text).left_behind] == ["2 objects of other kinds", "1 Helm release"]


@pytest.mark.parametrize(("text", "reason"), [
    ("kind: Secret\nx: &a [1]\ny: *a\n", "in no format that smtui knows: it uses aliases"),
    ("kind: Secret\nkind: Secret\n", "in no format that smtui knows: a key is given twice"),
    ("kind: Secret\nx: !!python/object/apply:os.system [id]\n", ""), ("kind: Secret\nx: " + "[" * 5000, "in no format"),
    ("kind: Secret\nx: !vault |\n  abc\n", "in no format"),
])  # fmt: skip
def test_hostile_yaml_is_refused(text: str, reason: str) -> None:
    """Aliases, which multiply a short text, repeated keys, unknown tags, and deep nesting."""
    try:
        assert read(text.encode()).entries[0].value == ""
    except TransferError as error:
        assert reason in str(error)


# HashiCorp Vault.


@pytest.mark.parametrize("data", [
    {"user": "ann", "n": 5},
    {"data": {"user": "ann", "n": 5}, "metadata": {"version": 2, "custom_metadata": {"team": "a"}}},
])  # fmt: skip
def test_a_secret_of_vault_has_the_name_of_its_file(data: dict[str, Any]) -> None:
    file = SourceFile(encode({**KV, "data": data}), "f", Path("somewhere/billing.json"))
    [entry] = formats.read_source(file).entries

    assert (entry.name, entry.value) == ("billing", '{"user":"ann","n":5}')
    assert get_tags(entry).get("team") == ("a" if "metadata" in data else None)
    assert combine([entry], "prod/x").value == entry.value


@pytest.mark.parametrize("data", [None, {"keys": ["a"]}, {"data": None, "metadata": {"destroyed": True}}])
def test_output_of_vault_without_a_value_is_refused(data: Any) -> None:
    with pytest.raises(UnknownSourceError, match="without a value"):
        read(encode({**KV, "data": data}))


# Other clouds.


def test_azure_and_google_keep_their_names() -> None:
    azure = {"id": "https://v.vault.azure.net/secrets/db/1", "value": "x", "contentType": "text", "tags": {"a": "b"}}
    payload = {"data": base64.urlsafe_b64encode(b"\xff\xfe").decode()}
    google = {"name": "projects/1/secrets/db/versions/2", "payload": payload}

    [from_azure], [from_google] = read(encode([azure])).entries, read(encode(google)).entries
    assert (from_azure.name, from_azure.value, from_azure.metadata["Description"]) == ("db", "x", "text")
    assert get_tags(from_azure)["a"] == "b"
    assert (from_google.name, from_google.value) == ("db", b"\xff\xfe")


def test_doppler_infisical_and_chamber_lose_only_their_bookkeeping() -> None:
    doppler = {"A": {"computed": "x", "raw": "${B}", "note": "a note"}, "DOPPLER_PROJECT": {"computed": "p"}}
    found = read(encode(doppler))

    assert [(entry.name, entry.value, entry.metadata) for entry in found.entries] == [
        ("A", "x", {"Description": "a note"})]
    assert [str(each) for each in found.left_behind] == ["1 variable set by Doppler"]
    assert get_values(SAMPLES["infisical"][0]) == {"A": "x"}
    assert get_values(SAMPLES["chamber"][0]) == {"a": "x"}


@pytest.mark.parametrize("name", [*SAMPLES, *FOREIGN])
def test_a_damaged_sample_is_read_or_refused_in_a_sentence(name: str) -> None:
    """Each byte in turn is another one: nothing but an error of the import comes out."""
    raw = {**SAMPLES, **FOREIGN}[name][0]
    for at in range(0, len(raw), max(len(raw) // 60, 1)):
        for byte in b"\0[}\"\xff":
            try:
                read(raw[:at] + bytes([byte]) + raw[at + 1 :])
            except (UnreadableFileError, TransferError) as error:
                assert str(error)


def list_misfits(document: Any) -> Iterator[Any]:
    """The document, once for each node and misfit, with the misfit in place of the node."""
    yield from MISFITS
    members = document.items() if isinstance(document, dict) else enumerate(document) \
        if isinstance(document, list) else ()
    for key, member in members:
        for other in list_misfits(member):
            changed = copy(document)
            changed[key] = other
            yield changed


JSON_NAMES = ["aws-page", "ssm", "terraform", "kubernetes-json", "vault-2", "azure-list", "gcp", "doppler",
              "infisical-api", "bitwarden"]
DOCUMENTS: dict[str, Any] = {
    **{name: json.loads(SAMPLES[name][0]) for name in JSON_NAMES}, "1pux": ONE_PUX,
    "bitwarden-argon2": protect_bitwarden({"items": []}, kdfType=1, kdfIterations=1, kdfMemory=1, kdfParallelism=1)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_member_of_another_type_is_read_or_refused_in_a_sentence(name: str) -> None:
    for misfit in list_misfits(DOCUMENTS[name]):
        raw = encode(misfit)
        if name == "1pux":
            raw = make_zip({"export.attributes": b"{}", "export.data": raw})
        try:
            formats.read_source(SourceFile(raw, "f"), None, SourceKey(PASSPHRASE), EVERYTHING)
        except TransferError as error:
            assert str(error)
