"""Exports for other programs: what is exported comes back through the import, and what cannot be carried is counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from smtui.transfer import formats
from smtui.transfer.errors import InvalidVariableError, NothingToExportError, TransferError
from smtui.transfer.export import ExportFormat, export
from smtui.transfer.export_options import ExportOptions
from smtui.transfer.selection import Selection
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.targets import bitwarden_export

LOGIN = '{"username":"ann","password":"p \'w\\"1","url":"https://a.example","notes":"two\\nlines","PIN":"42"}'
VALUES = {"prod/db": LOGIN, "plain": "ünïcode text\n"}
KEY = SourceKey("hunter2")


@pytest.fixture
def client(vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(bitwarden_export, "ITERATIONS", 2)
    client = vault.client()
    for name, value in VALUES.items():
        client.create_secret(Name=name, SecretString=value)
    return client


def write(client: Any, format: ExportFormat, selection: Selection | None = None) -> tuple[str, dict[str, int]]:
    pieces: list[bytes] = []
    options = ExportOptions(passphrase=KEY.passphrase)
    done = export(client, selection or Selection(), format, pieces.append, options=options)
    return b"".join(pieces).decode(), dict(done.left_out)


@pytest.mark.parametrize("format", [
    ExportFormat.JSON, ExportFormat.AWS, ExportFormat.KUBERNETES, ExportFormat.BITWARDEN,
    ExportFormat.BITWARDEN_PROTECTED, ExportFormat.SSM,
])
def test_what_is_exported_comes_back(client: Any, format: ExportFormat) -> None:
    text, left_out = write(client, format)

    assert ("p 'w" in text) is (format not in (ExportFormat.BITWARDEN_PROTECTED, ExportFormat.KUBERNETES))
    entries = formats.read_source(SourceFile(text.encode(), "f"), None, KEY).entries
    values = {entry.name: str(entry.value) for entry in entries}
    assert values.keys() == VALUES.keys()
    assert values["plain"] == VALUES["plain"]
    assert json.loads(values["prod/db"]) == json.loads(LOGIN)
    assert left_out == {}


def test_variables_for_docker_are_raw_lines(client: Any) -> None:
    client.create_secret(Name="d/api-key", SecretString="a 'b' \"c\" #d $e")
    client.create_secret(Name="d/EMPTYISH", SecretString=" ")

    text, _ = write(client, ExportFormat.DOCKER_ENV, Selection(prefix="d/"))

    assert text == "EMPTYISH= \nAPI_KEY=a 'b' \"c\" #d $e\n" or text == "API_KEY=a 'b' \"c\" #d $e\nEMPTYISH= \n"
    with pytest.raises(InvalidVariableError, match="line break"):
        write(client, ExportFormat.DOCKER_ENV, Selection(names=["plain"]))


def test_what_a_format_cannot_carry_is_counted(client: Any) -> None:
    client.create_secret(Name="Bin_ary", SecretBinary=b"\xff", Description="d")
    client.create_secret(Name="x@y", SecretString='{"a b":"1"}', Tags=[{"Key": "team", "Value": "a"}])
    client.create_secret(Name="long", SecretString="x" * 9000)

    assert write(client, ExportFormat.KUBERNETES)[1] == {
        "descriptions and tags of secrets": 2, "letters of names that this format cannot have": 2,
        "letters of keys that this format cannot have": 1}
    assert write(client, ExportFormat.BITWARDEN)[1] == {
        "binary values, which Bitwarden cannot hold": 1, "descriptions and tags of secrets": 1}
    assert write(client, ExportFormat.SSM)[1] == {
        "binary values, which a parameter cannot hold": 1, "letters of names that this format cannot have": 1,
        "values larger than 8,192 bytes, which a parameter cannot hold": 1}


def test_secrets_of_almost_equal_names_do_not_overwrite_each_other(client: Any) -> None:
    for name in ("n/a/b", "n/a-b", "n/A-B", "n/a@b"):
        client.create_secret(Name=name, SecretString=name)

    for format, prefix in ((ExportFormat.KUBERNETES, "n/"), (ExportFormat.SSM, "n/")):
        text, _ = write(client, format, Selection(prefix=prefix))
        read = formats.parse(text.encode(), "f").entries
        assert len({entry.name.lower() if format is ExportFormat.KUBERNETES else entry.name for entry in read}) == 4
        assert {entry.value for entry in read} == {"n/a/b", "n/a-b", "n/A-B", "n/a@b"}


def test_secrets_that_are_omitted_are_not_counted_as_written(client: Any) -> None:
    client.create_secret(Name="bin", SecretBinary=b"\xff")

    for format in (ExportFormat.BITWARDEN, ExportFormat.SSM):
        done = export(client, Selection(), format, lambda _: None)
        assert done.written == len(VALUES)
        with pytest.raises(NothingToExportError) as caught:
            export(client, Selection(names=["bin"]), format, lambda _: None)
        assert "Omitted: binary values" in caught.value.hint


@pytest.mark.parametrize("format", ExportFormat)
def test_types_metadata_and_older_versions_are_told(client: Any, format: ExportFormat) -> None:
    client.create_secret(Name="n", SecretString='{"a": 1}', Description="d")
    client.put_secret_value(SecretId="n", SecretString='{"a": 2, "b": null}')

    left_out = write(client, format, Selection(names=["n"]))[1]

    assert left_out["other versions of secrets"] == 1
    assert ("descriptions and tags of secrets" in left_out) is (format not in (ExportFormat.JSON, ExportFormat.SSM))
    becomes_text = format in (ExportFormat.KUBERNETES, ExportFormat.BITWARDEN, ExportFormat.BITWARDEN_PROTECTED)
    assert left_out.get("types of JSON values that are not text, which become text", 0) == 2 * becomes_text


def test_binary_values_are_data_of_kubernetes(client: Any) -> None:
    client.create_secret(Name="bin", SecretBinary=b"\xff\0")

    text, _ = write(client, ExportFormat.KUBERNETES, Selection(names=["bin"]))

    assert [entry.value for entry in formats.parse(text.encode(), "f").entries] == [b"\xff\0"]


def test_any_reader_of_yaml_sees_the_documents(client: Any) -> None:
    """Another YAML reader than ours sees the same values."""
    import yaml

    client.create_secret(Name="ns/tls", SecretString='{"tls.crt":"C","tls.key":"K: \\"1\\""}',
                         Tags=[{"Key": "kubernetes-type", "Value": "kubernetes.io/tls"}])
    text, _ = write(client, ExportFormat.KUBERNETES, Selection(prefix="ns/"))
    [document] = [each for each in yaml.safe_load_all(text) if each]

    assert document == {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}, "type": "kubernetes.io/tls",
                        "data": {"tls.crt": "Qw==", "tls.key": "SzogIjEi"}}


def test_a_protected_export_needs_a_passphrase_and_is_new_each_time(client: Any) -> None:
    with pytest.raises(TransferError, match="needs a passphrase"):
        export(client, Selection(), ExportFormat.BITWARDEN_PROTECTED, lambda _: None)
    first, second = (write(client, ExportFormat.BITWARDEN_PROTECTED)[0] for _ in range(2))
    assert json.loads(first)["data"] != json.loads(second)["data"]
    assert KEY.passphrase not in first + repr(ExportOptions(passphrase=KEY.passphrase))
