"""Tests of the quick path: it takes plain command lines only, answers as usual, and imports next to nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import platformdirs
import pytest

import smtui
from smtui.api import limits
from smtui.backends import agent_client
from smtui.cli import quick
from smtui.rotation import rpc_codec
from smtui.server import clipboard_copy
from smtui.server.agent import Agent
from smtui.server.restrictions import Restrictions
from smtui.system import agent_socket
from smtui.system.settings import Settings
from tests.cli.conftest import CommandLine
from tests.conftest import PASSPHRASE
from tests.tui.conftest import FakeTool, tool
from tests.waiting import LIMIT, wait_until

__all__ = ["tool"]

ROOT = Path(smtui.__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


def test_the_largest_page_is_that_of_the_operation() -> None:
    assert quick.LISTED_AT_ONCE == limits.MAX_PAGE_SIZE


@pytest.fixture
def stocked(stocked: CommandLine) -> CommandLine:
    """Returns the command line with more secrets, whose values are not plain."""
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        client = vault.client()
        client.create_secret(Name="odd/twice", SecretString='{"a":"1","a":"2"}')
        client.create_secret(Name="odd/numbers", SecretString='{"n":1.50,"s":"\\u00e9\\ud83d\\ude00","half":"\\ud800"}')
        client.create_secret(Name="odd/empty", SecretString='""')
    return stocked


Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
LOADED = """
import sys
from smtui.__main__ import main
code = main(sys.argv[1:])
slow = {"argparse", "typing", "dataclasses", "pathlib", "socket", "hashlib", "threading", "smtui.api.errors", "apsw"}
print(code, *sorted(slow & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture
def run(stocked: CommandLine, tmp_path: Path) -> Run:
    """Runs a command line in a process without the site packages' own imports."""

    def call(*argv: str, program: tuple[str, ...] = ("-m", "smtui")) -> subprocess.CompletedProcess[bytes]:
        environ = {**os.environ, "SMTUI_VAULT": str(stocked.path), "PYTHONPATH": str(ROOT)}
        return subprocess.run([sys.executable, *program, *argv], env=environ, capture_output=True, timeout=LIMIT,
                              check=False, stdin=subprocess.DEVNULL)

    return call


@pytest.mark.parametrize("argv", [("get", "prod/text"), ("get", "prod/db#password"), ("ls",), ("ls", "prod/")])
def test_plain_commands_import_next_to_nothing(agent: Agent, run: Run, argv: tuple[str, ...]) -> None:
    done = run(*argv, program=("-c", LOADED))
    assert done.stderr.split() == [b"0"]


@pytest.mark.parametrize("argv", [
    ("get", "prod/text"), ("get", "prod/db"), ("get", "prod/db#password"), ("get", "prod/db#port"), ("get", "dev/key"),
    ("get", "prod/db#none"), ("get", "dev/key#a"), ("get", "prod/text#a"), ("get", "none"), ("get", "bad name"),
    ("get", "odd/twice#a"), ("get", "odd/numbers#n"), ("get", "odd/numbers#s"), ("get", "odd/numbers#half"),
    ("get", "odd/empty"), ("ls",), ("ls", "prod/"), ("ls", "nothing/"), ("ls", "bad*prefix"), ("get", "prod/db~1"),
    ("get", "prod/db#"), ("get", ""), ("ls", "prod", "db"), ("get", "prod/db", "--otp"), ("get",),
], ids=" ".join)
def test_the_answer_is_that_of_the_usual_path(
    agent: Agent, stocked: CommandLine, run: Run, argv: tuple[str, ...]
) -> None:
    fast, usual = run(*argv), stocked(*argv, unlock=False)
    assert (fast.returncode, fast.stdout, fast.stderr.decode()) == (usual.code, usual.raw, usual.err)


def test_each_value_is_read_once(agent: Agent, run: Run) -> None:
    for argv in (("get", "prod/text"), ("get", "prod/db#port"), ("get", "dev/key"), ("get", "odd/twice#a")):
        before = agent.request("status")["calls"]
        run(*argv)
        assert agent.request("status")["calls"] == before + 1, argv


@pytest.mark.parametrize("target", ["prod/db", "prod/db#password", "prod/db#port", "prod/text", "dev/key"])
def test_copy_lets_the_agent_copy(
    agent: Agent, stocked: CommandLine, run: Run, tool: FakeTool, target: str
) -> None:
    done = run("copy", target, program=("-c", LOADED))
    usual = run("get", target) if target != "dev/key" else None

    assert (done.returncode, done.stderr) == (0, b"0\n")
    assert done.stdout == b"Copied with xclip, clears in 30 s\n"
    assert tool.held == (b"\x00\xff\n" if usual is None else
                         usual.stdout if target == "prod/text" else usual.stdout.removesuffix(b"\n"))
    assert [each["operation"] for each in agent.request("requests", above=0)["requests"]][:1] == ["GetSecretValue"]


@pytest.mark.parametrize("change", [{"DISPLAY": ":5"}, {"SSH_TTY": "/dev/pts/7"}, {"SMTUI_CONFIG": "/nowhere"}])
def test_copy_with_another_display_or_other_settings_takes_the_usual_path(
    agent: Agent, run: Run, tool: FakeTool, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    """The agent keeps the environment that it was started with, which differs from that of the command here."""
    assert agent._server is not None
    asked = []
    original = agent._server._copier.copy

    def copy(read: Any, word: str, environ: dict[str, str]) -> dict[str, str]:
        asked.append(word)
        return original(read, word, {**environ, **change})

    monkeypatch.setattr(agent._server._copier, "copy", copy)
    assert run("copy", "prod/text").returncode == 0
    assert asked == ["prod/text"]
    assert tool.held == b"plain text\n"
    assert agent.request("status")["calls"] == 1


@pytest.mark.parametrize("target", ["none", "prod/db#none", "prod/text#a", "bad name"])
def test_copy_is_refused_as_on_the_usual_path(agent: Agent, run: Run, tool: FakeTool, target: str) -> None:
    fast, usual = run("copy", target), run("copy", target, "--clear-after=30")
    assert (fast.returncode, fast.stdout, fast.stderr) == (usual.returncode, usual.stdout, usual.stderr)
    assert fast.returncode == 1
    assert tool.held == b""


def test_a_copy_outlives_the_agent_and_is_cleared(
    agent: Agent, run: Run, tool: FakeTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smtui.server.clipboard_copy.load_settings", lambda: Settings(clipboard_timeout=1))
    assert run("copy", "prod/text").returncode == 0
    agent.close()
    wait_until(lambda: tool.held == b"", "the end of the copy")


def test_the_variables_of_the_clipboard_are_those_of_the_agent() -> None:
    assert quick.OF_THE_CLIPBOARD == clipboard_copy.SHARED


SHOW = ("env | grep -v -e ^_= -e ^SHLVL= -e ^PWD= -e ^OLDPWD= | sort; umask; ulimit -c; echo /dev/fd/*; "
        "kill -l $(ps -o ignored= -p $$ 2>/dev/null) 2>/dev/null; printf '<%s>' \"$@\"; exit 7")


@pytest.mark.parametrize("targets", [
    ["prod/db"], ["prod/db#password"], ["PGPASSWORD=prod/db#password"], ["WHOLE=prod/db"],
    ["prod/text", "prod/db#user"],
    ["odd/numbers#s"], ["odd/numbers#half"], ["odd/numbers"], ["odd/twice"], ["odd/empty"], ["dev/key"], ["A=dev/key"],
    ["none"], ["prod/db#none"], ["prod/text#a"], ["prod/db", "odd/paths"], ["IFS=prod/text"], ["odd/paths"],
    ["prod/db#user", "odd/user#user"], ["A=B=prod/db"], ["bad name"], ["A="], ["LD_PRELOAD=none"],
], ids=" ".join)
def test_exec_gives_what_the_usual_path_gives(agent: Agent, stocked: CommandLine, run: Run, targets: list[str]) -> None:
    with smtui.open_vault(stocked.path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="odd/paths", SecretString='{"PATH": "/evil", "A": "1"}')
        vault.client().create_secret(Name="odd/user", SecretString='{"user": "ann"}')
    behind = ["--", "sh", "-c", SHOW, "sh", "a b", "--", "-x"]
    fast, usual = run("exec", *targets, *behind), run("exec", "--skip=nothing", *targets, *behind)

    assert (fast.returncode, fast.stdout, fast.stderr) == (usual.returncode, usual.stdout, usual.stderr)


@pytest.mark.parametrize("command", ["no-such-command", "./no-such", "/", "/etc/passwd", "", "sh/", "env"])
def test_exec_finds_the_program_of_the_usual_path(agent: Agent, run: Run, command: str) -> None:
    fast, usual = (run("exec", *words, "--", command) for words in (["prod/db"], ["--skip=nothing", "prod/db"]))
    assert (fast.returncode, fast.stderr) == (usual.returncode, usual.stderr)
    assert (b"password=second" in fast.stdout) is (command == "env")


def test_exec_reads_each_secret_once_and_imports_next_to_nothing(agent: Agent, run: Run) -> None:
    before = agent.request("status")["calls"]
    done = run("exec", "prod/db", "A=prod/text", "--", sys.executable, "-c", "import os; print(os.environ['user'])",
               program=("-v", "-m", "smtui"))

    assert done.stdout == b"ann\n"
    assert agent.request("status")["calls"] == before + 2
    started = done.stderr.decode().partition("import 'smtui.cli.quick'")[2]
    slow = ("argparse", "typing", "dataclasses", "pathlib", "subprocess", "shutil", "smtui.api.errors")
    assert started
    assert not [name for name in slow if f"import '{name}'" in started]


@pytest.mark.parametrize(("words", "refusal"), [
    (["prod/db"], None), (["prod/other"], "AccessDeniedException"), ("prod/db", "ValidationException"),
    ([1], "ValidationException"), (["prod/db#none"], "SmtuiError"),
])
def test_the_agent_makes_the_variables_of_a_command(
    stocked: CommandLine, agent: Agent, words: Any, refusal: Any
) -> None:
    assert agent._server is not None
    agent._server._restrictions = Restrictions(prefix="prod/db")
    client = agent_client.connect(stocked.path)
    assert client is not None
    line = rpc_codec.encode({"control": "variables", "targets": words})
    client._line.sendall(line)
    answer = rpc_codec.decode(client._answers.readline())
    client.close()

    assert answer.get("error", {}).get("Code") == refusal
    assert ("result" in answer) is (refusal is None)


def test_a_full_disk_and_a_reader_that_went_away(agent: Agent, stocked: CommandLine, run: Run) -> None:
    if Path("/dev/full").exists():
        script = ("import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 1); from smtui.__main__ import main; "
                  "sys.exit(main(['get', 'prod/text']))")
        done = run(program=("-c", script))
        assert (done.returncode, done.stderr) == (1, b"smtui: No space left on device.\n")
    script = ("import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1); from smtui.__main__ import main; "
              "sys.exit(main(['get', 'prod/text']))")
    assert run(program=("-c", script)).returncode == 141


@pytest.mark.parametrize("argv", [
    [], ["--help"], ["get"], ["get", "--help"], ["get", "a", "b"], ["get", "a~1"], ["get", "a:L"], ["get", "#k"],
    ["ls", "--long"], ["ls", "a", "b"], ["set", "a"], ["--read-only", "get", "a"], ["get", "a", "--no-agent"],
    ["--vault", "get", "a"], ["--vault=", "get", "a"], ["--vault", "-x", "get", "a"], ["secretsmanager", "get", "a"],
    ["get", ""], ["get", "-"], ["exec"], ["exec", "a"], ["exec", "a", "--"], ["exec", "--", "true"],
    ["exec", "a", "--upper", "--", "true"], ["exec", "a:L", "--", "true"], ["exec", "a~1", "--", "true"],
    ["exec", "A=#k", "--", "true"], ["exec", "a#", "--", "true"], ["exec", "", "--", "true"],
    ["exec", "--prefix", "a", "--", "true"], ["exec", "arn:aws:x", "--", "true"],
])
def test_other_command_lines_take_the_usual_path(argv: list[str]) -> None:
    assert quick._parse(argv) is None


def test_the_vault_may_be_named(agent: Agent, stocked: CommandLine, run: Run) -> None:
    assert quick._parse(["--vault", "x", "ls"]) == ("ls", [], "x")
    assert run("--vault", str(stocked.path), "get", "prod/text").stdout == b"plain text\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take the usual path")
@pytest.mark.parametrize("given", [
    {}, {"XDG_DATA_HOME": "/data"}, {"XDG_CONFIG_HOME": "/nowhere"}, {"XDG_DATA_HOME": " "}, {"SMTUI_VAULT": "~/v"},
])
def test_the_default_vault_is_that_of_the_usual_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str]
) -> None:
    from smtui.system import settings

    for name in ("SMTUI_VAULT", "SMTUI_CONFIG", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert quick.find_default_vault(os.environ) == str(settings.get_vault_path(None, settings.load_settings()))
    assert platformdirs.user_data_path("smtui")


def test_settings_that_name_a_vault_take_the_usual_path(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    long = 'columns = [' + '"name", ' * 10_000 + ']\n'
    for text, is_plain in (('theme = "dark"\n', True), ('vault = "/x"\n', False), ('"vault" = "/x"\n', False),
                           (long, True), (f'{long}vault = "/x"\n', False)):
        config.write_text(text)
        found = quick.find_default_vault({"SMTUI_CONFIG": str(config), "HOME": str(tmp_path)})
        assert (found is not None) is (is_plain and sys.platform == "linux")


def test_the_name_of_the_socket_is_a_sha_256() -> None:
    assert agent_socket._hash(b"/a/b.vault") == sha256(b"/a/b.vault").hexdigest()[:16]
