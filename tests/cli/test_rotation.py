"""Tests of rotation with the command line: functions, schedules, due rotations and failures."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from smtui.rotation.arguments import number_arguments
from tests.cli.conftest import Answer, CommandLine, Person

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


@pytest.fixture
def db(cli: CommandLine) -> CommandLine:
    cli.done("set", "db", "-", stdin=b'{"user": "app", "password": "first"}')
    return cli


def test_a_new_password_every_month(db: CommandLine) -> None:
    """Creates a function and a schedule; the first rotation follows at once."""
    made = db.done("functions", "add", "new", "--password", "--key", "password", "--password-length", "20")
    assert made == f"{ARN}new  a new password in password\n"
    db.done("rotate-secret", "--secret-id", "db", "--rotation-lambda-arn", f"{ARN}new",
            "--rotation-rules", "AutomaticallyAfterDays=30")

    assert len(db.done("get", "db#password")) == 20
    assert db.done("get", "db#password", "--version-stage", "AWSPREVIOUS") == "first"
    assert json.loads(db.done("describe-secret", "--secret-id", "db"))["RotationRules"] == {
        "AutomaticallyAfterDays": 30
    }
    assert db.done("functions") == made
    assert db.done("rotate-due") == ""


def test_a_rotation_that_fails_is_told(db: CommandLine) -> None:
    """The failure is reported on standard error. The output and the exit code are those of RotateSecret."""
    db.done("functions", "add", "no", "--password", "--key", "absent")
    answer = db("rotate-secret", "--secret-id", "db", "--rotation-lambda-arn", f"{ARN}no")
    assert answer.code == 0
    assert "VersionId" in json.loads(answer.out)
    assert "The rotation failed at createSecret: The value has no key absent." in answer.err
    again = db("rotate-due", "db")

    assert again.code == 1
    assert again.out == "db: createSecret failed: The value has no key absent.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="command functions need Unix sockets")
def test_a_command(db: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments after -- are kept, except that files become absolute paths."""
    monkeypatch.chdir(tmp_path)
    Path("rotate.sh").write_text("echo looked; exit 7\n")
    made = db.done("functions", "add", "sh", "--time-limit", "5", "--", "/bin/sh", "rotate.sh", "--flag")
    assert made == f"{ARN}sh  /bin/sh {tmp_path}/rotate.sh --flag\n"
    answer = db("rotate-secret", "--secret-id", "db", "--rotation-lambda-arn", f"{ARN}sh")

    assert "failed at createSecret: It ended with exit code 7." in answer.err
    assert "looked" in answer.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["add"], "Which function?"), (["rm"], "Which function?"), (["add", "x"], "Use one of --password"),
        (["add", "x", "--password", "--", "y"], "Use one of --password"),
        (["add", "x", "--lambda", "f.py", "--", "y"], "Use one of --password"),
        (["add", "x", "--lambda", "f.py:a.b"], "FILE:HANDLER"),
        (["add", "x", "--lambda", "f", "--env", "A"], "KEY=VALUE"),
        (["add", "x", "--lambda", "f", "--python", "no-such-program"], "program not found: no-such-program"),
        (["add", "x", "--password", "--may-read", "db"], "--may-read needs --lambda"),
        (["try", "x"], "try needs --secret"), (["rm", "x", "--secret", "db"], "no other action takes it"),
        (["mend", "x"], "invalid choice"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood(cli: CommandLine, argv: list[str], said: str) -> None:
    answer = cli("functions", *argv)

    assert answer.code == 2
    assert said in answer.err


def test_functions_are_removed(cli: CommandLine) -> None:
    cli.done("functions", "add", "x", "--password")
    assert cli.done("functions", "rm", "x") == "x: removed\n"
    assert cli("functions", "rm", "x").code == 1
    assert cli.done("functions") == ""


# Lambda functions.

LAMBDA = """
import boto3, os

def handler(event, context):
    client = boto3.client("secretsmanager")
    arn, token = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=os.environ["NEW"],
                                VersionStages=["AWSPENDING"])
    if event["Step"] == "testSecret":
        print("admin:", client.get_secret_value(SecretId="admin")["Name"])
    if event["Step"] == "finishSecret":
        versions = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
        [current] = [version for version, stages in versions.items() if "AWSCURRENT" in stages]
        client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                           RemoveFromVersionId=current)
"""


@pytest.fixture
def function(db: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Adds the Lambda function `f`, and returns its file."""
    monkeypatch.chdir(tmp_path)
    file = Path("rotate.py")
    file.write_text(LAMBDA)
    db.done("set", "admin", "-", stdin=b"x")
    made = db.done("functions", "add", "f", "--lambda", "rotate.py:handler", "--env", "NEW=a=b", "--may-read", "admin")
    assert made == f"{ARN}f  {tmp_path}/rotate.py:handler, may read admin\n"
    return file


@pytest.mark.skipif(sys.platform == "win32", reason="process functions need Unix sockets")
def test_a_lambda_function(db: CommandLine, function: Path) -> None:
    db.done("rotate-secret", "--secret-id", "db", "--rotation-lambda-arn", f"{ARN}f")

    assert db.done("get", "db") == "a=b"
    assert db.done("functions").startswith(f"{ARN}f  ")
    assert "mayRead" in db.done("audit", "--operation", "CreateFunction", "--json")


@pytest.mark.skipif(sys.platform == "win32", reason="process functions need Unix sockets")
def test_a_function_is_changed(db: CommandLine, function: Path) -> None:
    """Its secrets keep it, with the new settings; values of variables are not in the audit log."""
    db.done("rotate-secret", "--secret-id", "db", "--rotation-lambda-arn", f"{ARN}f")
    settings = ("--lambda", f"{function}:handler", "--env", "NEW=second", "--may-read", "admin")
    db.done("functions", "change", "f", *settings, "--time-limit", "30")
    db.done("rotate-secret", "--secret-id", "db")

    assert db.done("get", "db") == "second"
    [event] = json.loads(f"[{db.done('audit', '--operation', 'UpdateFunction', '--json')}]")
    assert ("mayRead" in json.dumps(event), "second" in json.dumps(event)) == (True, False)
    db.done("functions", "change", "f", "--password")
    db.done("rotate-secret", "--secret-id", "db")
    assert len(db.done("get", "db")) == 32
    assert "Function not found" in db("functions", "change", "g", "--password").err


@pytest.mark.skipif(sys.platform == "win32", reason="process functions need Unix sockets")
def test_a_function_is_tried_on_a_copy(db: CommandLine, function: Path) -> None:
    """Each step is reported; the secret keeps its value, and the note names the copy."""
    before = db.done("describe-secret", "--secret-id", "db", "--query", "VersionIdsToStages")
    answer = db("functions", "try", "f", "--secret", "db")

    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "createSecret: done", "setSecret: done", "testSecret: done", "finishSecret: done"]
    assert "    admin: admin" in lines
    assert "labels of the copy: AWSCURRENT on " in lines[1]
    assert db.done("describe-secret", "--secret-id", "db", "--query", "VersionIdsToStages") == before
    [copy] = [name for name in db.done("ls").split() if name.startswith("db.trial-")]
    assert f"the secret {copy} has the new one, as its current version" in " ".join(answer.err.split())
    assert db.done("get", copy) == "a=b"


def test_a_function_that_fails_a_trial(db: CommandLine) -> None:
    db.done("functions", "add", "no", "--password", "--key", "absent")
    answer = db("functions", "try", "no", "--secret", "db")

    assert answer.code == 1
    assert answer.out.startswith("createSecret: failed: The value has no key absent.\n")
    assert db.done("ls") == "db\n"
    assert "Function not found: nowhere" in db("functions", "try", "nowhere", "--secret", "db").err
    assert "can't find the specified secret" in db("functions", "try", "no", "--secret", "nowhere").err


@pytest.mark.skipif(sys.platform == "win32", reason="process functions need Unix sockets")
def test_a_changed_file_is_reviewed_before_it_runs(db: CommandLine, function: Path, tmp_path: Path) -> None:
    """Everything that it runs with is shown, the content by its digest, and control characters as escapes."""
    db.done("functions", "rm", "f")
    db.done("functions", "add", "f", "--lambda", str(function), "--env", "A=\x1b[2J", "--may-read", "admin")
    function.write_text(f"{LAMBDA}# changed\n")
    assert "waits for your permission" in db("functions", "try", "f", "--secret", "db").err
    db.person.present, db.person.answers = True, ["yes"]

    assert db.done("functions", "allow", "f") == "f: allowed to run on this machine\n"
    shown = db.person.saw[0].replace("\n" + 10 * " ", "")
    assert f"file      {tmp_path}/rotate.py" in shown
    assert f"SHA-256   {sha256(function.read_bytes()).hexdigest()}" in shown
    assert "handler   lambda_handler" in shown
    assert f"python    {sys.executable}" in shown
    assert 'env       "A=\\u001b[2J"' in shown
    assert "may read  arn:aws:secretsmanager:us-east-1:000000000000:secret:admin-" in shown
    assert db.done("functions", "allow", "f") == "f: already allowed to run on this machine\n"


# Commands in a vault from elsewhere.


@pytest.fixture
def received(db: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Returns a vault with a command function that is not allowed on this machine, and a password function."""
    db.done("set", "own", "-", stdin=b"first")
    db.done("functions", "add", "new", "--password")
    monkeypatch.setenv("SMTUI_STATE", str(tmp_path / "attacker"))
    hostile = "touch ran; echo '\x1b]0;nothing to see\x07\u202e'"
    db.done("functions", "add", "run", "--time-limit", "90", "--", "/bin/sh", "-c", hostile, "two words")
    monkeypatch.setenv("SMTUI_STATE", str(tmp_path / "victim"))
    return db


@pytest.fixture
def asked(received: CommandLine) -> Person:
    received.person.present = True
    return received.person


def rotate_db(cli: CommandLine) -> Answer:
    return cli("rotate-secret", "--secret-id", "db", "--rotation-lambda-arn", f"{ARN}run")


needs_sockets = pytest.mark.skipif(sys.platform == "win32", reason="command functions need Unix sockets")


@needs_sockets
def test_rotate_secret_answers_and_says_that_it_waits(received: CommandLine) -> None:
    answer = rotate_db(received)

    assert answer.code == 0
    assert "VersionId" in json.loads(answer.out)
    assert answer.err == (
        "warning: The rotation waits for your permission to run run on this machine.\n"
        "hint: To see and allow it: smtui functions allow run --region us-east-1\n"
    )


@needs_sockets
def test_rotate_due_names_what_waits_and_rotates_the_others(received: CommandLine) -> None:
    rotate_db(received)
    for args in ((), ("db",)):
        answer = received("rotate-due", *args)
        assert answer.code == 1
        assert answer.out == "db: waits for your permission to run run\n"
        assert answer.err == "note: to see and allow it: smtui functions allow run --region us-east-1\n"
    assert "(waits for your permission: smtui functions allow run)" in received.done("functions")


@needs_sockets
def test_a_command_is_shown_in_full_and_then_allowed(received: CommandLine, asked: Person) -> None:
    """The question shows one argument per line, with control characters escaped."""
    asked.answers = ["yes"]
    assert received.done("functions", "allow", "run") == "run: allowed to run on this machine\n"

    [question] = asked.saw
    assert question.splitlines() == [
        f"{ARN}run", "runs this as you, argument by argument:", "",
        "   1  /bin/sh", "   2  -c",
        '   3  "touch ran; echo \'\\u001b]0;nothing to see\\u0007\\u202e\'"',
        "   4  'two words'", "",
        "Time limit: 90 seconds per step. It rotates 0 secrets and can read their values.",
    ]
    assert "waits" not in received.done("functions")
    assert received.done("functions", "allow", "run") == "run: already allowed to run on this machine\n"
    assert received.done("functions", "revoke", "run") == "run: not allowed to run on this machine\n"
    assert "waits for your permission" in received.done("functions")


@needs_sockets
@pytest.mark.parametrize("said", ["", "n", "y", "no"])
def test_nobody_agrees(received: CommandLine, asked: Person, said: str) -> None:
    asked.answers = [said]
    answer = received("functions", "allow", "run")

    assert answer.code == 1
    assert "run was not allowed." in answer.err
    assert "waits for your permission" in received.done("functions")


@needs_sockets
def test_nobody_is_there_to_agree(received: CommandLine) -> None:
    answer = received("functions", "allow", "run")

    assert answer.code == 1
    assert "There is no terminal" in answer.err


def test_there_is_nothing_to_allow(received: CommandLine) -> None:
    assert received.done("functions", "allow", "new") == "new: needs no permission, it only generates passwords\n"
    assert received("functions", "allow", "absent").code == 1
    assert received("functions", "revoke", "absent").code == 1


@needs_sockets
def test_a_permission_that_cannot_be_kept(db: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTUI_STATE", str(tmp_path / "full"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "allowed").write_text("a file where a folder should be")
    answer = db("functions", "add", "run", "--", "/bin/true")

    assert answer.code == 0
    assert answer.err == (
        f"warning: The function was stored but not allowed to run: {tmp_path / 'full'} cannot be written.\n"
        "hint: When it can be written: smtui functions allow run\n"
    )


def test_no_argument_can_be_taken_for_two() -> None:
    """Continuation lines of a long argument have no number, and no text in an argument looks like a new one."""
    lines = list(number_arguments(["a" * 100, " " * 70 + "   2  --safe", "b\n   3  c", "名" * 60], 79))

    assert all(len(line) <= 79 for line in lines)
    assert [line[:6] for line in lines] == ["   1  ", "      ", "   2  ", "      ", "   3  ", "   4  ", "      "]
    assert "".join(line[6:] for line in lines[2:4]) == f"'{' ' * 70}   2  --safe'"
    assert lines[4] == '   3  "b\\n   3  c"'
