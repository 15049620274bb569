"""Tests of `smtui export`: its files, their permissions, and that `smtui import` reads them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.transfer import selection
from smtui.transfer.export import ExportFormat, export
from smtui.transfer.private_file import write_private_file
from smtui.transfer.selection import Selection
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

WriteFile = Callable[[str, str | bytes], str]


@pytest.fixture
def rich(stocked: CommandLine) -> CommandLine:
    """Returns the stocked vault with tags and a value of special characters."""
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        client = vault.client()
        client.tag_resource(SecretId="prod/db", Tags=[{"Key": "team", "Value": "pay"}, {"Key": "empty", "Value": ""}])
        client.create_secret(Name="prod/odd", SecretString="'\"\\n\n\r\n$x `y` ü🔑\x1b]52;c;x\x07")
    return stocked


def other_vault(cli: CommandLine) -> list[str]:
    options = ["--vault", str(cli.path.with_name("other.vault"))]
    cli("init", *options)
    return options


def test_an_export_comes_back_whole(rich: CommandLine, tmp_path: Path) -> None:
    """Names, descriptions, tags and values, also binary ones, are the same in another vault."""
    path = str(tmp_path / "all.json")
    rich.done("export", "--output", path)
    other = other_vault(rich)

    assert rich.done("import", path, *other) == "imported: new secrets 4\n"

    for name in ("prod/db", "prod/text", "prod/odd", "dev/key"):
        assert rich("get", name, *other).raw == rich("get", name).raw
        described = [json.loads(rich.done("describe-secret", "--secret-id", name, "--query",
                                          "[Name, Description, Tags]", *vault)) for vault in ([], other)]
        assert described[0] == described[1]


def test_each_read_is_in_the_trail(rich: CommandLine) -> None:
    rich.done("export", "--prefix", "prod/")

    trail = rich.done("audit", "--operation", "GetSecretValue", "--limit", "0")

    assert len(trail.splitlines()) == 3


def test_a_file_is_for_its_owner_alone(rich: CommandLine, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        answer = rich("export", "prod/db", "--output", str(tmp_path / "one.json"))
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "one.json").stat().st_mode) == 0o600
    assert (answer.code, answer.out) == (0, "")
    assert "1 secret in plain text" in answer.err


def test_what_is_there_is_left_alone(rich: CommandLine, tmp_path: Path) -> None:
    """Existing files need --force, and links are refused even with it."""
    held = tmp_path / "held"
    held.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(held)

    for path, options in ((held, []), (link, []), (link, ["--force"]), (tmp_path, ["--force"])):
        answer = rich("export", "--output", str(path), *options)
        assert answer.code == 1
        assert "was not changed" in answer.err
    assert held.read_text() == "mine"

    rich.done("export", "prod/text", "--output", str(held), "--force")
    assert json.loads(held.read_text())[0]["SecretString"] == "plain text\n"
    assert stat.S_IMODE(held.stat().st_mode) == 0o600


def test_an_export_that_fails_leaves_no_file(rich: CommandLine, tmp_path: Path) -> None:
    """A file that it should replace is not changed either."""
    held = tmp_path / "held"
    held.write_text("mine")

    for path, options in ((tmp_path / "new", []), (held, ["--force"])):
        assert rich("export", "prod/db", "nowhere", "--output", str(path), *options).code == 1
    assert rich("export", "--prefix", "nothing/", "--output", str(tmp_path / "new")).code == 1

    assert held.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name in ("new", "held", "held.part")) == ["held"]


def test_a_terminal_gets_values_only_when_asked(rich: CommandLine) -> None:
    """Control characters are replaced in the output to a terminal."""
    answer = rich("export", tty=True)
    assert answer.code == 2
    assert "not written to a terminal" in answer.err
    assert b"first" not in answer.raw

    shown = rich("export", "--output", "-", tty=True)
    assert shown.code == 0
    assert b"\x1b" not in shown.raw
    assert "ü🔑" in shown.out


def test_what_the_aws_cli_would_print(rich: CommandLine) -> None:
    """The output has the structure of batch-get-secret-value."""
    printed = json.loads(rich.done("batch-get-secret-value", "--filters", "Key=name,Values=prod/"))
    exported = json.loads(rich.done("export", "--prefix", "prod/", "--format", "aws"))

    def by_name(document: dict[str, Any]) -> dict[str, Any]:
        return {each["Name"]: {**each, "CreatedDate": ""} for each in document["SecretValues"]}

    assert by_name(exported) == by_name(printed)
    assert exported["Errors"] == []


def test_variables_for_programs(rich: CommandLine, file: WriteFile) -> None:
    """The .env file contains each value unchanged, and the names without the prefix."""
    value = "line 1\r\n'quoted' \"twice\" \\ $HOME `x` # no comment"
    rich.done("import", file("f.json", json.dumps({"PASSWORD": value, "db-host": "h"})), "--prefix", "env/")

    written = rich.done("export", "--prefix", "env/", "--format", "dotenv")

    assert "DB_HOST=h\n" in written
    rich.done("import", file("again.env", written), "--prefix", "back/")
    assert rich("get", "back/PASSWORD").out == value


def test_variables_that_would_clash_are_refused(rich: CommandLine) -> None:
    rich.done("set", "a/x-y", "-", stdin=b"1")
    rich.done("set", "a/x_y", "-", stdin=b"2")

    answer = rich("export", "--prefix", "a/", "--format", "dotenv")

    assert answer.code == 1
    assert "X_Y would come both from a/x-y and from a/x_y" in answer.err
    assert rich("export", "dev/key", "--format", "dotenv").code == 1  # a binary secret


def test_what_is_chosen(rich: CommandLine) -> None:
    def names(*argv: str) -> list[str]:
        return [each["Name"] for each in json.loads(rich.done("export", *argv))]

    assert names() == ["dev/key", "prod/db", "prod/odd", "prod/text"]
    assert names("prod/text", "dev/key") == ["prod/text", "dev/key"]
    assert names("--filters", "Key=tag-key,Values=team") == ["prod/db"]
    assert names("--filters", "Key=description,Values=orders", "--prefix", "prod") == ["prod/db"]
    assert rich("export", "prod/db", "--prefix", "x").code == 2
    assert rich("export", "--prefix", "!x").code == 1


def test_a_secret_without_value_is_told(rich: CommandLine) -> None:
    rich.done("create-secret", "--name", "prod/empty")

    for argv in (["--prefix", "prod/"], ["prod/empty", "prod/db", "prod/odd", "prod/text"]):
        answer = rich("export", *argv)
        assert len(json.loads(answer.out)) == 3
        assert "skipped 1 without a value" in answer.err


def test_a_value_that_cannot_be_read_ends_it(rich: CommandLine, tmp_path: Path) -> None:
    """The export fails and leaves no partial file."""
    with smtui.open_vault(rich.path, PASSPHRASE) as vault:
        key = vault.keys().create_key()["KeyMetadata"]["KeyId"]
        vault.client().create_secret(Name="prod/sealed", SecretString="x", KmsKeyId=key)
        vault.keys().disable_key(KeyId=key)

    answer = rich("export", "--output", str(tmp_path / "all.json"))

    assert answer.code == 1
    assert "Affected: prod/sealed" in answer.err
    assert not (tmp_path / "all.json").exists()


@pytest.fixture
def many(vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns a client of 9 secrets, with pages of 4 and batches of 3."""
    monkeypatch.setattr(selection, "MAX_PAGE_SIZE", 4)
    monkeypatch.setattr(selection, "MAX_BATCH_SIZE", 3)
    client = vault.client()
    for number in range(9):
        client.create_secret(Name=f"s{number}", SecretString=str(number))
    return client


def test_pages_are_read_as_they_are_written(many: Any) -> None:
    """Each secret is written before the next batch is read."""
    counts: list[int] = []
    pieces: list[bytes] = []

    def progress(what: str, done: int, of: int) -> None:
        counts.append(done)
        assert len(pieces) >= done - 1

    done = export(many, Selection(), ExportFormat.JSON, pieces.append, progress)

    assert (done.written, counts) == (9, list(range(1, 10)))
    assert [each["SecretString"] for each in json.loads(b"".join(pieces))] == [str(number) for number in range(9)]


def test_many_reads_share_one_commit_which_comes_before_their_values(
    vault: smtui.Vault, many: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "BATCHES_TOGETHER", 4)
    monkeypatch.setattr(selection, "SECONDS_TOGETHER", float("inf"))
    counts: list[int] = []

    with vault.reopen() as other:
        def count_events(piece: bytes) -> None:
            counts.append(len(list(other.audit_log(operation="GetSecretValue"))))

        done = export(many, Selection(), ExportFormat.JSON, count_events, together=vault.reading)

    assert done.written == 9
    assert sorted(set(counts)) == [8, 9]


def test_whoever_follows_it_can_stop_it(many: Any, tmp_path: Path) -> None:
    """An exception from the progress callback stops the export and removes the file."""
    class JobStoppedError(Exception):
        pass

    def stop_at_5(what: str, done: int, of: int) -> None:
        if done == 5:
            raise JobStoppedError

    with pytest.raises(JobStoppedError), write_private_file(tmp_path / "f") as file:
        export(many, Selection(), ExportFormat.JSON, file.write, stop_at_5)

    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("named", ["name", "arn"])
def test_a_secret_that_refuses_the_export_is_named(stocked: CommandLine, tmp_path: Path, named: str) -> None:
    """Among several names, the message says which is scheduled for deletion or missing; no file is left."""
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        arn = vault.client().delete_secret(SecretId="prod/text")["ARN"]
    target = tmp_path / "out.json"

    refused = stocked("export", "prod/db", {"name": "prod/text", "arn": arn}[named], "--output", str(target))
    assert refused.code == 1
    assert "Affected: prod/text." in refused.err
    missing = stocked("export", "prod/db", "prod/none", "--output", str(target))
    assert missing.code == 1
    assert "Affected: prod/none." in missing.err
    assert not target.exists()


def test_a_protected_export_asks_for_its_passphrase_twice(rich: CommandLine, tmp_path: Path) -> None:
    rich.person.present = True
    rich.person.answers = ["export phrase", "export phrase"]

    answer = rich("export", "prod/db", "--format", "bitwarden-protected", "--output", str(tmp_path / "bw.json"))

    assert answer.code == 0, answer.err
    assert "encrypted with the passphrase of the export" in answer.err
    rich.person.answers = ["export phrase"]
    assert rich("import", str(tmp_path / "bw.json"), "--prefix", "back/").code == 0
    rich.person.answers = ["one", "another"]
    assert rich("export", "prod/db", "--format", "bitwarden-protected").code == 2


def test_what_an_export_leaves_out_is_noted(rich: CommandLine) -> None:
    answer = rich("export", "--format", "ssm")

    assert "binary values, which a parameter cannot hold: 1." in answer.err
    assert rich("export", "prod/db", "--format", "dotenv", "--qualified", "--skip", "PROD_DB_USER").out.startswith(
        "PROD_DB_PASSWORD=")
