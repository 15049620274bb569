"""Tests of `smtui exec`: the variables of the command, and that the command replaces the process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.cli.commands import execute
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE
from tests.waiting import LIMIT

ROOT = Path(smtui.__file__).parents[1]


@pytest.fixture
def got(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Returns the arguments with which the command was started."""
    seen: dict[str, Any] = {}

    def become(program: str, words: list[str], surroundings: dict[str, str], held: dict[str, str]) -> None:
        seen.update(program=program, words=words, surroundings=surroundings, held=held)
        raise KeyboardInterrupt  # the command replaces the process

    monkeypatch.setattr(execute, "replace_process", become)
    return seen


@pytest.fixture
def cli(stocked: CommandLine) -> CommandLine:
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="app/api-key", SecretString="k")
        client.create_secret(Name="app/settings", SecretString='{"n": 1.10, "on": true, "list": [1, {"a": null}]}')
        client.create_secret(Name="9lives", SecretString="cat")
        client.create_secret(Name="paths", SecretString='{"PATH": "/evil", "A": "1"}')
        for name, value in (("TF_VAR_db_password", "t"), ("ENV", "prod"), ("list", "l")):
            client.create_secret(Name=f"tf/{name}", SecretString=value)
    return stocked


@pytest.mark.parametrize(("targets", "variables"), [
    (["prod/db"], {"user": "ann", "password": "second", "port": "5432"}),
    (["prod/db#password"], {"password": "second"}),
    (["PGPASSWORD=prod/db#password"], {"PGPASSWORD": "second"}),
    (["prod/db~1"], {"user": "ann", "password": "first"}),
    (["prod/db:AWSPREVIOUS#password"], {"password": "first"}),
    (["OLD=prod/db~1#password", "prod/db#password"], {"OLD": "first", "password": "second"}),
    (["WHOLE=app/settings"], {"WHOLE": '{"n": 1.10, "on": true, "list": [1, {"a": null}]}'}),
    (["prod/text"], {"PROD_TEXT": "plain text\n"}),
    (["app/api-key", "prod/text"], {"APP_API_KEY": "k", "PROD_TEXT": "plain text\n"}),
    (["--prefix", "app/"], {"API_KEY": "k", "n": "1.10", "on": "true", "list": '[1, {"a": null}]'}),
    (["prod/text", "--prefix", "app/a"], {"PROD_TEXT": "plain text\n", "PI_KEY": "k"}),
    (["9lives"], {"_9LIVES": "cat"}),
    (["PATH=9lives"], {"PATH": "cat"}),
    (["--prefix", "tf/"], {"TF_VAR_db_password": "t", "ENV": "prod", "list": "l"}),
    (["--prefix", "tf/", "--upper"], {"TF_VAR_DB_PASSWORD": "t", "ENV": "prod", "LIST": "l"}),
    (["--prefix", "tf/", "--skip", "ENV", "--skip", "tf/list"], {"TF_VAR_db_password": "t"}),
    (["ENV=9lives", "--prefix", "tf/"], {"TF_VAR_db_password": "t", "ENV": "cat", "list": "l"}),
    (["password=prod/db~1#password", "--prefix", "prod/db"], {"user": "ann", "password": "first", "port": "5432"}),
    (["--qualified", "prod/db"], {"PROD_DB_USER": "ann", "PROD_DB_PASSWORD": "second", "PROD_DB_PORT": "5432"}),
    (["--qualified", "--prefix", "prod/", "--skip", "prod/text"],
     {"DB_USER": "ann", "DB_PASSWORD": "second", "DB_PORT": "5432"}),
    (["--qualified", "prod/db#password"], {"PROD_DB_PASSWORD": "second"}),
    (["--skip", "PATH", "paths"], {"A": "1"}),
])
def test_which_variables_a_command_gets(
    cli: CommandLine, got: dict[str, Any], targets: list[str], variables: dict[str, str]
) -> None:
    cli("exec", *targets, "--", "sh", "-c", "x")

    assert got["held"] == variables
    assert got["words"] == ["sh", "-c", "x"]
    assert got["program"] == shutil.which("sh")


@pytest.mark.parametrize(("value", "sentence"), [
    (b'{"a-b": 1, "a_b": 2}', "a_b would come both from x#a-b and from x#a_b"),
    (b'{"PATH": "/evil"}', "x#PATH would set PATH"),
    (b'{"ld_preload": "/evil"}', "x#ld_preload would set ld_preload"),
    (b'{"GIT_SSH_COMMAND": "x"}', "x#GIT_SSH_COMMAND would set GIT_SSH_COMMAND, which decides what git does"),
    (b'{"https_proxy": "x"}', "which decides where network traffic goes"),
    (b'{"SMTUI_VAULT": "x"}', "which decides what smtui does"), (b'{"NODE_PATH": "x"}', "--skip NODE_PATH"),
    (b'{"***": "1"}', "no letter or digit"),
    (b'{"a": "b\\u0000c"}', "NUL character"),
])
def test_what_cannot_be_a_variable_is_refused(
    cli: CommandLine, got: dict[str, Any], value: bytes, sentence: str
) -> None:
    cli.done("set", "x", "-", stdin=value)

    answer = cli("exec", "x", "--", "sh")

    assert answer.code == 1
    assert sentence in answer.err
    assert not got


def test_bytes_are_no_variable(cli: CommandLine, got: dict[str, Any]) -> None:
    answer = cli("exec", "KEY=dev/key", "--", "sh")

    assert (answer.code, got) == (1, {})
    assert "binary" in answer.err


@pytest.mark.parametrize("argv", [["prod/db"], ["prod/db", "--"], ["--", "sh"]])
def test_what_is_missing_is_asked_for(cli: CommandLine, argv: list[str]) -> None:
    assert cli("exec", *argv).code == 2


def test_a_command_that_is_not_there_costs_no_passphrase(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")

    assert cli("exec", "prod/db", "--", "no-such-command-7f3a", unlock=False).code == 127
    assert cli("exec", "prod/db", "--", str(tmp_path / "text"), unlock=False).code == 126


def test_the_environment_around_them(
    cli: CommandLine, got: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command gets the environment without the passphrase variables; with --pristine, only a few variables."""
    monkeypatch.setenv("MINE", "1")
    monkeypatch.setenv("SMTUI_PASSPHRASE_FILE", "")

    cli("exec", "prod/db", "--", "sh")
    assert got["surroundings"]["MINE"] == "1"
    assert not {"SMTUI_PASSPHRASE", "SMTUI_PASSPHRASE_FILE"} & set(got["surroundings"])

    cli("exec", "--pristine", "prod/db", "--", "sh")
    assert set(got["surroundings"]) <= {"PATH", "HOME", "LANG", "LC_ALL", "TERM", "TZ", "DISPLAY"}


REPORT = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.environ["PROD_TEXT"], "SMTUI_PASSPHRASE" in os.environ, os.umask(0),
                  len(os.listdir("/proc/self/fd")), open("/proc/self/cmdline").read()]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_command_takes_our_place(cli: CommandLine, tmp_path: Path) -> None:
    """The command keeps exit code, signals, umask and closed files, and no value is in its arguments."""
    environ = {**os.environ, "SMTUI_PASSPHRASE": PASSPHRASE, "PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(cli.path)}
    cheap = ("import sys; from smtui.vault import kdf; from smtui.cli.main import main; kdf.PROFILES = {n: "
             "kdf.Profile(memory_cost=64, iterations=1, lanes=1) for n in kdf.PROFILES}; main(sys.argv[1:])")
    smtui_exec = [sys.executable, "-c", cheap, "exec", "prod/text", "--"]

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*smtui_exec, *command], env=environ, umask=0o027, capture_output=True, text=True,
                              timeout=LIMIT, check=False)

    answer = run(sys.executable, "-S", "-c", REPORT, "word")
    assert answer.returncode == 0, answer.stderr
    argv, value, passphrase, umask, files, command_line = json.loads(answer.stdout)
    assert (argv, value, passphrase, umask) == (["word"], "plain text\n", False, 0o027)
    assert files == 4  # three standard streams, and the folder that is listed
    assert "plain text" not in command_line
    assert run("sh", "-c", "exit 7").returncode == 7
    assert run("sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM
    ignored = int(run("grep", "SigIgn", "/proc/self/status").stdout.split()[1], 16)
    assert not ignored & 1 << signal.SIGPIPE - 1
