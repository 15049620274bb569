"""Functions that are processes: what they get, what they may, how they are ended, and what is kept of what they say."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.system.inheritance import PASSED_ON
from tests import waiting
from tests.rotation.conftest import ID, TOKEN, VALUE, Rotate, alive, current

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="command functions need Unix sockets")

HONEST = """
import json, sys, smtui
event = json.load(sys.stdin)
client = smtui.rotation_client()
arn, token = event["SecretId"], event["ClientRequestToken"]
if event["Step"] == "createSecret":
    made = client.get_random_password(PasswordLength=24, ExcludePunctuation=True)["RandomPassword"]
    client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=made, VersionStages=["AWSPENDING"])
elif event["Step"] == "finishSecret":
    versions = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
    client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                       RemoveFromVersionId=current)
"""
BY_COMMAND_LINE = """
read -r event
field() { printf '%s' "$event" | sed 's/.*"'"$1"'": "\\([^"]*\\)".*/\\1/'; }
smtui="PYTHON -m smtui"
case $(field Step) in
createSecret)
    made=$($smtui get-random-password --password-length 24 --exclude-punctuation --query RandomPassword --output text)
    printf %s "$made" | $smtui put-secret-value --secret-id "$(field SecretId)" --secret-string - \\
        --client-request-token "$(field ClientRequestToken)" --version-stages AWSPENDING ;;
finishSecret)
    current=$($smtui get-secret-value --secret-id "$(field SecretId)" --query VersionId --output text)
    $smtui update-secret-version-stage --secret-id "$(field SecretId)" --version-stage AWSCURRENT \\
        --move-to-version-id "$(field ClientRequestToken)" --remove-from-version-id "$current" ;;
esac
"""
NOT_ROTATED = "finishSecret ended, but AWSCURRENT is not on the new version."


def test_a_function_in_python(rotate: Rotate, vault: smtui.Vault) -> None:
    """The client it is handed takes it through all four steps."""
    assert rotate(HONEST)["State"] == "done"
    assert len(current(vault)) == 24


CATCHING = HONEST.replace("if event", """
import botocore.exceptions
try:
    client.get_secret_value(SecretId=arn, VersionStage="AWSPENDING" if event["Step"] == "createSecret" else "NONE")
except client.exceptions.ResourceNotFoundException as error:
    assert isinstance(error, botocore.exceptions.ClientError)
    assert error.response["ResponseMetadata"]["RequestId"]
refusals = {"AccessDeniedException": {"SecretId": "another"}, "ValidationException": {"VersionId": "x" * 99}}
for code, request in refusals.items():
    try:
        client.get_secret_value(**{"SecretId": arn, **request})
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code
    else:
        sys.exit(8)
try:
    client.get_secret_value(SecretId=arn, Colour="blue")
except botocore.exceptions.ClientError:
    sys.exit(9)
except botocore.exceptions.ParamValidationError as error:
    assert "Unknown parameter" in str(error)
try:
    client.get_secret_value(SecretId={arn})
except client.exceptions.ParamValidationError as error:
    assert "Invalid type for parameter SecretId" in str(error)
else:
    sys.exit(7)
assert len(client.get_paginator("list_secret_version_ids").paginate(SecretId=arn).build_full_result()["Versions"]) > 0
assert client.exceptions.from_code("ResourceNotFoundException") and client.meta.partition == "aws"
if event""", 1)


def test_a_function_catches_errors_as_botocores(rotate: Rotate) -> None:
    run = rotate(CATCHING)

    assert run["State"] == "done", run


def test_a_function_by_the_command_line(
    rotate: Rotate, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same commands as anywhere, and nobody is asked for a passphrase."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f"#!/bin/sh\nPYTHONPATH={Path.cwd()} exec {sys.executable} \"$@\"\n")
    python.chmod(0o755)
    run = rotate(BY_COMMAND_LINE.replace("PYTHON", str(python)), shell=True)

    assert run["State"] == "done", run
    assert len(current(vault)) == 24


def test_a_function_finds_the_program_that_runs_it(
    rotate: Rotate, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also if that was started by its path, as a timer does, and its folder is not in PATH."""
    program = tmp_path / "scripts" / "smtui"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nPYTHONPATH={Path.cwd()} exec {sys.executable} -m smtui \"$@\"\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "rotate-due"])
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    run = rotate(BY_COMMAND_LINE.replace("PYTHON -m smtui", "smtui"), shell=True)

    assert run["State"] == "done", run
    assert len(current(vault)) == 24


def test_what_it_is_given(rotate: Rotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event on standard input; an environment of a few names; an empty folder; no value in either."""
    monkeypatch.setenv("SMTUI_PASSPHRASE", "not for you")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nor this")
    note = tmp_path / "note"
    rotate(f"""
import json, os, sys
seen = {{"event": json.load(sys.stdin), "environ": dict(os.environ), "argv": sys.argv, "here": os.listdir("."),
         "session": os.getsid(0) == os.getpid(), "open": len(os.listdir("/proc/self/fd"))}}
json.dump(seen, open({str(note)!r}, "w"))
sys.exit(1)
""")
    seen = json.loads(note.read_text())

    assert seen["event"].keys() == {"Step", "SecretId", "ClientRequestToken", "RotationToken"}
    assert seen["event"]["Step"] == "createSecret"
    assert seen["event"]["ClientRequestToken"] == TOKEN
    assert seen["environ"].keys() <= {*PASSED_ON, "SMTUI_AGENT", "LC_CTYPE"}  # the last is Python's own
    assert VALUE not in note.read_text()
    assert seen["here"] == []
    assert seen["session"]
    assert seen["open"] <= 5


def test_too_slow(rotate: Rotate, vault: smtui.Vault, tmp_path: Path) -> None:
    """It and what it started are ended, though they would not hear of it."""
    note = tmp_path / "pids"
    run = rotate(f"""
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, 1); time.sleep(600)"])
open({str(note)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
time.sleep(600)
""", limit=2)

    assert run["Message"] == "It took longer than 2 seconds."
    assert current(vault) == VALUE
    assert not [pid for pid in note.read_text().split() if alive(int(pid))]


def test_it_ends_once_nobody_wants_it_to_go_on(vault: smtui.Vault, tmp_path: Path) -> None:
    """As when the vault is being locked: it is ended long before its time, and its rotation rests."""
    marker = tmp_path / "begun"
    command = {"Arguments": ["/bin/sh", "-c", f"touch {marker}; sleep 300"], "TimeoutInSeconds": 600}
    arn = vault.rotations().create_function(FunctionName="f", Command=command)["FunctionArn"]
    vault.client().create_secret(Name="db", SecretString=VALUE)
    vault.scheduler.delegate_to(lambda arn, region: None)
    vault.client().rotate_secret(**ID, RotationLambdaARN=arn)
    [ended] = vault.scheduler.run_due(should_continue=lambda: not marker.exists())

    assert ended.problem == "It was stopped early: the vault was locked."
    run = vault.rotations().describe_rotation(**ID)["Rotation"]
    assert (run["State"], run["AtWork"], run["Attempts"]) == ("waiting", False, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="only there one can look for them")
@pytest.mark.parametrize(("ending", "expected"), [
    ("sys.exit(3)", "It ended with exit code 3."),
    ("os.kill(os.getpid(), 9)", "It was terminated by SIGKILL."),
    ("time.sleep(600)", "It took longer than 2 seconds."),
], ids=["exits", "kills itself", "hangs"])  # fmt: skip
def test_what_it_left_running_in_a_session_of_its_own(
    rotate: Rotate, vault: smtui.Vault, tmp_path: Path, ending: str, expected: str
) -> None:
    """A daemon out of the function's group is ended too, however the function itself ended, and in time."""
    note = tmp_path / "pid"
    began = time.monotonic()
    run = rotate(f"""
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open({str(note)!r} + ".new", "w").write(str(os.getpid()))
        os.rename({str(note)!r} + ".new", {str(note)!r})
        time.sleep(600)
    os._exit(0)
while not os.path.exists({str(note)!r}):
    time.sleep(0.01)
{ending}
""", limit=2)

    assert time.monotonic() - began < 2 + 5
    assert run["Message"] == expected
    assert current(vault) == VALUE
    assert not alive(int(note.read_text()))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("import sys; sys.exit(3)", "It ended with exit code 3."),
        ("import os; os.kill(os.getpid(), 9)", "It was terminated by SIGKILL."),
        ("raise ValueError('broken')", "ValueError: broken"),
        ("import os\nfor _ in range(800): os.write(1, b'x' * 65536)\nexit(1)", "It ended with exit code 1."),
        ("import sys; sys.stdin.close(); sys.exit(2)", "It ended with exit code 2."),
    ],
    ids=["exit", "killed", "traceback", "50 MB", "deaf"],
)
def test_a_function_that_fails(rotate: Rotate, vault: smtui.Vault, script: str, expected: str) -> None:
    """AWSCURRENT stays; what it wrote last is kept, but not without end."""
    run = rotate(script)

    assert expected in run["Message"]
    assert len(run["Message"]) < 70_000
    assert current(vault) == VALUE


def test_what_it_writes_shows_no_value(rotate: Rotate, vault: smtui.Vault) -> None:
    """Values that went through its hands are replaced, control characters made visible; the trail has a hash."""
    run = rotate("""
import json, sys, smtui
event = json.load(sys.stdin)
client = smtui.rotation_client()
print("was", client.get_secret_value(SecretId=event["SecretId"])["SecretString"])
made = client.get_random_password()["RandomPassword"]
print("is", json.dumps({"password": made}), made, event["RotationToken"], "\\x1b[31mred")
sys.exit(1)
""")
    trail = list(vault.audit_log(operation="ReportRotation"))

    assert run["Message"].splitlines()[1] == "was <secret>"
    assert run["Message"].splitlines()[2].startswith('is {"password": "<secret>"} <secret> <secret> ␛[31mred')
    assert "was" not in json.dumps(trail)
    assert len(trail[0]["requestParameters"]["outputSha256"]) == 64
    assert trail[0]["requestParameters"]["outputBytes"] > 0


def test_a_command_that_is_not_there(vault: smtui.Vault) -> None:
    client, rotations = vault.client(), vault.rotations()
    client.create_secret(Name="db", SecretString=VALUE)
    arn = rotations.create_function(FunctionName="f", Command={"Arguments": ["/nowhere/at-all"]})["FunctionArn"]
    client.rotate_secret(**ID, RotationLambdaARN=arn)

    assert rotations.describe_rotation(**ID)["Rotation"]["Message"] == (
        "The command cannot be started: No such file or directory."
    )


def test_a_function_that_forgets_to_finish(rotate: Rotate, vault: smtui.Vault) -> None:
    """Four steps without an error are no rotation while AWSCURRENT is where it was."""
    run = rotate("pass")

    assert (run["State"], run["Step"]) == ("waiting", "finishSecret")
    assert run["Message"] == NOT_ROTATED
    assert current(vault) == VALUE


def test_one_that_forgets_to_finish_is_told_as_a_failure(rotate: Rotate, vault: smtui.Vault) -> None:
    """Whoever carries the rotation out hears the same: nothing is announced as rotated."""
    rotate("pass")
    [ended] = vault.scheduler.run_due(secret_id="db")

    assert (ended.step, ended.problem) == ("finishSecret", NOT_ROTATED)
    assert [event["eventName"] for event in vault.audit_log() if event["eventName"].startswith("Rotation")] == [
        "RotationFailed", "RotationFailed", "RotationStarted"]
    assert "LastRotatedDate" not in vault.client().describe_secret(**ID)


OVERTAKEN = """
import json, os, sys, time, smtui
from pathlib import Path
event = json.load(sys.stdin)
if event["Step"] == MEANWHILE:
    Path(BEGUN).touch()
    while not Path(STORED).exists():
        time.sleep(0.01)
""" + HONEST.replace("event = json.load(sys.stdin)", "")


def in_folder(script: str, folder: Path, step: str) -> str:
    """The script, to wait at a step until there is a file `stored`."""
    names = {"MEANWHILE": step, "BEGUN": str(folder / "begun"), "STORED": str(folder / "stored")}
    for name, value in names.items():
        script = script.replace(name, repr(value))
    return script


def meanwhile(vault: smtui.Vault, folder: Path, act: Callable[[Any], object]) -> threading.Thread:
    """Another session, that does something once the function has begun the step."""
    def run() -> None:
        begun = folder / "begun"
        waiting.wait_until(begun.exists, "the step")
        with vault.reopen() as other:
            act(other.client())
        (folder / "stored").touch()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("step", ["setSecret", "finishSecret"])
@pytest.mark.parametrize("others", ["a new value", "a roll back"])
def test_what_others_store_meanwhile_is_not_overwritten(
    rotate: Rotate, vault: smtui.Vault, tmp_path: Path, step: str, others: str
) -> None:
    """AWS's templates name whatever is current by then: that is refused, said, and said again at each try, until the
    person decides; then nothing of ours is left.
    """
    client = vault.client()
    first = client.get_secret_value(**ID)["VersionId"]
    before = client.put_secret_value(**ID, SecretString="second")["VersionId"]

    def act(other: Any) -> None:
        if others == "a new value":
            other.put_secret_value(**ID, SecretString="theirs")
        else:
            other.update_secret_version_stage(
                **ID, VersionStage="AWSCURRENT", RemoveFromVersionId=before, MoveToVersionId=first)

    thread = meanwhile(vault, tmp_path, act)
    try:
        run = rotate(in_folder(OVERTAKEN, tmp_path, step), limit=300)
    finally:
        thread.join()
    theirs = client.get_secret_value(**ID)

    assert theirs["SecretString"] == ("theirs" if others == "a new value" else VALUE)
    assert run["Message"].splitlines()[0] == (
        f"AWSCURRENT moved to version {theirs['VersionId'][:8]} during this rotation. That value is not "
        "overwritten: remove AWSPENDING from version 00000000, then rotate again; or move AWSCURRENT to version "
        "00000000 to use the value of this rotation."
    )
    [ended] = vault.scheduler.run_due(secret_id="db")
    assert ended.problem.startswith("AWSCURRENT moved to version")
    assert client.get_secret_value(**ID)["VersionId"] == theirs["VersionId"]

    client.update_secret_version_stage(**ID, VersionStage="AWSCURRENT", MoveToVersionId=TOKEN,
                                       RemoveFromVersionId=theirs["VersionId"])
    [ended] = vault.scheduler.run_due(secret_id="db")
    assert ended.problem == ""
    labels = client.describe_secret(**ID)["VersionIdsToStages"]
    assert labels == {TOKEN: ["AWSCURRENT"], theirs["VersionId"]: ["AWSPREVIOUS"]}


def test_a_value_stored_while_the_new_one_is_made(rotate: Rotate, vault: smtui.Vault, tmp_path: Path) -> None:
    """What the function has read is what it begins from, not what is current when it stores."""
    script = in_folder(OVERTAKEN, tmp_path, "createSecret").replace("client = smtui.rotation_client()", "")
    script = script.replace("event = json", "client = smtui.rotation_client()\nevent = json").replace(
        "    Path(", "    client.get_secret_value(SecretId=event['SecretId'])\n    Path(", 1)
    thread = meanwhile(vault, tmp_path, lambda other: other.put_secret_value(**ID, SecretString="theirs"))
    try:
        run = rotate(script, limit=300)
    finally:
        thread.join()

    assert "That value is not overwritten" in run["Message"]
    assert current(vault) == "theirs"


def test_a_function_sees_no_label_but_those_of_others(rotate: Rotate, vault: smtui.Vault) -> None:
    run = rotate(HONEST.replace("    versions = client", """
    listed = client.list_secret_version_ids(SecretId=arn)["Versions"]
    print("labels:", sorted(label for each in listed for label in each["VersionStages"]))
    print("pending:", client.get_secret_value(SecretId=arn, VersionStage="AWSPENDING")["VersionStages"])
    print("described:", sorted(client.describe_secret(SecretId=arn)["VersionIdsToStages"].values()))
    sys.exit(1)
    versions = client"""))

    assert run["Message"].splitlines()[1:] == [
        "labels: ['AWSCURRENT', 'AWSPENDING']", "pending: ['AWSPENDING']",
        "described: [['AWSCURRENT'], ['AWSPENDING']]",
    ]


def test_outside_a_function_there_is_no_such_client() -> None:
    with pytest.raises(smtui.VaultMissingError, match="not started as a rotation function"):
        smtui.rotation_client()
