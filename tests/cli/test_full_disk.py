"""Tests of full disks: each command prints a message, exits with the vault's code, and changes nothing.

A file size limit simulates the full disk, because it needs no permissions.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import smtui
from tests.cli.conftest import Answer, CommandLine
from tests.conftest import PASSPHRASE
from tests.waiting import LIMIT

resource = pytest.importorskip("resource")

LARGEST = 64 * 1024


@contextmanager
def full() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


BIG = "x" * 60_000
COMMANDS = {
    "set": (["set", "big", "-"], BIG),
    "create-secret": (["create-secret", "--name", "big", "--secret-string", "-"], BIG),
    "import": (["import", "-", "--format", "env"], f"BIG={BIG}\nSMALL=1\n"),
    "backup": (["backup", "copy.vault"], ""),
    "passwd": (["passwd", "--new-passphrase-fd", "NEW", "--print-recovery-code"], ""),
    "init": (["init", "--vault", "other.vault", "--print-recovery-code"], ""),
}


def call(cli: CommandLine, command: str) -> Answer:
    argv, given = COMMANDS[command]
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as line:
        line.write("another passphrase, long enough")
    try:
        return cli(*(str(reading) if word == "NEW" else word for word in argv), stdin=given.encode())
    finally:
        with suppress(OSError):
            os.close(reading)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk(stocked: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    before = everything(stocked), sorted(each.name for each in tmp_path.iterdir())
    with full():
        answer = call(stocked, command)

    assert answer.code == 4, answer.err
    assert "disk" in answer.err
    assert "Traceback" not in answer.err
    assert answer.raw == b""
    assert (everything(stocked), sorted(each.name for each in tmp_path.iterdir())) == before
    assert call(stocked, command).code == 0


def everything(cli: CommandLine) -> str:
    """Returns the content of the vault, and asserts that the check finds no problem."""
    with smtui.open_vault(cli.path, PASSPHRASE) as vault:
        assert vault.maintenance.check().clean
        return cli.done("export", "--format", "json")


def test_the_limit_does_not_end_the_program(stocked: CommandLine, tmp_path: Path) -> None:
    """The program ignores SIGXFSZ, which the system sends above the file size limit."""
    script = ("from smtui.vault import kdf; kdf.PROFILES.update({n: kdf.Profile(64, 1, 1) for n in kdf.PROFILES})\n"
              "import sys; from smtui.__main__ import main; sys.exit(main(sys.argv[1:]))")
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 128; exec "$@"', "sh", sys.executable, "-B", "-c", script, "set", "big", "-"],
        input=BIG.encode(), capture_output=True, timeout=LIMIT, check=False,
        env={**os.environ, "SMTUI_PASSPHRASE": PASSPHRASE, "PYTHONPATH": str(Path.cwd())},
    )

    assert (done.returncode, done.stdout) == (4, b"")
    assert b"disk" in done.stderr
    assert "big" not in stocked.done("ls")
