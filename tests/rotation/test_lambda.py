"""Rotation functions of AWS Lambda run unmodified, and reach nothing but what they were given."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.rotation.command import run_command
from smtui.rotation.function import NotPermittedError, StepFailedError, Task
from smtui.rotation.trial import StepReport
from tests.conftest import PASSPHRASE, Clock, by_another_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process functions need Unix sockets")

HERE = Path(__file__).parent
TOKEN = "00000000-1111-4000-8000-000000000000"
ADMIN, FIRST = "admin-password", "first-password"
Add = Callable[..., str]


@dataclass(frozen=True)
class Database:
    """The stand-in for a database: a file of users and passwords."""

    path: Path

    def lets_in(self, login: dict[str, Any]) -> bool:
        return bool(json.loads(self.path.read_text()).get(login["username"]) == login["password"])


@pytest.fixture
def database(tmp_path: Path) -> Database:
    path = tmp_path / "database.json"
    path.write_text(json.dumps({"admin": ADMIN, "app": FIRST}))
    return Database(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of the function, in a folder of its own."""
    path = tmp_path / "task" / "rotate db.py"
    path.parent.mkdir()
    shutil.copyfile(HERE / "lambda_function.py", path)
    return path


@pytest.fixture(params=["boto3", "stand-in", "bare"])
def boto3_variables(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The function's variables: with the boto3 of the interpreter, and in one without it, or without botocore too."""
    if request.param == "boto3":
        pytest.importorskip("boto3")
        return {}
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    for name in ("boto3", "botocore") if request.param == "bare" else ("boto3",):
        (hidden / f"{name}.py").write_text("raise ImportError\n")
    return {"PYTHONPATH": str(hidden)}


@pytest.fixture
def add(vault: smtui.Vault, file: Path, database: Database, boto3_variables: dict[str, str]) -> Add:
    """Returns a function that adds the Lambda function `f` and returns its ARN."""

    def add_function(handler: str, *may_read: str, **variables: str) -> str:
        given = {"DATABASE": str(database.path), **boto3_variables, **variables}
        return vault.rotations().create_function(FunctionName="f", Lambda={
            "File": str(file), "Handler": handler, "Interpreter": sys.executable, "MayRead": list(may_read),
            "Environment": [{"Name": name, "Value": value} for name, value in given.items()],
        })["FunctionArn"]

    return add_function


def rotate(vault: smtui.Vault, name: str, arn: str) -> dict[str, Any]:
    """Rotates a secret that must succeed, and returns its value."""
    vault.client().rotate_secret(SecretId=name, RotationLambdaARN=arn)
    run = vault.rotations().describe_rotation(SecretId=name)["Rotation"]
    assert run["State"] == "done", run["Message"]
    return read(vault, name)


def read(vault: smtui.Vault, name: str, label: str = "AWSCURRENT") -> dict[str, Any]:
    answer = vault.client().get_secret_value(SecretId=name, VersionStage=label)
    found: dict[str, Any] = json.loads(answer["SecretString"])
    return found


def create_login(vault: smtui.Vault, name: str, username: str, password: str, **more: str) -> str:
    value = json.dumps({"username": username, "password": password, **more})
    return vault.client().create_secret(Name=name, SecretString=value)["ARN"]


def test_a_single_user_twice(vault: smtui.Vault, database: Database, add: Add) -> None:
    create_login(vault, "db", "app", FIRST)
    arn = add("single_user")

    logins = [{"username": "app", "password": FIRST}, rotate(vault, "db", arn), rotate(vault, "db", arn)]

    assert [database.lets_in(login) for login in logins] == [False, False, True]
    assert read(vault, "db", "AWSPREVIOUS") == logins[1]


def test_two_users_in_turn_with_the_login_of_the_superuser(vault: smtui.Vault, database: Database, add: Add) -> None:
    """The secret of the superuser is read, as it may be; both users of the application are let in all the time."""
    master = create_login(vault, "admin", "admin", ADMIN)
    create_login(vault, "db", "app", FIRST, masterarn=master)
    arn = add("multi_user", "admin")

    for username in ("app_clone", "app"):
        before = read(vault, "db")
        after = rotate(vault, "db", arn)
        assert after["username"] == username
        assert database.lets_in(before)
        assert database.lets_in(after)
    reads = [event for event in vault.audit_log(operation="GetSecretValue") if master in json.dumps(event)]
    assert reads, "what it read is in the audit log"


def test_reading_another_secret_does_not_confuse_the_guard(vault: smtui.Vault, database: Database, add: Add) -> None:
    """The version that the new value is made from is one of the rotated secret, whatever was read last."""
    create_login(vault, "admin", "admin", ADMIN)
    create_login(vault, "db", "app", FIRST)

    assert database.lets_in(rotate(vault, "db", add("single_user_and_a_look_at_another", "admin")))


def test_without_leave_the_superuser_is_out_of_reach(vault: smtui.Vault, database: Database, add: Add) -> None:
    create_login(vault, "db", "app", FIRST, masterarn=create_login(vault, "admin", "admin", ADMIN))
    vault.client().rotate_secret(SecretId="db", RotationLambdaARN=add("multi_user"))

    run = vault.rotations().describe_rotation(SecretId="db")["Rotation"]
    assert (run["State"], run["Step"]) == ("waiting", "setSecret")
    assert "AccessDeniedException" in run["Message"]
    assert read(vault, "db")["password"] == FIRST


def test_what_it_gets_and_what_it_reaches(vault: smtui.Vault, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own secret, and for reading those it was given, under each of their names; AWS's errors for any other."""
    monkeypatch.setenv("MARKED_VARIABLE", "of the user")
    client = vault.client()
    admin = client.create_secret(Name="prod/admin", SecretBinary=b"\x00\xff")["ARN"]
    other = client.create_secret(Name="other", SecretString="x" * 8)["ARN"]
    client.create_secret(Name="db", SecretString="value-of-db")
    arn = add("lambda_handler", "prod/admin", ASK=f"prod/admin {admin} {admin[:-7]} other {other} db nowhere")
    client.rotate_secret(SecretId="db", RotationLambdaARN=arn)

    run = vault.rotations().describe_rotation(SecretId="db")["Rotation"]
    said = run["Message"].splitlines()
    assert "event ['ClientRequestToken', 'RotationToken', 'SecretId', 'Step'] context f True True " + arn in said
    assert "versions 3 3" in said
    assert "region us-east-1 us-east-1 us-east-1" in said
    variables = {line.removeprefix("variable ") for line in said if line.startswith("variable ")}
    assert {"SECRETS_MANAGER_ENDPOINT", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME",
            "LAMBDA_TASK_ROOT", "ASK"} <= variables
    assert {name for name in variables if name.startswith("SMTUI_")} == {"SMTUI_AGENT"}
    assert "MARKED_VARIABLE" not in variables
    for name in ("prod/admin", admin, admin[:-7]):
        assert f"{name} is readable: datetime " in run["Message"]
        assert f"{name} is not writable: AccessDeniedException" in said
    for name in ("other", other, "nowhere"):
        assert f"{name} is refused: AccessDeniedException" in said
        assert f"{name} is not writable: AccessDeniedException" in said
    assert said[-1].startswith("[ERROR] ValueError: the end, with <secret> (line ")
    assert said[-1].endswith(" of rotate db.py)")
    assert "Traceback" not in run["Message"]
    assert client.get_secret_value(SecretId="other")["SecretString"] == "x" * 8


def test_its_except_clauses_catch_what_they_catch_on_aws(vault: smtui.Vault, add: Add) -> None:
    """Whether the interpreter has botocore or not: both families of errors, apart, and those that it raises itself."""
    vault.client().create_secret(Name="db", SecretString="value-of-db")
    vault.client().rotate_secret(SecretId="db", RotationLambdaARN=add("tell_what_is_caught"))

    said = vault.rotations().describe_rotation(SecretId="db")["Rotation"]["Message"].splitlines()
    assert [line for line in said if line.startswith("caught")] == [
        "caught refused: ClientError AccessDeniedException GetSecretValue",
        "caught missing: ClientError ResourceNotFoundException GetSecretValue",
        "caught by name: ResourceNotFoundException",
        "caught incomplete: ParamValidationError, which is a BotoCoreError and no ClientError",
        "caught empty: ParamValidationError, which is a BotoCoreError and no ClientError",
        "caught client: UnknownServiceError",
        "caught its own: An error occurred (Slow) when calling the GetSecretValue operation: Down.",
        "caught its own: Parameter validation failed:",
    ]


def test_a_value_of_a_variable_is_not_in_the_audit_log(vault: smtui.Vault, add: Add) -> None:
    add("single_user", MARK="marked-7f3a9c")

    [event] = list(vault.audit_log(operation="CreateFunction"))
    assert "marked-7f3a9c" not in json.dumps(list(vault.audit_log()))
    assert {"name": "MARK", "value": "HIDDEN_DUE_TO_SECURITY_REASONS"} in (
        event["requestParameters"]["lambda"]["environment"])


# Permission.

CHANGES = {
    "handler": "$.Lambda.Handler', 'multi_user'", "file": "$.Lambda.File', '/bin/sh'",
    "interpreter": "$.Lambda.Interpreter', '/bin/sh'", "environment": "$.Lambda.Environment[0].Value', 'x'",
    "one more variable": "$.Lambda.Environment[#]', json('{\"Name\":\"X\",\"Value\":\"y\"}')",
    "may read": "$.Lambda.MayRead[#]', 'arn:aws:secretsmanager:us-east-1:000000000000:secret:admin-abcdef'",
    "time limit": "$.Lambda.TimeoutInSeconds', 61", "a setting to come": "$.Lambda.Layers', 'all'",
    "also a command": "$.Arguments', json('[\"/bin/sh\"]')",
}


@pytest.fixture
def allowed(vault: smtui.Vault, file: Path, database: Database) -> smtui.Vault:
    """A vault with a secret that an allowed function rotates."""
    create_login(vault, "db", "app", FIRST)
    add_plainly(vault, file, database)
    return vault


def add_plainly(vault: smtui.Vault, file: Path, database: Database, **settings: Any) -> Any:
    return vault.rotations().create_function(FunctionName="f", Lambda={
        "File": str(file), "Handler": "single_user", "Interpreter": sys.executable, "MayRead": [],
        "Environment": [{"Name": "DATABASE", "Value": str(database.path)}], **settings,
    })


def read_function(vault: smtui.Vault) -> Any:
    [function] = vault.rotations().list_functions()["Functions"]
    return function


def run_now(vault: smtui.Vault) -> None:
    function = read_function(vault)["FunctionArn"]
    vault.client().rotate_secret(SecretId="db", RotationLambdaARN=function, ClientRequestToken=TOKEN)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_takes_the_permission_away(allowed: smtui.Vault, clock: Clock, change: str) -> None:
    key = allowed.unlock_key()
    allowed.close()
    by_another_program(
        allowed.path, key, f"UPDATE functions SET settings = json_set(settings, '{change}) WHERE name = 'f'")
    with smtui.open_vault(allowed.path, PASSPHRASE, clock=clock) as again:
        assert read_function(again).keys() & {"WaitsForPermission", "Unreadable"}


def test_another_content_of_the_file_needs_a_new_permission(allowed: smtui.Vault, file: Path) -> None:
    """Nothing of the new content runs until exactly that was allowed; the former content is allowed still."""
    ran, former = file.with_name("ran"), file.read_text()
    file.write_text(f"{former}\nopen({str(ran)!r}, 'w')\n")
    assert read_function(allowed)["WaitsForPermission"]
    run_now(allowed)
    assert not ran.exists()
    assert [each.name for each in allowed.scheduler.list_waiting(secret_id="db")] == ["db"]
    file.write_text(former)
    assert "WaitsForPermission" not in read_function(allowed)

    file.write_text(f"{former}\nopen({str(ran)!r}, 'w')\n")
    shown = read_function(allowed)["Lambda"]
    allowed.rotations().allow_function(FunctionName="f", Lambda=shown)
    allowed.scheduler.run_due(secret_id="db")
    assert ran.exists()
    assert read(allowed, "db")["password"] != FIRST


def test_what_was_shown_is_what_is_allowed(allowed: smtui.Vault, file: Path) -> None:
    allowed.rotations().revoke_function(FunctionName="f")
    shown = read_function(allowed)["Lambda"]
    file.write_text(file.read_text() + "# changed while the user reads\n")

    with pytest.raises(smtui.ClientError, match="does not run the command that was shown"):
        allowed.rotations().allow_function(FunctionName="f", Lambda=shown)
    with pytest.raises(smtui.ClientError, match="does not run the command that was shown"):
        allowed.rotations().allow_function(FunctionName="f", Command={"Arguments": ["/bin/sh"]})
    assert read_function(allowed)["WaitsForPermission"]


def test_a_file_that_changes_after_the_claim_does_not_run(allowed: smtui.Vault, file: Path) -> None:
    """The content is judged again when the process is started, and a copy of exactly that content runs."""
    function = {name: member for name, member in read_function(allowed).items() if not name.startswith("Secret")}
    claimed: Any = {"SecretARN": "arn:x-abcdef", "SecretName": "db", "Kind": "rotation", "Step": "createSecret",
                    "ClientRequestToken": TOKEN, "RotationToken": TOKEN, "Function": function}
    task = Task.make(claimed, lambda: True, allowed._state.permissions.can_run)
    file.write_text("import os\n")

    with pytest.raises(NotPermittedError):
        run_command(task, "createSecret", allowed.client())
    file.unlink()
    with pytest.raises(StepFailedError, match="cannot be read"):
        run_command(task, "createSecret", allowed.client())


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "missing", "huge", "loop"])
def test_no_other_file_is_opened(allowed: smtui.Vault, file: Path, kind: str) -> None:
    """The path may be somebody else's choice: looking at the functions never waits and never reads without end."""
    file.unlink()
    match kind:
        case "pipe":
            os.mkfifo(file)
        case "device":
            file.symlink_to("/dev/zero")
        case "folder":
            file.mkdir()
        case "huge":
            file.write_bytes(b"#" * 2_000_000)
        case "loop":
            file.symlink_to(file)

    function = read_function(allowed)
    assert function["WaitsForPermission"]
    assert "FileSha256" not in function["Lambda"]
    with pytest.raises(smtui.ClientError, match="cannot be read"):
        allowed.rotations().allow_function(FunctionName="f", Lambda=function["Lambda"])
    run_now(allowed)
    assert read(allowed, "db")["password"] == FIRST


@pytest.mark.parametrize(("settings", "said"), [
    ({"File": "rotate.py"}, "not an absolute path"), ({"File": "/no/such/file"}, "No such file"),
    ({"File": "/dev/zero"}, "not a regular file"), ({"Interpreter": "python3"}, "not an absolute path"),
    ({"Handler": "a.b"}, "Handler|handler"), ({"MayRead": ["nowhere"]}, "can't find the specified secret: nowhere"),
    ({"Environment": [{"Name": "AWS_REGION", "Value": "x"}]}, "AWS_REGION is set by smtui"),
    ({"Environment": [{"Name": "SMTUI_AGENT", "Value": "x"}]}, "SMTUI_AGENT is set by smtui"),
    ({"Environment": [{"Name": "A", "Value": "x"}, {"Name": "A", "Value": "y"}]}, "A is set twice"),
    ({"TimeoutInSeconds": 901}, "900"), ({"Handler": "f\x1b[2J"}, "Handler|handler"),
])
def test_functions_that_are_refused(
    vault: smtui.Vault, file: Path, database: Database, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(smtui.ClientError, match=said):
        add_plainly(vault, file, database, **settings)
    assert vault.rotations().list_functions()["Functions"] == []


def test_the_secrets_that_it_may_read_are_kept_by_their_arns(
    vault: smtui.Vault, file: Path, database: Database
) -> None:
    """So a secret that is created later under the same name is another one."""
    arn = vault.client().create_secret(Name="admin", SecretString="x")["ARN"]

    made = add_plainly(vault, file, database, MayRead=["admin", arn])

    assert made["Lambda"]["MayRead"] == [arn]


# Trials.


def try_function(vault: smtui.Vault) -> tuple[Any, list[StepReport]]:
    reports: list[StepReport] = []
    return vault.scheduler.try_function(read_function(vault), "db", report=reports.append), reports


def test_a_trial_takes_a_copy_through_the_four_steps(allowed: smtui.Vault, database: Database) -> None:
    """The original is only read. The copy is kept, because it alone has the password that the database has now."""
    before = allowed.client().describe_secret(SecretId="db")["VersionIdsToStages"]

    result, reports = try_function(allowed)

    assert [(each.step, each.problem) for each in reports] == [
        ("createSecret", ""), ("setSecret", ""), ("testSecret", ""), ("finishSecret", "")]
    assert [sorted(each.labels) for each in reports] == [["AWSCURRENT", "AWSPENDING"]] * 3 + [
        ["AWSCURRENT", "AWSPREVIOUS"]]
    assert "finishSecret: done" in reports[-1].output.text
    assert allowed.client().describe_secret(SecretId="db")["VersionIdsToStages"] == before
    assert read(allowed, "db")["password"] == FIRST
    assert not result.problem
    assert database.lets_in(read(allowed, result.copy))
    copy = allowed.client().describe_secret(SecretId=result.copy)
    assert copy["RotationEnabled"] is False
    assert copy["Description"] == "Copy of db for a trial of the function f"


def test_a_trial_that_fails_keeps_what_the_service_may_have(allowed: smtui.Vault, database: Database) -> None:
    """Up to createSecret nothing outside was changed, so the copy goes; after that it stays, and is not retried."""
    database.path.write_text(json.dumps({"app": "somebody changed it"}))

    result, reports = try_function(allowed)

    assert [each.step for each in reports] == ["createSecret", "setSecret"]
    assert "ValueError: not let in (line " in reports[-1].output.text
    assert result.problem
    assert read(allowed, result.copy, "AWSPENDING")["password"] != FIRST
    assert not allowed.scheduler.has_due()
    [copy] = [each["Name"] for each in allowed.client().list_secrets()["SecretList"] if each["Name"] != "db"]
    assert copy == result.copy


def test_a_trial_that_fails_at_once_leaves_nothing(allowed: smtui.Vault) -> None:
    allowed.client().put_secret_value(SecretId="db", SecretString="no JSON")

    result, [report] = try_function(allowed)

    assert report.step == "createSecret"
    assert (bool(result.problem), result.copy) == (True, "")
    assert [each["Name"] for each in allowed.client().list_secrets()["SecretList"]] == ["db"]


def test_the_copy_for_a_password_function_is_deleted(vault: smtui.Vault) -> None:
    """Nothing but the vault knows that password."""
    vault.client().create_secret(Name="db", SecretString="first")
    vault.rotations().create_function(FunctionName="f", Password={})

    result, reports = try_function(vault)

    assert (result.problem, result.copy, len(reports)) == ("", "", 4)
    assert [each["Name"] for each in vault.client().list_secrets()["SecretList"]] == ["db"]
