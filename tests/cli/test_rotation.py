"""Rotation from the command line: functions, schedules, what is due, and what went wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


@pytest.fixture
def db(cli: CommandLine) -> CommandLine:
    cli.done("set", "db", "-", stdin=b'{"user": "app", "password": "first"}')
    return cli


def test_a_new_password_every_month(db: CommandLine) -> None:
    """A function, a schedule, and the first rotation at once."""
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
    """On standard error; the answer is the service's, and the exit code too."""
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
    """What stands behind -- is kept as it is, but for files, which are named in full."""
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
        (["add"], "Which function?"), (["rm"], "Which function?"), (["add", "x"], "Say either --password"),
        (["add", "x", "--password", "--", "y"], "Say either --password"), (["mend", "x"], "invalid choice"),
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
