"""Tests of the key file on the command line: its sources, its refusals, adding, replacing and removing it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

import smtui
from smtui.backends import agent_client
from smtui.backends.key_files import read_key_file
from smtui.system import bounded_read
from tests.agents import run_agent
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE

NEW = "tableware unsubtle sauna getaway armory hush"


@pytest.fixture
def key(stocked: CommandLine, tmp_path: Path) -> Path:
    """The key file of the vault of the command line."""
    path = tmp_path / "team.key"
    path.write_bytes(b"\0\xff random enough")
    path.chmod(0o600)
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase(PASSPHRASE, key_file=path)
    return path


def test_init_makes_a_vault_with_a_key_file(bare: CommandLine, tmp_path: Path) -> None:
    """A missing key file is created, and said so; an existing one is used as it is."""
    path = tmp_path / "new.key"
    answer = bare("init", "--key-file", str(path))
    assert answer.code == 0, answer.err
    assert f"created the key file {path}" in answer.err and "Keep a copy" in answer.err
    assert path.stat().st_mode & 0o077 == 0
    content = path.read_bytes()

    assert bare("ls").code == 3
    assert bare("ls", "--key-file", str(path)).code == 0
    answer = bare("init", "--vault", str(tmp_path / "second.vault"), "--key-file", str(path))
    assert answer.code == 0 and "created the key file" not in answer.err
    assert path.read_bytes() == content


def test_init_takes_the_key_file_of_the_environment(
    bare: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTUI_KEY_FILE", str(tmp_path / "new.key"))
    assert bare("init").code == 0
    assert bare("ls").code == 0
    monkeypatch.delenv("SMTUI_KEY_FILE")
    assert bare("ls").code == 3


def test_a_missing_key_file_is_told_before_any_prompt(stocked: CommandLine, key: Path) -> None:
    stocked.person.present = True
    answer = stocked("get", "prod/text", unlock=False)

    assert answer.code == 3 and not stocked.person.asked
    assert f"{stocked.path} needs its key file in addition to the passphrase." in answer.err
    assert "--key-file PATH or $SMTUI_KEY_FILE" in answer.err


@pytest.mark.parametrize("given", ["option", "before", "environment", "prompt"])
def test_the_sources_of_the_key_file(
    stocked: CommandLine, key: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    if given == "environment":
        monkeypatch.setenv("SMTUI_KEY_FILE", str(key))
    if given == "prompt":
        stocked.person.present, stocked.person.answers = True, ["wrong", PASSPHRASE]
    words = {"before": ["--key-file", str(key), "get", "prod/text"], "environment": ["get", "prod/text"]}.get(
        given, ["get", "prod/text", "--key-file", str(key)])
    answer = stocked(*words, unlock=given != "prompt")

    assert answer.raw == b"plain text\n", answer.err
    if given == "prompt":
        assert len(stocked.person.asked) == 2
        assert "Wrong passphrase or key file" in answer.err


def test_wrong_changed_and_unreadable_key_files(stocked: CommandLine, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_bytes(b"x")
    other.chmod(0o600)
    wrong = stocked("ls", "--key-file", str(other))
    assert wrong.code == 3
    assert wrong.err == stocked("ls", "--key-file", str(key), passphrase="wrong").err  # K6: the same words
    key.write_bytes(key.read_bytes() + b"\n")
    assert stocked("ls", "--key-file", str(key)).err == wrong.err
    for path, problem in ((tmp_path / "none", "No such file"), (tmp_path, "directory"), (stocked.path, "its own")):
        answer = stocked("ls", "--key-file", str(path))
        assert answer.code == 3 and problem in answer.err
    assert "names no file" in stocked("ls", "--key-file", "").err
    key.chmod(0o644)
    answer = stocked("ls", "--key-file", str(key))
    assert answer.code == 3 and "mode 0644" in answer.err and "chmod 600" in answer.err


def test_a_key_file_for_a_vault_without_one(
    stocked: CommandLine, file: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option is refused, because somebody may believe in a second factor. The variable is for all vaults."""
    path = tmp_path / "k"
    path.write_bytes(b"x")
    path.chmod(0o600)
    answer = stocked("ls", "--key-file", str(path))
    assert answer.code == 3 and "has no key file" in answer.err
    monkeypatch.setenv("SMTUI_KEY_FILE", str(path))
    assert stocked("ls").code == 0


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_key_file_from_a_pipe(
    stocked: CommandLine, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_read, "NO_WRITER", 60.0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    writer = threading.Thread(target=lambda: pipe.write_bytes(key.read_bytes()))
    writer.start()
    assert stocked("ls", "--key-file", str(pipe)).code == 0
    writer.join()


def test_passwd_adds_keeps_replaces_and_removes_it(stocked: CommandLine, tmp_path: Path) -> None:
    stocked.person.present = True
    one, two = tmp_path / "one.key", tmp_path / "two.key"

    def change(*words: str) -> str:
        stocked.person.answers = [PASSPHRASE, PASSPHRASE]
        answer = stocked("passwd", *words)
        assert answer.code == 0, answer.err
        return answer.out

    assert f"the key file is {one} from now on" in change("--new-key-file", str(one))
    assert stocked("ls").code == 3
    assert "key file" not in change("--key-file", str(one))
    assert stocked("ls").code == 3
    assert f"the key file is {two} from now on" in change("--key-file", str(one), "--new-key-file", str(two))
    assert stocked("ls", "--key-file", str(one)).code == 3
    assert "no key file is needed" in change("--key-file", str(two), "--no-key-file")
    assert stocked("get", "prod/text").raw == b"plain text\n"
    assert stocked("passwd", "--no-key-file", "--new-key-file", str(one)).code == 2


def test_passwd_raises_the_cost_and_says_so(stocked: CommandLine) -> None:
    stocked.person.present, stocked.person.answers = True, [NEW, NEW]
    answer = stocked("passwd", "--kdf-memory", "256")

    assert answer.code == 0, answer.err
    assert "key derivation with 256 MiB instead of 64 MiB" in answer.out
    assert stocked.path.read_bytes()[0] == 2
    stocked.person.answers = [NEW, NEW]
    assert "key derivation" not in stocked("passwd", passphrase=NEW).out
    assert stocked.path.read_bytes()[0] == 2
    assert stocked("passwd", "--kdf-memory", "1", passphrase=NEW).code == 2


def test_init_with_the_higher_cost(bare: CommandLine) -> None:
    assert bare("init", "--kdf-memory", "256").code == 0
    assert bare.path.read_bytes()[0] == 2


def test_recover_asks_what_is_to_become_of_the_key_file(stocked: CommandLine, key: Path) -> None:
    with smtui.open_vault(stocked.path, PASSPHRASE, key_file=key) as vault:
        vault.maintenance.change_passphrase(PASSPHRASE)
        code = vault.maintenance.take_recovery_code()
    stocked.person.present, stocked.person.answers = True, [code]
    answer = stocked("recover", unlock=False)
    assert answer.code == 3
    assert all(word in answer.err for word in ("--key-file", "--new-key-file", "--no-key-file"))

    stocked.person.answers = [code, NEW, NEW]
    answer = stocked("recover", "--no-key-file", unlock=False)
    assert answer.code == 0, answer.err
    assert stocked("get", "prod/text", passphrase=NEW).raw == b"plain text\n"


def test_recover_keeps_the_key_file(stocked: CommandLine, key: Path) -> None:
    with smtui.open_vault(stocked.path, PASSPHRASE, key_file=key) as vault:
        vault.maintenance.change_passphrase(PASSPHRASE)
        code = vault.maintenance.take_recovery_code()
    stocked.person.present, stocked.person.answers = True, [code, NEW, NEW]
    assert stocked("recover", "--key-file", str(key), unlock=False).code == 0
    assert stocked("ls", passphrase=NEW).code == 3
    assert stocked("ls", "--key-file", str(key), passphrase=NEW).code == 0


def test_the_stored_key_needs_no_key_file(stocked: CommandLine, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from smtui.backends import stored_key

    with smtui.open_vault(stocked.path, PASSPHRASE, key_file=key) as vault:
        stored = vault.unlock_key()
    monkeypatch.setattr(stored_key, "load", lambda path: stored)
    assert stocked("get", "prod/text", unlock=False).raw == b"plain text\n"


def test_an_import_tells_its_key_files_apart(stocked: CommandLine, key: Path, file: object, tmp_path: Path) -> None:
    """`--key-file` of import is that of the imported file; before the command it is that of the vault."""
    env = tmp_path / "x.env"
    env.write_text("A=1\n")
    assert stocked("import", str(env), "--vault-key-file", str(key)).code == 0
    assert stocked("--key-file", str(key), "import", str(env), "--skip").code == 0
    assert stocked("import", str(env), "--key-file", str(key), "--skip").code == 3


def test_an_agent_is_unlocked_with_both(
    stocked: CommandLine, key: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.agents.smtui", _WithKeyFile(key))
    with run_agent(stocked.path):
        agent = agent_client.connect(stocked.path)
        assert agent is not None
        agent.request("lock")
        with pytest.raises(smtui.WrongPassphraseError, match="or key file"):
            agent.unlock(bytearray(b"wrong"), read_key_file(key, stocked.path).digest)
        assert stocked("get", "prod/text").code == 3
        assert stocked("get", "prod/text", "--key-file", str(key)).raw == b"plain text\n"
        assert stocked("get", "prod/text", unlock=False).raw == b"plain text\n"
        agent.close()


class _WithKeyFile:
    """Opens the vault of an agent with its key file at first; later with what the agent was sent."""

    def __init__(self, key: Path) -> None:
        self._first: Path | None = key

    def open_vault(self, path: Path, passphrase: bytes, key_file: object = None) -> smtui.Vault:
        first, self._first = self._first, None
        return smtui.open_vault(path, passphrase, key_file=key_file or first)  # type: ignore[arg-type]


def test_a_key_file_that_cannot_be_created_leaves_everything(bare: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    answer = bare("init", "--key-file", str(tmp_path / "file" / "below"))
    assert answer.code in (2, 3) and "Traceback" not in answer.err
    assert not bare.path.exists()
    answer = bare("init", "--key-file", str(tmp_path / "no" / "folder.key"))
    assert answer.code == 2 and "Cannot create the key file" in answer.err
    assert not bare.path.exists()
