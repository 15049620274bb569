"""Tests of the agent with a socket that systemd has opened: it is taken as it is, and stays when the agent ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest

from smtui.backends import agent_client
from smtui.system import agent_socket
from tests.prepared_vault import PASSPHRASE, PYTHONPATH, PreparedVault, prepare_vault
from tests.waiting import LIMIT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")

LAUNCH = """
import os, sys
for number, descriptor in enumerate(sys.argv[1].split(",")):
    os.dup2(int(descriptor), 3 + number)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": sys.argv[2], "LISTEN_FDNAMES": "agent"}
os.execv(sys.executable, [sys.executable, "-m", "smtui", *sys.argv[3:]])
"""
"""Does what systemd does: sockets from descriptor 3 on, and the variables of sd_listen_fds(3)."""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    path = tmp_path_factory.mktemp("prepared") / "a.vault"
    return prepare_vault(path, lambda vault: vault.client().create_secret(Name="db", SecretString="value"))


@pytest.fixture
def path(prepared: PreparedVault, tmp_path: Path) -> Path:
    return prepared.copy_to(tmp_path)


@pytest.fixture
def environ(path: Path, runtime: Path, tmp_path: Path) -> dict[str, str]:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": PYTHONPATH, "SMTUI_VAULT": str(path),
            "SMTUI_STATE": str(tmp_path / "state"), "SMTUI_CONFIG": str(tmp_path / "config"),
            "SMTUI_PASSPHRASE_FILE": str(passphrase), "XDG_RUNTIME_DIR": str(runtime)}


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Start]:
    """Starts the program with sockets."""
    with ExitStack() as ends:
        def start_program(
            *words: str, sockets: Sequence[socket.socket | BinaryIO], count: str = ""
        ) -> subprocess.Popen[str]:
            numbers = [each.fileno() for each in sockets]
            program = ends.enter_context(subprocess.Popen(
                [sys.executable, "-c", LAUNCH, ",".join(map(str, numbers)), count or str(len(numbers)), *words],
                pass_fds=numbers, env=environ,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
            ends.callback(program.kill)
            return program

        yield start_program


def listen(place: str, mode: int = 0o600) -> socket.socket:
    """A listening socket, in its private folder."""
    Path(place).parent.mkdir(mode=0o700, exist_ok=True)
    line = socket.socket(socket.AF_UNIX)
    line.bind(place)
    Path(place).chmod(mode)
    line.listen()
    line.setblocking(False)  # as those of systemd
    return line


def run_smtui(environ: dict[str, str], *words: str) -> str:
    """What a command writes, without a passphrase of its own."""
    given = {name: value for name, value in environ.items() if name != "SMTUI_PASSPHRASE_FILE"}
    done = subprocess.run([sys.executable, "-m", "smtui", *words], env=given, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=LIMIT, check=True)
    return done.stdout


@pytest.mark.parametrize("words", [("agent",), ("serve", "--port", "0")])
def test_a_command_that_came_first_is_answered_and_the_socket_stays(
    start: Start, environ: dict[str, str], path: Path, words: tuple[str, ...]
) -> None:
    """As with systemd, the command connects first; then the agent starts, and finds no agent in its own socket."""
    with listen(agent_socket.get_socket_path(str(path))) as opened:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "smtui", "get", "db"], env=environ | {"SMTUI_PASSPHRASE_FILE": ""},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        program = start(*words, sockets=[opened])
        assert waiting.communicate(timeout=LIMIT)[0] == "value"

        run_smtui(environ, "agent", "stop")
        assert program.wait(LIMIT) == 0
        assert agent_socket.connect(str(path)) is not None, "systemd listens on"


def test_programs_that_it_starts_inherit_no_socket(start: Start, environ: dict[str, str], path: Path) -> None:
    with listen(agent_socket.get_socket_path(str(path))) as opened:
        program = start("serve", "--", sys.executable, "-c", "import os; print(sorted(os.environ))\n"
                        "try:\n    os.fstat(3)\nexcept OSError:\n    print('closed')", sockets=[opened])
        said = program.communicate(timeout=LIMIT)[0]

    assert "closed" in said
    assert "LISTEN_" not in said


def test_what_is_not_the_socket_of_this_vault_is_refused(start: Start, path: Path, runtime: Path) -> None:
    place = agent_socket.get_socket_path(str(path))
    with listen(str(runtime / "smtui" / "agent.sock")) as elsewhere, socket.create_server(("127.0.0.1", 0)) as port:
        for sockets in ([elsewhere], [port], [elsewhere, port]):
            program = start("agent", sockets=sockets)
            said = program.communicate(timeout=LIMIT)[0]
            assert f"commands look for the agent of this vault at {place}: set ListenStream to that." in said
            assert program.returncode == 1


@pytest.mark.parametrize(("kind", "listens"), [
    (socket.SOCK_STREAM, False), (socket.SOCK_DGRAM, False), (socket.SOCK_SEQPACKET, True),
])
def test_a_socket_of_another_kind_is_refused(
    start: Start, path: Path, kind: socket.SocketKind, listens: bool
) -> None:
    """Also at the path of this vault, as with ListenDatagram or ListenSequentialPacket."""
    place = agent_socket.get_socket_path(str(path))
    Path(place).parent.mkdir(mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX, kind) as opened:
        opened.bind(place)
        Path(place).chmod(0o600)
        if listens:
            opened.listen()
        program = start("agent", sockets=[opened])
        said = program.communicate(timeout=LIMIT)[0]

    assert "systemd has opened a socket that is no listening stream, but commands look for the agent" in said
    assert program.returncode == 1


def test_a_socket_whose_path_was_removed_is_refused(start: Start, path: Path) -> None:
    place = agent_socket.get_socket_path(str(path))
    with listen(place) as opened:
        Path(place).unlink()
        program = start("agent", sockets=[opened])
        assert f"no longer exists at {place}. Restart the unit of the socket." in program.communicate(timeout=LIMIT)[0]
        assert program.returncode == 1


@pytest.mark.parametrize(("count", "is_believed"), [
    ("1", True), ("999999999", True), ("9" * 30, False), ("9" * 5000, False), ("\u0663", False), ("-1", False),
], ids=["1", "999999999", "30 digits", "5000 digits", "another script", "-1"])
def test_a_wrong_number_of_sockets_is_answered_in_a_sentence(
    start: Start, count: str, is_believed: bool
) -> None:
    """What is no number of descriptors counts as none, as for sd_listen_fds(3)."""
    with Path(os.devnull).open("rb") as nothing:
        program = start("serve", "--port", "0", "--", sys.executable, "-c", "print('runs')", sockets=[nothing],
                        count=count)
        said = program.communicate(timeout=LIMIT)[0]

    if is_believed:
        assert "LISTEN_FDS announces a socket from systemd, but the descriptor is not a socket" in said
        assert program.returncode == 1
    else:
        assert said == "runs\n"


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory")
@pytest.mark.parametrize("count", ["999999999", "9" * 5000], ids=["999999999", "5000 digits"])
def test_a_command_with_secrets_runs_with_any_number_of_sockets(start: Start, count: str) -> None:
    import resource

    with Path(os.devnull).open("rb") as nothing:
        program = start("exec", "DB=db", "--", sys.executable, "-c", "import os; print(os.environ['DB'])",
                        sockets=[nothing], count=count)
        resource.prlimit(program.pid, resource.RLIMIT_AS, (4 << 30, 4 << 30))
        assert program.communicate(timeout=LIMIT)[0] == "value\n"


def test_a_socket_that_others_can_use_is_refused(start: Start, path: Path) -> None:
    with listen(agent_socket.get_socket_path(str(path)), 0o666) as opened:
        program = start("agent", sockets=[opened])
        assert "Set SocketMode=0600 in the unit of the socket." in program.communicate(timeout=LIMIT)[0]
        assert program.returncode == 1


def test_a_status_shows_the_path_of_the_socket_also_before(environ: dict[str, str], path: Path) -> None:
    given = {**environ, "SMTUI_PASSPHRASE_FILE": ""}
    done = subprocess.run([sys.executable, "-m", "smtui", "agent", "status", "--json"], env=given, check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)

    assert f'"socket": "{agent_socket.get_socket_path(str(path))}"' in done.stdout
    assert agent_client.connect(path) is None
