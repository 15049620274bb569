"""Tests of importing what other programs write: each file is made by the program itself, where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from smtui.transfer import formats
from smtui.transfer.entry import Entry
from smtui.transfer.errors import SourcePassphraseError, UnknownSourceError
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.opened_source import FileContent
from smtui.transfer.source_key import SourceKey
from tests.aws_server import Aws, aws, aws_server

__all__ = ["aws", "aws_server"]
EVERYTHING = MappingOptions(history=True, attachments=True, trash=True)
PASSWORD = "a passphrase, é"  # of files that are made here
MULTILINE = "line\nsecond <&> \"q\" é"
Run = Callable[..., str]


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Returns a function that runs a program in a folder of its own, with `typed` as input; returns its output."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def run(*command: str, typed: str = "") -> str:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, input=typed.encode(), capture_output=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


def read(path: str, passphrase: str | None = None, key_file: str | None = None,
         options: MappingOptions = MappingOptions()) -> FileContent:  # noqa: B008  # it is frozen
    key = SourceKey(passphrase, Path(key_file).read_bytes() if key_file else None, Path(key_file) if key_file else None)
    return formats.read_file(Path(path), key, options)


def list_values(content: FileContent) -> dict[str, Any]:
    """The values by name; JSON objects are parsed."""
    return {entry.name: _parse(entry) for entry in content.entries}


def _parse(entry: Entry) -> Any:
    return json.loads(entry.value) if isinstance(entry.value, str) and entry.value.startswith("{") else entry.value


# KeePass.


@pytest.fixture
def keepassxc(run: Run) -> Run:
    """Returns a function that runs keepassxc-cli on the database `a.kdbx`, which it makes first."""
    run("keepassxc-cli", "db-create", "-q", "-p", "a.kdbx", typed=f"{PASSWORD}\n{PASSWORD}\n")

    def change(command: str, *words: str, typed: str = "") -> str:
        return run("keepassxc-cli", command, "-q", *words, typed=f"{PASSWORD}\n{typed}")

    for group in ("Mail", "Mail/Größe"):
        change("mkdir", "a.kdbx", group)
    change("add", "-p", "-u", "ann", "--url", "https://a.example/", "--notes", "first", "a.kdbx", "Mail/Box",
           typed="old <&>\n")
    change("edit", "-p", "a.kdbx", "Mail/Box", typed="new <&> é\n")
    change("add", "-p", "-u", "bob", "a.kdbx", "Mail/Größe/Über", typed="other\n")
    change("add", "-p", "-u", "eve", "a.kdbx", "Gone", typed="deleted\n")
    change("rm", "a.kdbx", "Gone")
    Path("key.pem").write_bytes(b"\0key")
    change("attachment-import", "a.kdbx", "Mail/Box", "key.pem", "key.pem")
    return change


BOX = {"username": "ann", "password": "new <&> é", "url": "https://a.example/", "notes": "first"}
KEEPASSXC_VALUES = {"Mail/Box": BOX, "Mail/Grosse/Uber": {"username": "bob", "password": "other"}}


@needs("keepassxc-cli")
@pytest.mark.usefixtures("keepassxc")
def test_a_database_of_keepassxc() -> None:
    content = read("a.kdbx", PASSWORD)

    assert list_values(content) == KEEPASSXC_VALUES
    assert {left.option for left in content.left_behind} == {"--history", "--attachments", "--trash"}
    everything = read("a.kdbx", PASSWORD, options=EVERYTHING)
    assert list_values(everything).keys() == {*KEEPASSXC_VALUES, "Mail/Box/key.pem", "Recycle-Bin/Gone"}
    [box] = [entry for entry in everything.entries if entry.name == "Mail/Box"]
    assert any("old <&>" in str(older) for older in box.history)
    assert list_values(everything)["Mail/Box/key.pem"] == b"\0key"
    with pytest.raises(SourcePassphraseError):
        read("a.kdbx", "wrong")


@needs("keepassxc-cli")
@pytest.mark.parametrize("format", ["csv", "xml"])
def test_an_export_of_keepassxc(keepassxc: Run, format: str) -> None:
    """What is in the recycle bin stays there."""
    Path("export").write_text(keepassxc("export", "-f", format, "a.kdbx"))

    content = read("export")

    assert list_values(content) == KEEPASSXC_VALUES
    assert "--trash" in {left.option for left in content.left_behind}


@needs("keepassxc-cli")
def test_a_database_of_keepassxc_with_a_key_file(run: Run) -> None:
    run("keepassxc-cli", "db-create", "-q", "-p", "-k", "a.keyx", "a.kdbx", typed=f"{PASSWORD}\n{PASSWORD}\n")
    run("keepassxc-cli", "add", "-q", "-k", "a.keyx", "-p", "a.kdbx", "One", typed=f"{PASSWORD}\nvalue\n")

    assert list_values(read("a.kdbx", PASSWORD, "a.keyx")) == {"One": "value"}
    with pytest.raises(SourcePassphraseError):
        read("a.kdbx", PASSWORD)


@pytest.mark.parametrize("cipher", ["aes256", "chacha20"])
def test_a_database_of_pykeepass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cipher: str) -> None:
    pykeepass = pytest.importorskip("pykeepass")
    monkeypatch.chdir(tmp_path)
    database = pykeepass.create_database("a.kdbx", PASSWORD)
    entry = database.add_entry(database.add_group(database.root_group, "Web"), "Site", "ann", "old", tags=["a"])
    entry.save_history()
    entry.password = "new"  # not a secret
    entry.set_custom_property("PIN", "42", protect=True)
    entry.add_attachment(database.add_binary(b"\0file"), "a.bin")
    database.save()

    content = read("a.kdbx", PASSWORD, options=EVERYTHING)

    assert list_values(content) == {"Web/Site": {"username": "ann", "password": "new", "PIN": "42"},
                                    "Web/Site/a.bin": b"\0file"}


# ansible-vault, kubectl.


@needs("ansible-vault")
@pytest.mark.parametrize("label", [(), ("--encrypt-vault-id", "prod")], ids=["1.1", "1.2"])
def test_files_of_ansible_vault(run: Run, label: tuple[str, ...]) -> None:
    Path("password").write_text(PASSWORD)
    Path("vars.yml").write_text("db_password: s3cret\napi:\n  key: k\n")
    run("ansible-vault", "encrypt", "--vault-id", "prod@password", *label, "vars.yml")

    assert list_values(read("vars.yml", PASSWORD)) == {"vars": {"db_password": "s3cret", "api": {"key": "k"}}}


@needs("ansible-vault")
def test_a_value_that_ansible_vault_has_encrypted(run: Run) -> None:
    Path("password").write_text(PASSWORD)
    encrypted = run("ansible-vault", "encrypt_string", "--vault-password-file", "password", "--name", "password",
                    MULTILINE)
    Path("vars.yml").write_text(f"host: h\n{encrypted}\nport: 5432\n")

    assert list_values(read("vars.yml", PASSWORD)) == {"vars": {"host": "h", "password": MULTILINE, "port": 5432}}
    with pytest.raises(SourcePassphraseError):
        read("vars.yml")
    with pytest.raises(SourcePassphraseError):
        read("vars.yml", "wrong")


@needs("kubectl")
@pytest.mark.parametrize("output", ["yaml", "json"])
def test_secrets_of_kubectl(run: Run, output: str) -> None:
    Path("cert").write_bytes(b"\0\xffder")
    command = ("kubectl", "create", "secret")
    dry = ("--dry-run=client", "-o", output)
    app = run(*command, "generic", "app", "-n", "prod", "--from-literal=user=ann", "--from-file=cert",
              f"--from-literal=password={MULTILINE}", *dry)
    registry = run(*command, "docker-registry", "reg", "--docker-server=r.example", "--docker-username=u",
                   "--docker-password=p", *dry)
    Path("secrets").write_text(app + ("---\n" if output == "yaml" else "") + registry)

    values = list_values(read("secrets"))

    assert values["prod/app"] == {"user": "ann", "password": MULTILINE}
    assert values["prod/app/cert"] == b"\0\xffder"
    assert "r.example" in str(values["reg"])


# Password stores.


@pytest.fixture
def gpg_key(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    home = Path("/tmp") / f"smtui-gpg-{os.getpid()}"  # sockets need a short path
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    run("gpg", "--batch", "-q", "--passphrase", "", "--quick-gen-key", "t@example.com", "default", "default", "never")
    yield
    subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
    shutil.rmtree(home, ignore_errors=True)


@needs("pass", "gpg")
@pytest.mark.usefixtures("gpg_key")
def test_a_store_of_pass(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(tmp_path / "store"))
    run("pass", "init", "t@example.com")
    run("pass", "insert", "-m", "web/Größe", typed="pw\nlogin: ann\nurl: https://a\n")
    run("pass", "insert", "-m", "one", typed="only")

    assert list_values(read("store")) == {
        "web/Grosse": {"username": "ann", "password": "pw", "url": "https://a"}, "one": "only"}


@needs("age", "age-keygen")
def test_a_store_of_passage(run: Run) -> None:
    """passage is a script around age; this is the command that it runs."""
    Path("store/web").mkdir(parents=True)
    run("age-keygen", "-o", "identities")
    recipient = run("age-keygen", "-y", "identities").strip()
    Path("store/.age-recipients").write_text(recipient)
    run("age", "-e", "-r", recipient, "-o", "store/web/site.age", typed="pw\nlogin: ann\n")

    assert list_values(read("store", key_file="identities")) == {"web/site": {"username": "ann", "password": "pw"}}


# AWS.


@needs("aws")
def test_answers_of_the_aws_cli(run: Run, aws: Aws) -> None:
    """With values, one after the other, and those without values, which are refused with the command that has them."""
    secrets = ("aws", "--profile", "a", "secretsmanager")
    Path("binary").write_bytes(b"\0\xff")
    run(*secrets, "create-secret", "--name", "prod/db", "--secret-string", MULTILINE, "--tags", "Key=a,Value=b")
    run(*secrets, "create-secret", "--name", "prod/bin", "--secret-binary", "fileb://binary")
    ids = ("--secret-id-list", "prod/db", "prod/bin")
    one = [run(*secrets, "get-secret-value", "--secret-id", name) for name in ("prod/db", "prod/bin")]
    expected = {"prod/db": MULTILINE, "prod/bin": b"\0\xff"}

    for text in (run(*secrets, "batch-get-secret-value", *ids), "".join(one),
                 run(*secrets, "batch-get-secret-value", *ids, "--query", "SecretValues")):
        Path("answer").write_text(text)
        assert list_values(read("answer")) == expected
    for operation in (("list-secrets",), ("describe-secret", "--secret-id", "prod/db")):
        Path("answer").write_text(run(*secrets, *operation))
        with pytest.raises(UnknownSourceError, match="value"):
            read("answer")


@needs("aws")
def test_parameters_of_the_aws_cli(run: Run, aws: Aws) -> None:
    for name, type, value in (("/app/pw", "SecureString", MULTILINE), ("/app/list", "StringList", "a,b")):
        run("aws", "--profile", "a", "ssm", "put-parameter", "--name", name, "--type", type, "--value", value)
    Path("answer").write_text(run("aws", "--profile", "a", "ssm", "get-parameters-by-path", "--path", "/",
                                  "--recursive", "--with-decryption"))

    assert list_values(read("answer")) == {"app/pw": MULTILINE, "app/list": "a,b"}


@needs("aws")
def test_keys_of_aws_configure(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "home" / ".aws" / "credentials"))
    for profile in ("default", "prod"):
        run("aws", "configure", "set", "aws_access_key_id", f"AKIA{profile}", "--profile", profile)
        run("aws", "configure", "set", "aws_secret_access_key", "s/e+c%", "--profile", profile)

    values = list_values(read("home/.aws/credentials"))

    assert values["aws/prod"] == {"aws_access_key_id": "AKIAprod", "aws_secret_access_key": "s/e+c%"}
    assert values.keys() == {"aws/default", "aws/prod"}


def test_answers_as_yaml(tmp_path: Path) -> None:
    """As `--output yaml` of version 2 of the aws CLI writes them."""
    yaml = pytest.importorskip("yaml")
    answer = {"ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf", "Name": "a",
              "SecretString": MULTILINE, "VersionStages": ["AWSCURRENT"], "CreatedDate": "2026-01-02T03:04:05+00:00"}
    (tmp_path / "one").write_text(yaml.safe_dump(answer))
    (tmp_path / "page").write_text(yaml.safe_dump({"SecretValues": [answer], "Errors": []}))

    for name in ("one", "page"):
        assert list_values(read(str(tmp_path / name))) == {"a": MULTILINE}


# .env files.


def test_a_file_of_python_dotenv(tmp_path: Path) -> None:
    dotenv = pytest.importorskip("dotenv")
    values: Mapping[str, str] = {
        "A": "plain", "B": "it's \"quoted\" \\ and $HOME", "C": "two\nlines", "D": "x # y", "E": "'",
        "F": "ends with '",
    }
    for name, value in values.items():
        dotenv.set_key(tmp_path / ".env", name, value)

    assert list_values(read(str(tmp_path / ".env"))) == values
