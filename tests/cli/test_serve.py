"""Tests of agent and endpoint as processes: start and end, signals, what others can see, what children get."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import smtui
from tests.agents import make_runtime_folder
from tests.conftest import PASSPHRASE
from tests.waiting import LIMIT, wait_until

ROOT = Path(smtui.__file__).parents[1]
VALUE = "marked-value-7f3a9c"
SMTUI = [sys.executable, "-m", "smtui"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


@pytest.fixture(scope="module")
def real_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with the real key derivation, to copy."""
    path = tmp_path_factory.mktemp("real") / "real.vault"
    with smtui.create_vault(path, PASSPHRASE) as vault:
        vault.client().create_secret(Name="a", SecretString=VALUE)
    return path


@pytest.fixture
def environ(real_vault: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of the processes, with a vault and a short runtime folder."""
    path = tmp_path / "v.vault"
    shutil.copy(real_vault, path)
    with make_runtime_folder() as folder:
        runtime = str(folder)
        yield {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8",
            "SMTUI_VAULT": str(path), "SMTUI_CONFIG": str(tmp_path / "config.toml"),
            "SMTUI_STATE": str(tmp_path / "state"), "SMTUI_PASSPHRASE": PASSPHRASE, "XDG_RUNTIME_DIR": runtime,
        }
        subprocess.run([*SMTUI, "agent", "stop"], env=environ_without_passphrase(path, tmp_path, runtime), check=False,
                       capture_output=True, timeout=LIMIT)


def environ_without_passphrase(path: Path, home: Path, runtime: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(path),
            "SMTUI_CONFIG": str(home / "config.toml"), "SMTUI_STATE": str(home / "state"), "XDG_RUNTIME_DIR": runtime}


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    """Runs smtui; with `unlock` False there is no passphrase in its environment."""

    def call(*argv: str, unlock: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        given = {name: value for name, value in environ.items() if unlock or name != "SMTUI_PASSPHRASE"}
        return subprocess.run([*SMTUI, *argv], env={**given, **more}, capture_output=True, text=True, timeout=LIMIT,
                              check=False, stdin=subprocess.DEVNULL)

    return call


def read_status(run: Run) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("agent", "status", "--json", unlock=False).stdout)
    return found


def is_in_any_process(text: str) -> bool:
    """Whether a text is on the command line or, as far as this user may read it, in the environment of a process."""
    for each in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                if text.encode() in (each / name).read_bytes() and each.name != str(os.getpid()):
                    return True
            except OSError:
                continue
    return False


CHILD = """
import json, os, sys
found = sorted(int(each) for each in os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else [0, 1, 2]
import boto3
client = boto3.client("secretsmanager")
value = client.get_secret_value(SecretId="a")["SecretString"]
json.dump({"value": value, "environ": dict(os.environ), "descriptors": found, "umask": os.umask(0)}, sys.stdout)
sys.exit(7)
"""


def test_serve_gives_a_program_the_vault_and_ends_with_its_exit_code(run: Run) -> None:
    """An inherited profile, session token and proxy do not keep boto3 from the endpoint."""
    done = run("serve", "--", sys.executable, "-c", CHILD, AWS_SESSION_TOKEN="of another account",
               AWS_PROFILE="nobody", HTTP_PROXY="http://127.0.0.1:9")
    assert done.returncode == 7, done.stderr
    found = json.loads(done.stdout)

    assert found["value"] == VALUE
    assert not [name for name in found["environ"] if name.startswith("SMTUI_PASSPHRASE")]
    assert PASSPHRASE not in str(found["environ"])
    assert len(found["descriptors"]) <= 4  # 0, 1, 2 and that of the listing itself
    assert VALUE not in done.stderr


def test_a_program_that_a_signal_ends(run: Run) -> None:
    done = run("serve", "--port", "0", "--", sys.executable, "-c", "import os; os.kill(os.getpid(), 15)")
    assert done.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGQUIT"])
def test_an_agent_ends_in_order_at_each_signal(environ: dict[str, str], number: str) -> None:
    """It locks, and leaves no socket behind."""
    with subprocess.Popen([*SMTUI, "agent"], env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True) as program:
        assert program.stderr is not None
        assert "the agent keeps" in program.stderr.readline()
        program.send_signal(getattr(signal, number))
        assert (program.wait(LIMIT), program.stderr.read()) == (0, "")
    assert not [*Path(environ["XDG_RUNTIME_DIR"]).glob("smtui/*.sock")]


HUNG_UP = """
import signal, sys, boto3
from botocore.config import Config
from botocore.exceptions import ClientError
hung_up = []
signal.signal(signal.SIGHUP, lambda *_: hung_up.append(True))
client = boto3.client("secretsmanager", config=Config(retries={"total_max_attempts": 1}))
client.get_secret_value(SecretId="a")
print("ready", flush=True)
while True:
    try:
        client.get_secret_value(SecretId="a")
    except ClientError as error:
        if hung_up:
            print(error.response["Error"]["Code"])
            sys.exit(9)
"""


def test_sighup_reaches_the_program_and_locks(environ: dict[str, str]) -> None:
    """A program that goes on after its terminal has gone gets nothing more."""
    with subprocess.Popen([*SMTUI, "serve", "--port", "0", "--", sys.executable, "-c", HUNG_UP], env=environ,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGHUP)
        assert program.communicate(timeout=LIMIT)[0] == "ServiceUnavailableException\n"
    assert program.returncode == 9


def test_the_aws_cli_with_credential_process(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    """A profile with the endpoint and `smtui credentials`, as the documentation shows it; nothing secret is on disk."""
    done = run("serve", "--detach", "--env", "--port", "0", "--caller", "alice=none")
    assert done.returncode == 0, done.stderr
    exports = dict(line.removeprefix("export ").split("=", 1) for line in done.stdout.splitlines())
    config = tmp_path / "aws-config"
    endpoint = exports["AWS_ENDPOINT_URL_SECRETS_MANAGER"]
    profiles = "".join(
        f"[profile {name}]\nregion = us-east-1\nservices = smtui\n"
        f"credential_process = {sys.executable} -m smtui credentials{options}\n"
        for name, options in (("local", ""), ("alice", " --caller alice")))
    config.write_text(f"{profiles}[services smtui]\nsecrets_manager =\n  endpoint_url = {endpoint}\n")
    aws = [sys.executable, "-m", "awscli", "secretsmanager", "get-secret-value", "--secret-id", "a",
           "--query", "SecretString", "--output", "text", "--profile"]
    given = {name: value for name, value in environ.items() if name != "SMTUI_PASSPHRASE"}
    given["AWS_CONFIG_FILE"] = str(config)
    owner = subprocess.run([*aws, "local"], env=given, capture_output=True, text=True, timeout=LIMIT, check=False)
    alice = subprocess.run([*aws, "alice"], env=given, capture_output=True, text=True, timeout=LIMIT, check=False)

    assert owner.stdout == f"{VALUE}\n", owner.stderr
    assert "AccessDeniedException" in alice.stderr
    secret_key = exports["AWS_SECRET_ACCESS_KEY"]
    assert not is_in_any_process(secret_key)
    server = Path("/proc") / str(read_status(run)["pid"])
    names = [each for each in ("cmdline", "environ") if os.access(server / each, os.R_OK)]
    assert not any(PASSPHRASE.encode() in (server / name).read_bytes() for name in names)
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and secret_key.encode() in each.read_bytes()]


def test_an_agent_in_the_background_from_start_to_end(run: Run) -> None:
    """Start, use, SIGHUP, unlock, kill -9, start again."""
    assert run("agent", "--detach", unlock=False).returncode == 3
    assert run("agent", "--detach").returncode == 0
    assert run("agent", "--detach").returncode == 1
    first = read_status(run)
    assert run("get", "a", unlock=False).stdout == VALUE

    os.kill(int(str(first["pid"])), signal.SIGHUP)
    wait_until(lambda: read_status(run)["locked"], "the lock")
    assert run("get", "a", unlock=False).returncode == 3
    assert run("unlock").returncode == 0
    assert run("get", "a", unlock=False).stdout == VALUE

    os.kill(int(str(first["pid"])), signal.SIGKILL)
    wait_until(lambda: not read_status(run)["running"], "the end")
    assert run("get", "a", unlock=False).returncode == 3
    assert run("agent", "--detach").returncode == 0
    second = read_status(run)
    assert second["pid"] != first["pid"]
    os.kill(int(str(second["pid"])), signal.SIGTERM)
    wait_until(lambda: not read_status(run)["running"], "the end")


def test_a_wrong_passphrase_is_told_before_the_background(run: Run) -> None:
    done = run("agent", "--detach", SMTUI_PASSPHRASE="wrong")

    assert done.returncode == 3
    assert "passphrase" in done.stderr
    assert not read_status(run)["running"]


def test_the_log_of_requests_names_no_secret(run: Run, environ: dict[str, str]) -> None:
    server = subprocess.Popen([*SMTUI, "serve", "--port", "0", "--env"], env=environ, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    assert server.stdout is not None and server.stderr is not None
    exports = dict(server.stdout.readline().removeprefix("export ").rstrip("\n").split("=", 1) for _ in range(8))
    code = "import boto3; boto3.client('secretsmanager').get_secret_value(SecretId='a')"
    subprocess.run([sys.executable, "-c", code], env={**environ, **exports}, check=True, timeout=LIMIT)
    server.send_signal(signal.SIGINT)
    log = server.stderr.read()

    assert server.wait(LIMIT) == 0
    assert " arn:aws:iam::000000000000:root GetSecretValue 200 " in log
    assert not [word for word in (VALUE, "SecretId", exports["AWS_SECRET_ACCESS_KEY"]) if word in log]
