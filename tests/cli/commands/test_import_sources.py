"""Tests of `smtui import` with files of password managers: their passphrases, what stays behind, a second import."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping

import pytest

from tests.cli.conftest import CommandLine
from tests.transfer.sources.kdbx_writer import make_document, write_4
from tests.transfer.sources.samples import BITWARDEN, PASSPHRASE, SECRET_YAML, encode, protect_bitwarden

WriteFile = Callable[[str, str | bytes], str]
DATABASE = write_4(make_document(), PASSPHRASE, binaries=[b"PEM"])


def test_an_encrypted_file_asks_for_its_passphrase_on_the_terminal(cli: CommandLine, file: WriteFile) -> None:
    path = file("old.kdbx", DATABASE)
    cli.person.present = True
    cli.person.answers = ["wrong", PASSPHRASE]

    answer = cli("import", path, "--prefix", "home/")

    assert answer.code == 0, answer.err
    assert cli.person.asked == [f"Passphrase of {path}: "] * 2
    assert "KeePass 4 database with 4 entries in 4 groups" in answer.err
    assert "not imported: 1 reference to another entry that does not exist; 1 older value (--history" in answer.err
    assert json.loads(cli.done("get", "home/Mail/Box"))["password"] == "second"


def test_the_passphrase_comes_from_a_descriptor(cli: CommandLine, file: WriteFile) -> None:
    read, write = os.pipe()
    os.write(write, f"{PASSPHRASE}\n".encode())
    os.close(write)

    answer = cli("import", file("bw.json", encode(protect_bitwarden(BITWARDEN))), "--source-passphrase-fd", str(read))

    assert (answer.code, answer.out) == (0, "imported: new secrets 4\n"), answer.err


@pytest.mark.parametrize("arguments", [(), ("--key-file", "no-such-file")])
def test_without_a_passphrase_nothing_is_imported(
    cli: CommandLine, file: WriteFile, arguments: tuple[str, ...]
) -> None:
    answer = cli("import", file("old.kdbx", DATABASE), *arguments)

    assert answer.code == (2 if arguments else 3)
    assert "--source-passphrase-fd" in answer.err or "no-such-file" in answer.err
    assert cli.done("ls") == ""


def test_three_wrong_passphrases_are_the_end(cli: CommandLine, file: WriteFile) -> None:
    cli.person.present = True
    cli.person.answers = ["hunter2"] * 3

    answer = cli("import", file("old.kdbx", DATABASE))

    assert answer.code == 3
    assert "the passphrase or the key file is wrong" in answer.err
    assert "hunter2" not in answer.err


def import_all(cli: CommandLine, document: Mapping[str, object], file: WriteFile, *options: str) -> str:
    return cli.done("import", file("bw.json", encode(document)), *options)


def test_older_values_become_older_versions(cli: CommandLine, file: WriteFile) -> None:
    import_all(cli, BITWARDEN, file, "--history")

    name = "Work/Mail/Box"
    assert [json.loads(cli.done("get", f"{name}{which}"))["password"] for which in ("", "~1", "~2")] == [
        "third", "second", "first"]


def test_a_second_import_updates_also_after_a_secret_was_renamed_in_its_source(
    cli: CommandLine, file: WriteFile
) -> None:
    import_all(cli, BITWARDEN, file)
    items = [{**item, "name": f"{item['name']} (renamed)"} for item in BITWARDEN["items"]]  # type: ignore[attr-defined]
    items[0]["login"] = {**items[0]["login"], "password": "fourth"}

    assert import_all(cli, {**BITWARDEN, "items": items}, file, "--update") == (
        "imported: new versions 1, unchanged 3\n")
    assert json.loads(cli.done("get", "Work/Mail/Box"))["password"] == "fourth"
    assert import_all(cli, {**BITWARDEN, "items": items}, file, "--prefix", "copy/") == "imported: new secrets 4\n"


def test_a_dry_run_shows_what_each_secret_was(cli: CommandLine, file: WriteFile) -> None:
    answer = cli("import", file("secret.yaml", SECRET_YAML), "--dry-run", "--prefix", "k8s/")

    assert answer.out == "create       k8s/prod/db  <- prod/db\nwould import: new secrets 1\n"
    assert "s3cret" not in answer.out + answer.err


def test_each_field_is_a_secret_and_the_trash_comes_along(cli: CommandLine, file: WriteFile) -> None:
    import_all(cli, BITWARDEN, file, "--split", "--trash")

    assert cli.done("get", "Work/Mail/Box/password") == "third"
    assert cli.done("get", "Gone/password") == "x"


def test_env_files_in_layers_and_with_references(cli: CommandLine, file: WriteFile) -> None:
    base, local = file(".env", 'HOST=a\nURL="https://${HOST}"\nFOO\n'), file(".env.local", "HOST=b\n")

    assert cli("import", base, local).code == 2
    answer = cli("import", base, local, "--last", "--expand")

    assert answer.code == 0
    assert "line 3: a name without = was skipped" in answer.err
    assert (cli.done("get", "HOST"), cli.done("get", "URL")) == ("b", "https://a")
