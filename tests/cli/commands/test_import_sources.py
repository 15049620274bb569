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


def make_secret(name: str, value: str = "s3cret", tags: Mapping[str, str] | None = None, about: str = "") -> object:
    listed = [{"Key": key, "Value": text} for key, text in (tags or {}).items()]
    return {"Name": name, "SecretString": value, "Description": about, "Tags": listed}


MANY_TAGS = {f"tag{number}": "" for number in range(51)}
TOO_LARGE = [
    make_secret("tags", tags=MANY_TAGS), make_secret("about", about="x" * 2049),
    make_secret("key", tags={"k" * 129: ""}), make_secret("text", tags={"k": "v" * 257}), make_secret("fine"),
]


@pytest.fixture(params=[False, True], ids=["short", "long"])
def long_file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads every file at once, or every file as one that is too long for memory."""
    if request.param:
        monkeypatch.setattr("smtui.cli.import_long.LONG", 0)


@pytest.mark.usefixtures("long_file")
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_every_secret_beyond_a_limit_is_named_before_anything_is_written(
    cli: CommandLine, file: WriteFile, options: tuple[str, ...]
) -> None:
    answer = cli("import", file("many.json", json.dumps(TOO_LARGE)), *options)

    assert answer.code == 1
    assert "4 secrets cannot be imported" in answer.err
    for words in ("tags (it has 51 tags", "about (the description has 2,049", "key (the key of a tag has more",
                  "text (the value of a tag has more"):
        assert words in answer.err
    assert not options or "conflict     tags  (it has 51 tags, at most 50 are allowed)\n" in answer.out
    assert cli.done("ls") == ""


@pytest.mark.usefixtures("long_file")
def test_tags_and_descriptions_of_secrets_that_exist_do_not_matter(cli: CommandLine, file: WriteFile) -> None:
    """They are not written. One of the secrets has no value yet."""
    for name in ("tags", "about", "key"):
        cli.done("set", name, "-", stdin=b"old")
    cli.done("create-secret", "--name", "text")

    answer = cli("import", file("many.json", json.dumps(TOO_LARGE)), "--update")

    assert answer.code == 0, answer.err
    assert cli.done("get", "tags") == cli.done("get", "text") == "s3cret"


@pytest.mark.usefixtures("long_file")
def test_tags_of_aws_itself_stay_behind_and_the_secret_does_not(cli: CommandLine, file: WriteFile) -> None:
    tags = {"aws:cloudformation:stack-name": "web", "AWS:secretsmanager:owningService": "rds", "team": "web"}

    answer = cli("import", file("one.json", json.dumps([make_secret("db", tags=tags)])))

    assert answer.code == 0, answer.err
    assert "not imported: 2 tags that only AWS can attach (aws:...)." in answer.err
    assert json.loads(cli.done("describe-secret", "--secret-id", "db"))["Tags"] == [{"Key": "team", "Value": "web"}]


def test_a_secret_without_a_value_gets_its_older_values_too(cli: CommandLine, file: WriteFile) -> None:
    cli.done("create-secret", "--name", "Work/Mail/Box")

    answer = cli("import", file("bw.json", encode(BITWARDEN)), "--history")

    assert "older value" not in answer.err
    assert json.loads(cli.done("get", "Work/Mail/Box~2"))["password"] == "first"


def test_older_values_of_secrets_that_exist_stay_behind_by_number(cli: CommandLine, file: WriteFile) -> None:
    import_all(cli, BITWARDEN, file)

    answer = cli("import", file("bw.json", encode(BITWARDEN)), "--history", "--update")

    assert "not imported: 2 older values of secrets that exist." in answer.err.replace("; ", ". not imported: ")


@pytest.mark.usefixtures("long_file")
def test_a_name_that_is_given_twice_names_the_option_that_helps(cli: CommandLine, file: WriteFile) -> None:
    path = file("two.json", json.dumps([make_secret("a", "1"), make_secret("b", "2"), make_secret("a", "3")]))

    refused = cli("import", path)

    assert refused.code == 2
    assert "a is given twice" in refused.err
    assert "--last takes the last one" in refused.err
    assert cli.done("import", path, "--last") == "imported: new secrets 2\n"
    assert cli.done("get", "a") == "3"


def test_one_secret_of_all_names_what_it_leaves_behind(cli: CommandLine, file: WriteFile) -> None:
    """And the options that would bring it along otherwise do not refuse the import."""
    secrets = [make_secret("a", tags={"team": "web"}, about="of a"), make_secret("b", tags={"x": "1", "y": "2"})]

    answer = cli("import", file("two.json", json.dumps(secrets)), "--as-one", "prod/app")
    from_database = cli("import", file("old.kdbx", DATABASE), "--as-one", "home", "--history", "--attachments",
                        "--source-passphrase-fd", str(send(PASSPHRASE)))

    assert "not imported: 1 description; 3 tags." in answer.err
    assert from_database.code == 0, from_database.err
    assert "1 older value; 1 attachment" in from_database.err
    assert json.loads(cli.done("get", "home")).keys() >= {"Mail/Box"}


def send(text: str) -> int:
    """A descriptor from which a line can be read."""
    read, write = os.pipe()
    os.write(write, f"{text}\n".encode())
    os.close(write)
    return read
