"""Tests of file arguments: private files, other file types, and no overwriting."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import smtui
from smtui.cli import inputs
from smtui.system import bounded_read, private_files
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes and pipes as POSIX has them")


@pytest.fixture
def passphrase_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    path.chmod(0o600)
    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", str(path))
    return path


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o777])
def test_a_passphrase_file_open_to_others_is_refused(cli: CommandLine, passphrase_file: Path, mode: int) -> None:
    """The error names the file, its mode and the remedy, as ssh does for keys."""
    passphrase_file.chmod(mode)
    answer = cli("ls", unlock=False)

    assert answer.code == 3
    assert str(passphrase_file) in answer.err and f"{mode:04o}" in answer.err and "chmod 600" in answer.err
    passphrase_file.chmod(0o400)
    assert cli("ls", unlock=False).code == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_passphrase_file_of_another_user_is_refused(cli: CommandLine, passphrase_file: Path) -> None:
    os.chown(passphrase_file, 12345, -1)
    answer = cli("ls", unlock=False)

    assert answer.code == 3 and "belongs to another user" in answer.err


@pytest.mark.parametrize(("what", "says"), [
    ("/dev/zero", "larger than"), ("/", "directory"), ("/dev/null", "empty"),
])
def test_a_passphrase_that_is_no_file(cli: CommandLine, monkeypatch: pytest.MonkeyPatch, what: str, says: str) -> None:
    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", what)
    answer = cli("ls", unlock=False)

    assert answer.code == 3 and says in answer.err


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a named pipe; the wait for a writer is short."""
    monkeypatch.setattr(bounded_read, "NO_WRITER", 0.05)
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    return path


COMMANDS = [
    ["set", "a", "--file", "{}"], ["create-secret", "--name", "a", "--secret-string", "file://{}"],
    ["create-secret", "--name", "a", "--secret-binary", "fileb://{}"], ["import", "{}"],
    ["create-secret", "--cli-input-json", "file://{}"],
    ["put-resource-policy", "--secret-id", "a", "--resource-policy", "file://{}"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0] + words[-1].partition(":")[0])
def test_a_pipe_without_a_writer_is_refused(cli: CommandLine, pipe: Path, words: list[str]) -> None:
    answer = cli(*(word.format(pipe) for word in words))

    assert answer.code == 2 and "without a writer" in answer.err


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0] + words[-1].partition(":")[0])
def test_a_device_without_end_is_cut(cli: CommandLine, words: list[str]) -> None:
    """Reading `/dev/zero` stops at a limit."""
    answer = cli(*(word.format("/dev/zero") for word in words))

    assert answer.code == 2 and "larger than 64 MiB" in answer.err


def test_a_pipe_with_a_writer_is_read_to_its_end(cli: CommandLine, pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A late writer, as with `<(command)` in a shell, is waited for."""
    monkeypatch.setattr(bounded_read, "NO_WRITER", 60.0)
    writer = threading.Thread(target=lambda: pipe.write_text("one\ntwo\n"))
    writer.start()
    cli.done("set", "a", "--file", str(pipe))
    writer.join()

    assert cli("get", "a").raw == b"one\ntwo\n"


def test_a_passphrase_from_a_pipe(cli: CommandLine, pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", str(pipe))
    assert "without a writer" in (refused := cli("ls", unlock=False)).err and refused.code == 3
    monkeypatch.setattr(bounded_read, "NO_WRITER", 60.0)
    writer = threading.Thread(target=lambda: pipe.write_text(PASSPHRASE + "\n"))
    writer.start()
    assert cli("ls", unlock=False).code == 0
    writer.join()


@pytest.mark.parametrize("links", [True, False])
def test_what_comes_in_between_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """A file that appears during the write is kept, also on file systems without hard links."""
    if not links:
        monkeypatch.setattr(os, "link", _refuse_links)
    target = tmp_path / "target"
    with private_files.atomic_write(target, over=False) as file:
        file.write(b"ours")
    assert target.read_bytes() == b"ours" and target.stat().st_nlink == 1
    other = tmp_path / "other"
    with pytest.raises(FileExistsError), private_files.atomic_write(other, over=False) as file:
        file.write(b"ours")
        other.write_bytes(b"theirs")

    assert other.read_bytes() == b"theirs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "target"]


def _refuse_links(*_: object) -> None:
    raise PermissionError(1, "no links here")


def test_a_vault_whose_making_was_interrupted_opens(cli: CommandLine) -> None:
    """The remaining second link from an interrupted creation is removed. A second link of any other name is refused."""
    for suffix in (".making", ".part"):
        other = cli.path.with_name(cli.path.name + suffix)
        other.hardlink_to(cli.path)
        assert cli("ls").code == 0
        assert not other.exists()
    cli.path.with_name("mine").hardlink_to(cli.path)

    assert "has a second name" in cli("ls").err


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory", "file:x", "a%41#b?c=d", "-", " "])
def test_a_name_is_a_file_name(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Names with a special meaning for SQLite are plain file names."""
    (tmp_path / "odd").mkdir()
    monkeypatch.chdir(tmp_path / "odd")
    with smtui.create_vault(name, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", SecretString="kept")
        vault.maintenance.backup(f"{name}.backup")
    with smtui.open_vault(name, PASSPHRASE) as vault:
        assert vault.client().get_secret_value(SecretId="a")["SecretString"] == "kept"

    assert sorted(path.name for path in (tmp_path / "odd").iterdir()) == sorted([name, f"{name}.backup"])
    assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600


def test_an_empty_name_is_no_vault(cli: CommandLine) -> None:
    answer = cli("ls", "--vault", "")

    assert answer.code == 2 and "names no file" in answer.err


def test_a_new_passphrase_names_copies_of_the_old_one(
    cli: CommandLine, file: Callable[[str, str], str]
) -> None:
    copy = cli.path.with_name(f"{cli.path.name}.format-2.backup")
    copy.write_bytes(cli.path.read_bytes())
    cli.person.present = True
    cli.person.answers = ["tableware unsubtle sauna getaway armory hush"] * 2
    answer = cli("passwd")

    assert answer.code == 0, answer.err
    assert f"{copy} still opens with the old passphrase" in answer.err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_an_inherited_vault_is_locked_in_the_child(cli: CommandLine) -> None:
    """After a fork, the child wipes its keys. The vault of the parent remains open and undamaged."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", SecretString="1")
        child = os.fork()
        if not child:
            try:
                vault.client()
                code = 1
            except smtui.VaultLockedError:
                code = 0 if vault.locked and not any(vault._state.file_keys.master) else 2
            os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

        vault.client().put_secret_value(SecretId="a", SecretString="2")
        assert vault.maintenance.check().clean
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        assert vault.client().get_secret_value(SecretId="a")["SecretString"] == "2"


@pytest.mark.parametrize("words", [
    ["set", "NAME", "-"], ["create-secret", "--name", "x", "--secret-string", "-"], ["import", "-"],
], ids=lambda words: words[0])  # fmt: skip
def test_too_much_on_standard_input_is_said_once(
    cli: CommandLine, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "MAX_BYTES", 1 << 20)
    answer = cli(*words, stdin=b"x" * ((1 << 20) + 1))

    assert answer.code == 2 and answer.err.lower().count("standard input") == 1
    assert "Standard input holds more than 1 MiB, too much for " in answer.err
