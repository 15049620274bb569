"""Functions that misbehave: the time limit holds, nothing of them stays, and what is wrong is said of the function."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.rotation import rpc_codec
from smtui.rotation.working_folder import MAX_NESTING, WorkingFolder
from tests.conftest import PASSPHRASE
from tests.rotation.conftest import ID, TOKEN, VALUE, alive, current
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

BEGIN = """
import json, os, signal, socket, subprocess, sys, time
note = {note!r}
def remember(pid):
    with open(note, "a") as file:
        file.write(f"{{pid}}\\n")
def connect():
    line = socket.socket(socket.AF_UNIX)
    line.connect(os.environ["SMTUI_AGENT"])
    return line
def ask(operation, params):
    return json.dumps({{"operation": operation, "params": params}}).encode() + b"\\n"
def answer(sent):
    line = connect()
    line.sendall(sent + b"\\n")
    return json.loads(line.makefile("rb").readline())
remember(os.getpid())
arn = json.loads(sys.stdin.readline())["SecretId"]
get = ask("GetSecretValue", {{"SecretId": arn}})
"""
DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        remember(os.getpid())
        os.execve("/bin/sleep", ["sleep", "600"], {})
    os._exit(0)
"""
# Rotates what is due, and is killed while a function runs.
KILLED = f"""
import os, signal, sys, smtui
from smtui.vault import kdf
kdf.PROFILES.update({{number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in kdf.PROFILES}})
def die_with_a_function():
    if os.path.exists(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return True
with smtui.open_vault(sys.argv[1], "{PASSPHRASE}") as vault:
    vault.scheduler.run_due(should_continue=die_with_a_function)
"""
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where working folders are made; the names of sockets in them may not be long."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture
def run(vault: smtui.Vault, tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Rotates `db` by a script, and tells how that went; afterwards nothing of the script is left, and its value is."""
    client, rotations = vault.client(), vault.rotations()
    note = tmp_path / "pids"
    client.create_secret(Name="db", SecretString=VALUE)
    monkeypatch.setattr("smtui.rotation.command.GRACE", 0.2)

    def by(script: str, *, limit: int = 2) -> dict[str, Any]:
        path = tmp_path / "function"
        path.write_text(BEGIN.format(note=str(note)) + script)
        arn = rotations.create_function(
            FunctionName="f", Command={"Arguments": [sys.executable, str(path)], "TimeoutInSeconds": limit}
        )["FunctionArn"]
        client.rotate_secret(**ID, RotationLambdaARN=arn, ClientRequestToken=TOKEN)
        found: dict[str, Any] = rotations.describe_rotation(**ID)["Rotation"]
        return found

    yield by
    assert current(vault) == VALUE
    wait_until(lambda: not [pid for pid in note.read_text().split() if alive(int(pid))], "its processes to end")


@pytest.mark.parametrize("script", [
    "line = connect()\nwhile True: line.sendall(get)",
    "lines = [connect() for _ in range(5)]\nfor line in lines: line.setblocking(False)\n"
    "while True:\n    for line in lines:\n        try: line.send(get)\n        except BlockingIOError: pass",
    "line = connect()\nline.sendall(get[:-5])\ntime.sleep(600)",
    "line = connect()\nwhile True:\n    line.sendall(b'x')\n    time.sleep(0.01)",
    "while True:\n    try:\n        line = connect()\n        while True: line.sendall(b'x' * 60000)\n"
    "    except OSError: pass",
    "line = connect()\nif os.fork() == 0:\n    remember(os.getpid())\n    while line.recv(65536): pass\n"
    "while True: line.sendall(get * 1000)",
    "lines = []\nwhile True:\n    try: lines.append(connect())\n    except OSError: time.sleep(0.1)",
    "while True: connect().close()",
    "os.close(1); os.close(2)\ntime.sleep(600)",
    "while True: os.write(1, b'x' * 65536)",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\ntime.sleep(600)",
    "os.kill(os.getpid(), signal.SIGSTOP)",
    "os.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(600)",
    "os.kill(os.getppid(), signal.SIGTERM)\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(600)",
    "signal.signal(15, signal.SIG_IGN)\n" + DAEMON + "time.sleep(600)",
    "for _ in range(50):\n    child = subprocess.Popen(['sleep', '600'], start_new_session=True, env={})\n"
    "    remember(child.pid)\ntime.sleep(600)",
    "while True:\n    if os.fork() == 0: os._exit(0)",
], ids=[
    "reads no answer", "reads no answer on any line", "half a call", "half a line for ever", "lines without end",
    "floods", "many connections", "connects and goes", "closes its output", "writes without end", "ignores SIGTERM",
    "stops itself", "stops its supervisor", "bothers its supervisor", "daemon", "many sessions", "many zombies",
])  # fmt: skip
def test_the_time_limit_holds(run: Run, here: Path, script: str) -> None:
    """Whatever it does. Its working folder is gone too."""
    assert run(script)["Message"].splitlines()[0] == "It took longer than 2 seconds."
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(("ending", "said"), [
    ("sys.exit(3)", "It ended with exit code 3."),
    ("os.kill(os.getpid(), signal.SIGSEGV)", "It was terminated by SIGSEGV."),
    ("os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(600)", "Its supervising process was killed."),
])
def test_what_it_left_running_is_ended(run: Run, ending: str, said: str) -> None:
    """In another session, without the environment by which it could be known; and though it holds our pipes."""
    daemon = DAEMON if "getppid" not in ending else ""
    assert run(daemon + "\ntime.sleep(0.3)\n" + ending, limit=60)["Message"].splitlines()[0] == said


def test_it_ends_at_once_when_the_vault_is_locked(vault: smtui.Vault, tmp_path: Path) -> None:
    """Though it reads no answer and will not hear of it. Its rotation rests, and can be claimed again."""
    note = tmp_path / "pids"
    path = tmp_path / "function"
    path.write_text(BEGIN.format(note=str(note)) + "signal.signal(15, signal.SIG_IGN)\nline = connect()\n"
                    "remember(os.getpid())\nwhile True: line.sendall(get)")
    command = {"Arguments": [sys.executable, str(path)], "TimeoutInSeconds": 600}
    arn = vault.rotations().create_function(FunctionName="f", Command=command)["FunctionArn"]
    vault.client().create_secret(Name="db", SecretString=VALUE)
    vault.scheduler.delegate_to(lambda arn, region: None)
    vault.client().rotate_secret(**ID, RotationLambdaARN=arn)
    [ended] = vault.scheduler.run_due(should_continue=lambda: not note.exists() or len(note.read_text().split()) < 2)

    assert ended.problem == "It was stopped early: the vault was locked."
    assert not [pid for pid in note.read_text().split() if alive(int(pid))]
    run = vault.rotations().describe_rotation(**ID)["Rotation"]
    assert (run["State"], run["AtWork"], run["Attempts"]) == ("waiting", False, 1)
    assert current(vault) == VALUE
    assert vault.rotations().claim_rotation(Holder="another", SecretARN=told_arn(vault), AtOnce=True)["Rotation"]


def told_arn(vault: smtui.Vault) -> str:
    return str(vault.client().describe_secret(**ID)["ARN"])


def test_the_program_is_killed(vault: smtui.Vault, here: Path, tmp_path: Path, cheap_kdf: None) -> None:
    """The function goes on until its time is over, but no longer, and its working folder goes with it."""
    path, note = tmp_path / "function", tmp_path / "pids"
    path.write_text(BEGIN.format(note=str(note)) + "remember(os.getpid())\ntime.sleep(600)")
    command = {"Arguments": [sys.executable, str(path)], "TimeoutInSeconds": 2}
    arn = vault.rotations().create_function(FunctionName="f", Command=command)["FunctionArn"]
    vault.client().create_secret(Name="db", SecretString=VALUE)
    vault.scheduler.delegate_to(lambda arn, region: None)
    vault.client().rotate_secret(**ID, RotationLambdaARN=arn)
    program = subprocess.run([sys.executable, "-c", KILLED, vault.path, str(note)], cwd=Path(smtui.__file__).parents[1],
                             env={**os.environ, "TMPDIR": str(here)}, check=False)
    assert program.returncode == -signal.SIGKILL
    [function] = set(note.read_text().split())
    while alive(int(function)) or any(here.iterdir()):
        pass
    assert current(vault) == VALUE


# Calls that are none.

CALLS = [
    b"", b"x", b"[]", b"1", b"null", b'"x"', b"{}", b'{"operation": 1}', b'{"operation": null, "params": {}}',
    b'{"operation": "GetSecretValue", "params": [1]}', b'{"operation": "GetSecretValue", "params": "x"}',
    b'{"operation": "GetSecretValue", "params": 1}', b'{"operation": ["GetSecretValue"], "params": {}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ["x"]}}', b'{"operation": "GetSecretValue"}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": {"$bytes": "eA=="}}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ARN, "VersionStage": 1}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ARN, "VersionStage": "\\ud800"}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ARN, "VersionId": NaN}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ARN, "Unknown": {}}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ARN, "self": 1}}',
    b'{"operation": "GetSecretValue", "params": {"SecretId": ARN, "": null}}',
    b'{"operation": "NoSuchOperation", "params": {"SecretId": ARN}}',
    b'{"operation": "DeleteSecret", "params": {"SecretId": ARN}}', b'{"operation": "__class__", "params": {}}',
    b'{"operation": "GetRandomPassword", "params": {"PasswordLength": "8"}}',
    b'{"operation": "GetRandomPassword", "params": {"PasswordLength": 1e400}}',
    b'{"operation": "GetRandomPassword", "params": {"PasswordLength": 10000000000000000000000}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretBinary": {"$bytes": "!"}}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretBinary": {"$bytes": 1}}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretBinary": {"$bytes": null}}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretBinary": {"$time": "never"}}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretBinary": {"$time": 1}}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretString": {"$time": "2026-01-01"}}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretString": "\\ud800"}}',
    b'{"operation": "PutSecretValue", "params": {"SecretId": ARN, "SecretString": "x", "VersionStages": {}}}',
    b'{"operation": "UpdateSecretVersionStage", "params": {"SecretId": ARN, "VersionStage": [[]]}}',
    b"[" * 100_000, b'{"params":' * 100_000, b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"\0" * 100,
    b'{"operation": ' + b"9" * 5000 + b"}", b'{"operation": "' + b"x" * 100_000 + b'", "params": {}}',
    b"x" * (rpc_codec.MAX_LINE_BYTES + 70_000),
]


def test_what_is_no_call_gets_an_error_as_its_answer(run: Run, tmp_path: Path) -> None:
    """Each of them, and the function goes on; that it fails then is the function's fault, and said so."""
    calls = tmp_path / "calls"
    calls.write_text(json.dumps([call.decode("latin-1") for call in CALLS]))
    answers = tmp_path / "answers"
    rotation = run(f"""
calls = [call.encode("latin-1").replace(b"ARN", json.dumps(arn).encode()) for call in json.load(open({str(calls)!r}))]
json.dump([answer(call) for call in calls], open({str(answers)!r}, "w"))
sys.exit(9)
""", limit=600)

    assert rotation["Message"] == "It ended with exit code 9."
    found = json.loads(answers.read_text())
    assert [call[:99] for call, each in zip(CALLS, found, strict=True) if set(each) != {"error"}] == []
    assert {each["error"]["Code"] for each in found} <= {
        "ValidationException", "AccessDeniedException", "InvalidParameterException", "ParamValidationError",
    }  # fmt: skip
    assert max(len(each["error"]["Message"]) for each in found) < 2000


# What it leaves in its working folder.

NEST = "for _ in range({}):\n    os.mkdir('a')\n    os.chdir('a')\n"
MANY_FILES = "for n in range({}): open(str(n), 'w').close()"
MANY_FOLDERS = "for n in range({}): os.mkdir(str(n))"


@pytest.mark.parametrize(("script", "said"), [
    (NEST.format(3000), f"It nested folders more than {MAX_NESTING} deep in its working folder."),
    (NEST.format(MAX_NESTING + 50) + "open('f', 'w').close()", "It nested folders more than"),
    (NEST.format(3000) + "sys.exit(4)", "It ended with exit code 4."),
])
def test_folders_without_end(run: Run, here: Path, script: str, said: str) -> None:
    """Are the function's fault, and are removed."""
    assert run(script, limit=60)["Message"].startswith(said)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("script", [
    NEST.format(200), MANY_FILES.format(1500), pytest.param(MANY_FILES.format(15_000), marks=pytest.mark.long),
    MANY_FOLDERS.format(300), pytest.param(MANY_FOLDERS.format(3000), marks=pytest.mark.long),
    "os.makedirs('a/b'); open('a/b/f', 'w').close()\nfor folder in ('a/b', 'a', '.'): os.chmod(folder, 0)",
    "os.symlink({kept!r}, 'link'); os.link({kept!r} + '/file', 'hard'); os.mkfifo('pipe')",
    "os.mkdir(b'\\xff\\n'); socket.socket(socket.AF_UNIX).bind('door')",
    "import shutil; shutil.rmtree(os.path.dirname(os.getcwd()))",
    "here = os.path.dirname(os.getcwd()); os.rename(here, here + 'x'); os.symlink({kept!r}, here); os.unlink(here)",
])
def test_whatever_is_in_its_folder_is_removed(run: Run, here: Path, tmp_path: Path, script: str) -> None:
    """And nothing behind a link is."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("kept")
    rotation = run(script.replace("{kept!r}", repr(str(kept))), limit=60)

    assert "finishSecret ended" in rotation["Message"], rotation
    assert (kept / "file").read_text() == "kept"
    assert [each for each in here.iterdir() if any(each.iterdir())] == []


def test_a_folder_that_cannot_be_removed(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is named. Everything else in it is removed, and nothing else suffers from it."""
    remove = os.unlink

    def refuse(path: str, **more: Any) -> None:
        if path == "immutable":
            raise PermissionError(1, "Operation not permitted")
        remove(path, **more)

    monkeypatch.setattr(os, "unlink", refuse)
    rotation = run("os.makedirs('a/b')\nfor name in ('immutable', 'other'): open(f'a/b/{name}', 'w').close()", limit=60)
    monkeypatch.undo()
    [left] = here.iterdir()

    assert rotation["Message"] == f"Its working folder could not be removed: {left}."
    assert [each.name for each in left.rglob("*") if each.is_file()] == ["immutable"]


def test_removing_takes_no_longer_than_it_may(here: Path) -> None:
    folder = WorkingFolder()
    for number in range(10):
        (folder.path / str(number)).mkdir()

    assert folder.remove(lambda: False) == f"Its working folder could not be removed: {folder.path}."


# What cannot be started.


@pytest.mark.parametrize(("arguments", "said"), [
    (["/nowhere/at-all"], "No such file or directory"), (["no-such-command-7f3a"], "No such file or directory"),
    (["/"], "Permission denied"), (["{here}/text"], "Permission denied"), (["{here}/binary"], "Exec format error"),
    (["{here}/no-interpreter"], "No such file or directory"), (["/bin/sh/x"], "Not a directory"),
])
def test_what_cannot_be_started(
    vault: smtui.Vault, tmp_path: Path, arguments: list[str], said: str
) -> None:
    """In the system's words, and as the function's fault."""
    for name, content in (("text", "x"), ("binary", "\x7fnot"), ("no-interpreter", "#!/nowhere/at-all\n")):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600 if name == "text" else 0o700)
    client, rotations = vault.client(), vault.rotations()
    client.create_secret(Name="db", SecretString=VALUE)
    spelled = [each.replace("{here}", str(tmp_path)) for each in arguments]
    arn = rotations.create_function(FunctionName="f", Command={"Arguments": spelled})["FunctionArn"]
    client.rotate_secret(**ID, RotationLambdaARN=arn)

    assert rotations.describe_rotation(**ID)["Rotation"]["Message"] == f"The command cannot be started: {said}."
    assert current(vault) == VALUE


def test_too_many_open_files(vault: smtui.Vault, here: Path) -> None:
    """Here, and not in the function: it waits until it is tried again."""
    import resource

    client, rotations = vault.client(), vault.rotations()
    client.create_secret(Name="db", SecretString=VALUE)
    arn = rotations.create_function(FunctionName="f", Command={"Arguments": ["/bin/true"]})["FunctionArn"]

    def rotate_once() -> str:
        client.rotate_secret(**ID, RotationLambdaARN=arn)
        message: str = rotations.describe_rotation(**ID)["Rotation"]["Message"]
        client.cancel_rotate_secret(**ID)
        for version in client.list_secret_version_ids(**ID)["Versions"]:
            if version["VersionStages"] == ["AWSPENDING"]:
                client.update_secret_version_stage(**ID, VersionStage="AWSPENDING",
                                                   RemoveFromVersionId=version["VersionId"])
        return message

    rotate_once()  # imports what a rotation needs
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    said = set()
    try:
        for spare in range(20):
            resource.setrlimit(resource.RLIMIT_NOFILE, (free + spare, before[1]))
            said.add(rotate_once())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert "The command cannot be started: Too many open files." in said
    assert said <= {"The command cannot be started: Too many open files.", "",
                    "finishSecret ended, but AWSCURRENT is not on the new version."}
