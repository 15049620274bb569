"""Folders: stores of pass, gopass and passage, and mounted secrets."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from smtui.transfer import formats
from smtui.transfer.entry import Entry
from smtui.transfer.errors import TransferError, UnreadableFileError
from smtui.transfer.formats import ImportFormat
from smtui.transfer.sources.password_store import parse_secret
from tests.transfer.sources.test_files import install


def read(path: Path, format: ImportFormat | None = None) -> dict[str, Entry]:
    return {entry.name: entry for entry in formats.read_source(formats.open_source(path), format).entries}


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key ring of the real gpg, with a key that has no passphrase."""
    home = tmp_path_factory.mktemp("gnupg")
    home.chmod(0o700)
    subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", "--quick-generate-key",
                    "tests@example.com", "rsa2048", "encrypt"], check=True, capture_output=True)
    return home


def encrypt(home: Path, path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet", "--trust-model", "always", "--recipient",
                    "tests@example.com", "--output", path, "--encrypt"], input=content, check=True, capture_output=True)


def test_a_store_of_pass_is_read_with_the_real_gpg(
    gnupg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(gnupg))
    store = tmp_path / "store"
    encrypt(gnupg, store / "mail" / "a box.gpg", b"s3cret\nuser: ann\nurl: https://a.example\nsome words\n")
    encrypt(gnupg, store / "pin.gpg", b"42\n")
    encrypt(gnupg, store / "blob.gpg", b"\xff\xfe\0")
    (store / ".gpg-id").write_text("tests@example.com\n")
    (store / ".git").mkdir()
    (store / ".git" / "x.gpg").write_bytes(b"no secret")

    entries = read(store)

    assert {*entries} == {"mail/a-box", "pin", "blob"}
    assert json.loads(str(entries["mail/a-box"].value)) == {
        "password": "s3cret", "username": "ann", "url": "https://a.example", "notes": "some words"}
    assert (entries["pin"].value, entries["blob"].value) == ("42", b"\xff\xfe\0")
    assert {"Key": "imported-id", "Value": "mail/a box"} in entries["mail/a-box"].metadata["Tags"]

    (store / "broken.gpg").write_bytes(b"no secret")
    with pytest.raises(UnreadableFileError, match=r"broken\.gpg cannot be decrypted"):
        read(store)


def test_a_store_of_passage_is_read_with_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script stands for `age`."""
    programs, store = tmp_path / "programs", tmp_path / "store"
    programs.mkdir()
    store.mkdir()
    (store / "box.age").write_text("s3cret\notpauth://totp/x\n")
    monkeypatch.setenv("PATH", str(programs))

    with pytest.raises(TransferError, match="age is not installed"):
        read(store)
    install(programs, "age", '/bin/cat "$4"')

    assert json.loads(str(read(store)["box"].value)) == {"password": "s3cret", "otp": "otpauth://totp/x"}


@pytest.mark.parametrize(("text", "fields"), [
    ("pw", {"password": "pw"}), ("pw\n", {"password": "pw"}), ("", {"password": ""}),
    ("pw\nlogin: ann\nURL: x\nnot a field\n\nlast: v", {"password": "pw", "username": "ann", "url": "x", "last": "v",
                                                        "notes": "not a field"}),
    ("pw\nuser: a\nuser: b", {"password": "pw", "username": "a", "notes": "user: b"}),
    ("pw\n---\nuser: ann\nn: 5\n", {"password": "pw", "username": "ann", "n": "5"}),
    ("pw\n---\n- no mapping", {"password": "pw", "notes": "- no mapping"}),
])  # fmt: skip
def test_lines_of_pass_and_gopass(text: str, fields: dict[str, str]) -> None:
    assert parse_secret(text) == fields


def test_a_mounted_folder_has_a_secret_in_each_file(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "secrets"
    folder.mkdir(parents=True)
    (folder / "db_password").write_bytes(b"s3cret\n")
    (folder / "key").write_bytes(b"\xff\0")
    (folder / ".hidden").write_bytes(b"x")
    (folder / "more").mkdir()
    os.mkfifo(folder / "pipe")

    found = formats.read_file(folder)

    assert {entry.name: entry.value for entry in found.entries} == {"db_password": "s3cret\n", "key": b"\xff\0"}
    assert "1 value with a line break at the end" in found.notes[0]
    assert [str(each) for each in found.left_behind] == ["1 hidden file or folder", "1 subfolder", "1 special file"]


def test_any_other_folder_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hunter2")

    with pytest.raises(UnreadableFileError, match="folder in no format") as caught:
        read(tmp_path)
    assert "--format folder" in caught.value.hint
    assert read(tmp_path, ImportFormat.FOLDER)["notes.txt"].value == "hunter2"
