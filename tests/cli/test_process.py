"""Tests of the program as a process: its imports, its costs, what other users can see, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.prepared_vault import PASSPHRASE, PYTHONPATH, prepare_vault
from tests.waiting import LIMIT

VALUE = "marked-value-7f3a9c"
SMTUI = [sys.executable, "-m", "smtui"]


@pytest.fixture(scope="module")
def vault_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a vault with a secret."""
    path = tmp_path_factory.mktemp("prepared") / "team.vault"
    fill = lambda vault: vault.client().create_secret(Name="a", SecretString=VALUE)  # noqa: E731
    return prepare_vault(path, fill).path


@pytest.fixture
def environ(vault_path: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8",
        "SMTUI_VAULT": str(vault_path), "SMTUI_CONFIG": str(tmp_path / "config.toml"), "SMTUI_PASSPHRASE": PASSPHRASE,
        "TERM": "xterm",
    }


Process = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def process(environ: dict[str, str], tmp_path: Path) -> Process:
    def call(*argv: str, command: list[str] = SMTUI, **more: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [*command, *argv], env=environ, cwd=tmp_path, capture_output="stdout" not in more, timeout=LIMIT,
            check=False, **more,
        )

    return call


LOADED = """
import sys
from smtui.__main__ import main
code = main(sys.argv[1:])
sys.stdout.flush()
heavy = {"textual", "rich", "boto3", "botocore", "keyring", "jmespath", "shtab", "pyperclip", "asyncio", "ssl"}
opening = {"apsw", "cryptography"}
print(code, *sorted((heavy | opening) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("argv", "loaded"),
    [
        (["--help"], b"0"),
        (["get", "--help"], b"0"),
        (["create-secret", "--help"], b"0"),
        (["get", "a"], b"0 apsw cryptography"),
        (["get-secret-value", "--secret-id", "a", "--query", "Name"], b"0 apsw cryptography jmespath"),
    ],
)
def test_a_call_loads_only_what_it_needs(process: Process, argv: list[str], loaded: bytes) -> None:
    """No command imports Textual or boto3, and only commands that open the vault import its libraries."""
    done = process(*argv, command=[sys.executable, "-c", LOADED])

    assert done.stderr.strip() == loaded


HARDENED = """
import ctypes, os, sys
from smtui.__main__ import main
main(sys.argv[1:])
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), oct(os.umask(0)), file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
@pytest.mark.parametrize(("argv", "dumpable"), [(["get", "a"], b"0"), (["get", "a", "--allow-debug"], b"1")])
def test_a_call_closes_itself_to_other_programs(process: Process, argv: list[str], dumpable: bytes) -> None:
    """Debuggers and core dumps are disabled, unless an option allows them."""
    assert process(*argv, command=[sys.executable, "-c", HARDENED]).stderr.split() == [dumpable, b"0o77"]


def test_a_value_can_be_piped(process: Process) -> None:
    done = process("get", "a")

    assert (done.returncode, done.stdout, done.stderr) == (0, VALUE.encode(), b"")


@pytest.mark.parametrize(
    "argv", [["set", "both", "-"], ["create-secret", "--name", "other", "--secret-string", "-"]],
)
def test_passphrase_and_value_may_share_standard_input(
    process: Process, environ: dict[str, str], argv: list[str]
) -> None:
    """The first line is the passphrase, the rest is the value."""
    del environ["SMTUI_PASSPHRASE"]

    done = process("--passphrase-fd", "0", *argv, input=f"{PASSPHRASE}\nvalue\n".encode())
    name = "both" if "both" in argv else "other"

    assert done.returncode == 0
    assert process("--passphrase-fd", "0", "get", name, input=PASSPHRASE.encode()).stdout == b"value\n"


@pytest.mark.parametrize("argv", [["--help"], ["get", "--help"], ["get", "a"]])
def test_a_reader_that_goes_away_is_no_fault(process: Process, argv: list[str]) -> None:
    """A closed pipe, as in `smtui --help | head -1`, is no error."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        done = process(*argv, stdout=nobody, stderr=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_answer_is_told(process: Process) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = process("--help", stdout=full, stderr=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (1, b"smtui: No space left on device.\n")


def test_closed_streams_are_survived(process: Process) -> None:
    for redirection in ("2>&-", "<&-"):
        done = process(command=["sh", "-c", f'"{sys.executable}" -m smtui get a {redirection}'])
        assert (done.returncode, done.stdout) == (0, VALUE.encode())


@pytest.fixture
def screen(environ: dict[str, str], tmp_path: Path) -> Callable[..., pexpect.spawn[str]]:
    """Returns a function that starts the program in a pseudo-terminal, without a passphrase in the environment."""
    environ.pop("SMTUI_PASSPHRASE")

    def start(*argv: str, command: list[str] = SMTUI) -> pexpect.spawn[str]:
        words = [*command[1:], *argv]
        return pexpect.spawn(command[0], words, env=environ, cwd=str(tmp_path), timeout=LIMIT, encoding="utf-8")

    return start


def wait_for_end(child: pexpect.spawn[str]) -> tuple[int | None, str]:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before or ""


def test_the_passphrase_is_asked_for_and_not_echoed(screen: Callable[..., pexpect.spawn[str]]) -> None:
    child = screen("get", "a")
    child.expect("Passphrase for .*: ")
    child.sendline("not it")
    child.expect("Wrong passphrase")
    child.expect("Passphrase for .*: ")
    child.sendline(PASSPHRASE)

    code, seen = wait_for_end(child)

    assert (code, seen.strip()) == (0, VALUE)
    assert PASSPHRASE not in seen


def test_the_question_comes_even_where_everything_is_redirected(
    screen: Callable[..., pexpect.spawn[str]], tmp_path: Path
) -> None:
    line = f'"{sys.executable}" -m smtui get a < /dev/null > out 2> err'
    child = screen(command=["sh", "-c", line])
    child.expect("Passphrase for .*: ")
    child.sendline(PASSPHRASE)

    assert wait_for_end(child)[0] == 0
    assert (tmp_path / "out").read_text() == VALUE
    assert (tmp_path / "err").read_text() == ""


def test_ctrl_c_at_the_question_gives_the_terminal_back(screen: Callable[..., pexpect.spawn[str]]) -> None:
    line = f'"{sys.executable}" -m smtui get a; echo "code $?"; stty -a'
    child = screen(command=["sh", "-c", f"trap : INT; {line}"])
    child.expect("Passphrase for .*: ")
    child.sendintr()

    _, seen = wait_for_end(child)

    assert "code 130" in seen
    assert " echo " in seen
    assert " icanon " in seen
    assert "Traceback" not in seen


def test_a_pasted_value_of_several_lines_is_refused_whole(screen: Callable[..., pexpect.spawn[str]]) -> None:
    """The rest of the lines does not reach the shell."""
    child = screen("set", "pasted")
    child.expect("Passphrase for .*: ")
    child.sendline(PASSPHRASE)
    child.expect("Value for pasted: ")
    child.send("line 1\nline 2\n")

    code, seen = wait_for_end(child)

    assert code == 2
    assert "Several lines" in seen
    assert "line 2" not in seen


def test_long_values_can_be_pasted(screen: Callable[..., pexpect.spawn[str]], process: Process) -> None:
    """Values may be longer than the 4,095 bytes of a terminal's line buffer."""
    child = screen("set", "long")
    child.expect("Passphrase for .*: ")
    child.sendline(PASSPHRASE)
    child.expect("Value for long: ")
    for _ in range(10):
        child.send("x" * 1000)
    child.send("\n")
    assert wait_for_end(child)[0] == 0

    child = screen("get", "long")
    child.expect("Passphrase for .*: ")
    child.sendline(PASSPHRASE)
    assert wait_for_end(child)[1].strip() == "x" * 10_000


def test_hostile_text_reaches_no_terminal(
    screen: Callable[..., pexpect.spawn[str]], process: Process, environ: dict[str, str]
) -> None:
    """All commands that print a description show its control characters as symbols."""
    environ["SMTUI_PASSPHRASE"] = PASSPHRASE
    process("set", "hostile", "-", "--description", "\x1b]0;owned\x07\u202e\x9b31m", input=b"x")

    for argv in (["ls", "--long"], ["describe-secret", "--secret-id", "hostile"], ["list-secrets", "--output", "text"],
                 ["list-secrets", "--output", "table"], ["audit", "--all", "--json"]):
        code, seen = wait_for_end(screen(*argv))
        assert code == 0
        assert not set("\x1b\x07\u202e\x9b") & set(seen), argv


def test_init_shows_the_recovery_code_on_the_terminal(
    screen: Callable[..., pexpect.spawn[str]], tmp_path: Path
) -> None:
    child = screen("init", "--vault", str(tmp_path / "new.vault"))
    for question in ("New passphrase: ", "Repeat passphrase: "):
        child.expect(question)
        child.sendline(PASSPHRASE)

    code, seen = wait_for_end(child)

    assert code == 0
    assert "Recovery code, shown only once:" in seen
    assert PASSPHRASE not in seen


SPY = """
import pathlib, subprocess, sys, time
def read_command(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
def list_tree(pid):
    yield pid
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for each in children.read_text().split():
            yield from list_tree(each)
child = subprocess.Popen([sys.executable, "-m", "smtui", *sys.argv[1:]], stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
child.stdin.write(sys.stdin.buffer.read())
child.stdin.close()
seen = set()
while child.poll() is None:
    try:
        for pid in list_tree(child.pid):
            seen.add(command := read_command(pid))
            # A child that does not yet run its own program still has the environment of its parent.
            if pid != child.pid and command != read_command(child.pid):
                seen.add(pathlib.Path(f"/proc/{pid}/environ").read_bytes())
    except OSError:
        pass
    time.sleep(0.001)
sys.stdout.buffer.write(b"|".join(seen))
"""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "argv",
    [
        ["set", "spied", "-"], ["import", "-", "--update"], ["create-secret", "--name", "b", "--secret-string", "-"],
        ["init", "--vault", "beside.vault"], ["copy", "a"],
    ],
)
def test_no_command_line_and_no_child_holds_a_secret(process: Process, argv: list[str]) -> None:
    """Checks the command lines and environments of the process and its children, which other processes can read."""
    done = process(*argv, command=[sys.executable, "-c", SPY], input=f"spied={VALUE}".encode())

    assert b"smtui" in done.stdout
    assert VALUE.encode() not in done.stdout
    assert PASSPHRASE.encode() not in done.stdout


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_the_spy_sees_what_is_there(process: Process) -> None:
    """The check finds a value that is given as an argument."""
    argv = ["create-secret", "--name", "c", "--secret-string", VALUE]

    assert VALUE.encode() in process(*argv, command=[sys.executable, "-c", SPY], input=b"").stdout


def test_termination_while_waiting_leaves_the_vault_whole(
    screen: Callable[..., pexpect.spawn[str]], process: Process, environ: dict[str, str]
) -> None:
    child = screen("set", "never")
    child.expect("Passphrase for .*: ")
    child.sendline(PASSPHRASE)
    child.expect("Value for never: ")
    child.kill(signal.SIGTERM)
    wait_for_end(child)
    environ["SMTUI_PASSPHRASE"] = PASSPHRASE

    assert process("get", "never").returncode == 1
    assert process("check").returncode == 0
