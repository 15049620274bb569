"""Fixtures that run the command line in the test process: real parser and vault, captured streams, no terminal."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import smtui
from smtui.cli import terminal
from smtui.cli.main import run
from smtui.server.agent import Agent
from tests.agents import run_agent, runtime
from tests.aws_server import Aws, aws, aws_server
from tests.conftest import PASSPHRASE, derive_keys_cheaply

__all__ = ["Aws", "aws", "aws_server", "runtime"]


@dataclass(frozen=True)
class Answer:
    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()


class Stream(io.TextIOWrapper):
    """A standard stream in memory; `tty` determines what `isatty` returns."""

    def __init__(self, content: bytes = b"", *, tty: bool = False) -> None:
        self._tty = tty
        super().__init__(io.BytesIO(content), encoding="utf-8", errors="surrogateescape", write_through=True)

    def isatty(self) -> bool:
        return self._tty

    def taken(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


class Person:
    """A simulated user at the terminal, who answers each question with the next of `answers` and collects the texts."""

    def __init__(self) -> None:
        self.present = False
        self.answers: list[str] = []
        self.asked: list[str] = []
        self.saw: list[str] = []

    def ask(self, question: str) -> bytearray:
        if not self.present:
            raise terminal.NoTerminalError
        self.asked.append(question)
        return bytearray(self.answers.pop(0).encode())

    def tell(self, text: str) -> bool:
        if self.present:
            self.saw.append(text)
        return self.present


class CommandLine:
    """Runs the program: `cli(*argv)`. The passphrase comes from the environment, unless `unlock` is False."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: Path, person: Person) -> None:
        self._patch = monkeypatch
        self.path = path
        self.person = person

    def __call__(
        self, *argv: str, stdin: bytes = b"", tty: bool = False, unlock: bool = True, passphrase: str = PASSPHRASE
    ) -> Answer:
        streams = {"stdin": Stream(stdin), "stdout": Stream(tty=tty), "stderr": Stream()}
        with self._patch.context() as patch:
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            if unlock:
                patch.setenv("SMTUI_PASSPHRASE", passphrase)
            code = run([str(word) for word in argv])
            os.environ.pop("SMTUI_PASSPHRASE", None)
        return Answer(code, streams["stdout"].taken(), streams["stderr"].taken().decode())

    def done(self, *argv: str, stdin: bytes = b"") -> str:
        """Runs a command that must succeed, and returns its output."""
        answer = self(*argv, stdin=stdin)
        assert answer.code == 0, answer.err
        return answer.out


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    someone = Person()
    monkeypatch.setattr(terminal, "ask", someone.ask)
    monkeypatch.setattr(terminal, "write", someone.tell)
    return someone


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cheap_kdf: None) -> Iterator[Path]:
    """A home directory without any files of smtui, and an environment without its variables."""
    monkeypatch.setenv("SMTUI_CONFIG", str(tmp_path / "config" / "config.toml"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("SMTUI_VAULT", "SMTUI_CONTEXT", "SMTUI_PASSPHRASE", "SMTUI_PASSPHRASE_FILE", "XDG_DATA_HOME",
                 "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, person: Person) -> CommandLine:
    """Returns the command line, without a vault."""
    path = tmp_path / "team.vault"
    monkeypatch.setenv("SMTUI_VAULT", str(path))
    return CommandLine(monkeypatch, path, person)


@pytest.fixture(scope="session")
def empty_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vaults") / "empty.vault"
    with derive_keys_cheaply():
        smtui.create_vault(path, PASSPHRASE).close()
    return path


@pytest.fixture
def cli(bare: CommandLine, empty_vault: Path) -> CommandLine:
    """Returns the command line with an empty vault."""
    shutil.copyfile(empty_vault, bare.path)
    bare.path.chmod(0o600)
    return bare


@pytest.fixture
def stocked(cli: CommandLine) -> CommandLine:
    """Returns the command line with a JSON secret of two versions, a text secret and a binary one."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="prod/db", SecretString='{"user":"ann","password":"first"}', Description="orders")
        client.put_secret_value(SecretId="prod/db", SecretString='{"user":"ann","password":"second","port":5432}')
        client.create_secret(Name="prod/text", SecretString="plain text\n")
        client.create_secret(Name="dev/key", SecretBinary=b"\x00\xff\n")
    return cli


@pytest.fixture
def agent(stocked: CommandLine, runtime: Path) -> Iterator[Agent]:
    """Returns an agent for the vault of the command line."""
    with run_agent(stocked.path) as agent:
        yield agent


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], str]:
    """Returns a function that writes a private file and returns its path."""

    def write(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o600)
        return str(path)

    return write
