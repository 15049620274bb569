"""Tests of RotateSecret, CancelRotateSecret, and the effects of rotation on a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import smtui
from smtui.rotation import runner
from tests.conftest import Clock

TOKEN = "00000000-1111-4000-8000-000000000000"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:new-password"
MONTHLY = {"AutomaticallyAfterDays": 30}
ID: Any = {"SecretId": "db"}


@pytest.fixture
def rotations(vault: smtui.Vault) -> Any:
    return vault.rotations()


@pytest.fixture
def function(rotations: Any) -> str:
    """Returns the ARN of a function that generates a new `password`."""
    arn: str = rotations.create_function(
        FunctionName="new-password", Password={"Key": "password", "PasswordLength": 20}
    )["FunctionArn"]
    return arn


@pytest.fixture
def db(client: Any, function: str) -> Any:
    """Returns the client of a vault with the secret `db`, which has a password."""
    client.create_secret(Name="db", SecretString='{"user": "app", "password": "first"}')
    return client


@pytest.fixture
def refusing(rotations: Any) -> str:
    """Returns the ARN of a function that fails at its first step, because the value lacks its key."""
    arn: str = rotations.create_function(FunctionName="refusing", Password={"Key": "absent"})["FunctionArn"]
    return arn


def password(client: Any, **which: Any) -> str:
    return str(json.loads(client.get_secret_value(**ID, **which)["SecretString"])["password"])


def stages(client: Any) -> dict[str, str]:
    versions = client.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"]
    return {label: version["VersionId"] for version in versions for label in version.get("VersionStages", ())}


def refused(code: str, method: Callable[..., Any], **params: Any) -> str:
    with pytest.raises(smtui.ClientError) as caught:
        method(**params)
    assert caught.value.code == code
    return caught.value.message


def events(vault: smtui.Vault) -> list[str]:
    """Returns the names of the service events, oldest first."""
    return [event["eventName"] for event in vault.audit_log() if event["eventType"] == "AwsServiceEvent"][::-1]


# Rotating.


def test_a_rotation_makes_a_new_version(db: Any, vault: smtui.Vault, function: str) -> None:
    """The new password has the given token as version id, the old one is AWSPREVIOUS, and no version is AWSPENDING."""
    before = stages(db)["AWSCURRENT"]
    answer = db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, ClientRequestToken=TOKEN)

    assert answer["VersionId"] == TOKEN
    assert stages(db) == {"AWSCURRENT": TOKEN, "AWSPREVIOUS": before}
    assert len(password(db)) == 20
    assert password(db, VersionStage="AWSPREVIOUS") == "first"
    assert json.loads(db.get_secret_value(**ID)["SecretString"])["user"] == "app"
    assert events(vault) == ["RotationStarted", "RotationSucceeded"]
    assert vault.maintenance.check().clean


def test_what_describe_and_list_tell(db: Any, function: str, clock: Clock) -> None:
    """The next rotation is due 30 days later, at the end of that UTC day."""
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY)

    for secret in (db.describe_secret(**ID), db.list_secrets()["SecretList"][0]):
        assert secret["RotationEnabled"] is True
        assert secret["RotationLambdaARN"] == FUNCTION
        assert secret["RotationRules"] == {"AutomaticallyAfterDays": 30}
        assert secret["LastRotatedDate"] == clock.now
        assert secret["NextRotationDate"] == datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)


def test_nothing_is_told_of_a_secret_that_was_never_set_up(db: Any) -> None:
    assert not {"RotationEnabled", "RotationRules", "RotationLambdaARN", "NextRotationDate",
                "LastRotatedDate"} & db.describe_secret(**ID).keys()


def test_a_schedule_tells_its_days(db: Any, function: str) -> None:
    """Uses the documentation's example: the 1st and 15th, two hours from 16:00."""
    rules = {"ScheduleExpression": "cron(0 16 1,15 * ? *)", "Duration": "2h"}
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=rules)
    secret = db.describe_secret(**ID)

    assert secret["RotationRules"] == {**rules, "AutomaticallyAfterDays": 14}
    assert secret["NextRotationDate"] == datetime(2026, 3, 15, 17, 59, 59, tzinfo=UTC)


def test_the_second_time_it_needs_no_configuration(db: Any, function: str, clock: Clock) -> None:
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY)
    first = password(db)
    clock.forward(days=1)
    db.rotate_secret(**ID)

    assert password(db) != first
    assert db.describe_secret(**ID)["RotationRules"] == MONTHLY


def test_the_same_request_twice_rotates_once(db: Any, function: str) -> None:
    """A retry after a lost response does not rotate again."""
    for _ in range(2):
        db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, ClientRequestToken=TOKEN)

    assert len(stages(db)) == 2
    assert password(db, VersionStage="AWSPREVIOUS") == "first"


def test_without_rotating_at_once_it_is_only_tested(db: Any, vault: smtui.Vault, function: str, clock: Clock) -> None:
    """The pending version of the test is removed, and the date of the first rotation is set."""
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, RotateImmediately=False)

    assert password(db) == "first"
    assert len(db.list_secret_version_ids(**ID, IncludeDeprecated=True)["Versions"]) == 1
    assert events(vault) == ["TestRotationStarted", "TestRotationSucceeded"]
    secret = db.describe_secret(**ID)
    assert "LastRotatedDate" not in secret
    assert secret["NextRotationDate"].date() == datetime(2026, 4, 1, tzinfo=UTC).date()


@pytest.mark.parametrize("by", ["put_secret_value", "update_secret"])
def test_a_new_value_by_hand_counts_as_a_rotation(db: Any, function: str, clock: Clock, by: str) -> None:
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY)
    clock.forward(days=10)
    getattr(db, by)(**ID, SecretString='{"password": "by hand"}')
    secret = db.describe_secret(**ID)

    assert secret["LastRotatedDate"] == clock.now
    assert secret["NextRotationDate"].date() == datetime(2026, 4, 11, tzinfo=UTC).date()


def test_a_pending_value_by_hand_does_not(db: Any, function: str, clock: Clock) -> None:
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY)
    before = db.describe_secret(**ID)["LastRotatedDate"]
    clock.forward(days=10)
    db.put_secret_value(**ID, SecretString="{}", VersionStages=["AWSPENDING"])

    assert db.describe_secret(**ID)["LastRotatedDate"] == before


# Refusals.


def test_without_a_function(client: Any) -> None:
    client.create_secret(Name="db", SecretString="x")

    assert refused("InvalidRequestException", client.rotate_secret, **ID) == (
        "No Lambda rotation function ARN is associated with this secret."
    )


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:us-east-1:000000000000:function:nobody", "new-password",
        "arn:aws:lambda:eu-west-1:000000000000:function:new-password",
        "arn:aws:lambda:us-east-1:111122223333:function:new-password",
    ],
)
def test_with_a_function_that_is_not_there(db: Any, arn: str) -> None:
    message = refused("AccessDeniedException", db.rotate_secret, **ID, RotationLambdaARN=arn, RotationRules=MONTHLY)

    assert message.startswith("Secrets Manager cannot invoke the specified Lambda function.")
    assert "RotationEnabled" not in db.describe_secret(**ID)


@pytest.mark.parametrize(
    "rules",
    [
        {"AutomaticallyAfterDays": 3, "ScheduleExpression": "rate(3 days)"}, {"ScheduleExpression": "rate(3 hours)"},
        {"ScheduleExpression": "cron(0 * * * ? *)"}, {"ScheduleExpression": "cron(0 22 * * ? *)", "Duration": "3h"},
        {"Duration": "3h"}, {"ScheduleExpression": "cron(0 8 30 2 ? *)"},
        {"ScheduleExpression": "cron(0 8 31 4,6 ? *)"},
    ],
    ids=str,
)  # fmt: skip
def test_with_a_schedule_that_is_none(db: Any, function: str, rules: dict[str, Any]) -> None:
    refused("InvalidParameterException", db.rotate_secret, **ID, RotationLambdaARN=function, RotationRules=rules)

    assert password(db) == "first"


def test_days_and_an_expression_together(db: Any, function: str) -> None:
    rules = {"AutomaticallyAfterDays": 3, "ScheduleExpression": "rate(3 days)"}

    assert refused("InvalidParameterException", db.rotate_secret, **ID, RotationLambdaARN=function,
                   RotationRules=rules) == (
        "You cannot specify both rotation frequency and schedule expression together.")


@pytest.mark.parametrize("expression", ["cron(0 8 29 2 ? *)", "cron(00 08 ? 2 MON#5 *)"])
def test_days_of_a_rare_schedule(db: Any, function: str, expression: str) -> None:
    """AutomaticallyAfterDays is at most 1000, also for a day that comes every 4 or 28 years."""
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules={"ScheduleExpression": expression})

    secret = db.describe_secret(**ID)
    assert secret["RotationRules"] == {"ScheduleExpression": expression, "AutomaticallyAfterDays": 1000}
    assert secret["NextRotationDate"].month == 2


@pytest.mark.parametrize(("days", "code"), [(1, ""), (1000, ""), (1001, "ValidationException")])
def test_days_at_the_edge(db: Any, function: str, days: int, code: str) -> None:
    params = {**ID, "RotationLambdaARN": function, "RotationRules": {"AutomaticallyAfterDays": days}}
    if code:
        refused(code, db.rotate_secret, **params)
    else:
        db.rotate_secret(**params)
        assert db.describe_secret(**ID)["RotationRules"]["AutomaticallyAfterDays"] == days


def test_while_another_is_not_complete(db: Any, function: str) -> None:
    """AWSPENDING on a version without AWSCURRENT counts as a rotation in progress, no matter who attached it."""
    db.put_secret_value(**ID, SecretString="{}", VersionStages=["AWSPENDING"])

    assert refused("InvalidRequestException", db.rotate_secret, **ID, RotationLambdaARN=function) == (
        "A previous rotation isn't complete. That rotation will be reattempted."
    )


def test_while_awspending_is_where_awscurrent_is(db: Any, function: str) -> None:
    """A rotation may end in this state."""
    db.update_secret_version_stage(**ID, VersionStage="AWSPENDING", MoveToVersionId=stages(db)["AWSCURRENT"])
    db.rotate_secret(**ID, RotationLambdaARN=function)

    assert password(db) != "first"


def test_a_secret_without_a_value(client: Any, vault: smtui.Vault, rotations: Any, function: str) -> None:
    """The rotation begins with a version that only has AWSPENDING. This function fails, because it needs its key."""
    client.create_secret(Name="db")
    answer = client.rotate_secret(**ID, RotationLambdaARN=function, ClientRequestToken=TOKEN)

    assert answer["VersionId"] == TOKEN
    assert client.describe_secret(**ID)["VersionIdsToStages"] == {TOKEN: ["AWSPENDING"]}
    assert rotations.describe_rotation(**ID)["Rotation"]["Step"] == "createSecret"
    assert rotations.describe_rotation(**ID)["Rotation"]["Message"] == (
        "The value is not a JSON object, so it has no key password.")
    assert vault.maintenance.check().clean


def test_the_first_value_can_come_from_a_rotation(client: Any, vault: smtui.Vault, rotations: Any) -> None:
    """A function that replaces the whole value needs no current one."""
    arn = rotations.create_function(FunctionName="whole", Password={"PasswordLength": 12})["FunctionArn"]
    client.create_secret(Name="db")
    client.rotate_secret(**ID, RotationLambdaARN=arn, ClientRequestToken=TOKEN)

    assert stages(client) == {"AWSCURRENT": TOKEN}
    assert len(client.get_secret_value(**ID)["SecretString"]) == 12
    assert vault.maintenance.check().clean


def test_a_test_of_a_secret_without_a_value(client: Any, rotations: Any, function: str) -> None:
    """testSecret finds no pending value: the test fails and leaves no version."""
    client.create_secret(Name="db")
    client.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, RotateImmediately=False)

    assert rotations.describe_rotation(**ID)["Rotation"]["State"] == "failed"
    assert "VersionIdsToStages" not in client.describe_secret(**ID)
    client.put_secret_value(**ID, SecretString="x")
    assert client.get_secret_value(**ID)["VersionStages"] == ["AWSCURRENT"]


def test_the_date_of_a_rotation_is_there_with_the_label(
    db: Any, vault: smtui.Vault, rotations: Any, function: str, clock: Clock
) -> None:
    """Who polls for the label sees LastRotatedDate too, although the function has not ended. It is not set again."""
    vault.scheduler.delegate_to(lambda arn, region: None)
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, ClientRequestToken=TOKEN)
    report = {**ID, "ClientRequestToken": TOKEN, "Holder": "me", "Succeeded": True}
    rotations.claim_rotation(Holder="me")
    db.put_secret_value(**ID, SecretString="2", ClientRequestToken=TOKEN, VersionStages=["AWSPENDING"])
    for step in ("createSecret", "setSecret", "testSecret"):
        rotations.report_rotation(**report, Step=step)
    clock.forward(seconds=5)
    assert "LastRotatedDate" not in db.describe_secret(**ID)
    move = {**ID, "VersionStage": "AWSCURRENT", "MoveToVersionId": TOKEN}
    db.update_secret_version_stage(**move, RemoveFromVersionId=stages(db)["AWSCURRENT"])
    moved, secret = clock.now, db.describe_secret(**ID)
    clock.forward(seconds=5)
    db.update_secret_version_stage(**move)
    rotations.report_rotation(**report, Step="finishSecret")

    assert secret["LastRotatedDate"] == moved
    assert secret["NextRotationDate"] == datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)
    assert db.describe_secret(**ID)["LastRotatedDate"] == moved


def test_a_rollback_is_no_rotation(db: Any, function: str, clock: Clock) -> None:
    db.rotate_secret(**ID, RotationLambdaARN=function, ClientRequestToken=TOKEN)
    rotated = clock.now
    clock.forward(days=1)
    labels = stages(db)
    db.update_secret_version_stage(**ID, VersionStage="AWSCURRENT", RemoveFromVersionId=TOKEN,
                                   MoveToVersionId=labels["AWSPREVIOUS"])
    db.update_secret_version_stage(**ID, VersionStage="AWSCURRENT", MoveToVersionId=TOKEN,
                                   RemoveFromVersionId=labels["AWSPREVIOUS"])

    assert db.describe_secret(**ID)["LastRotatedDate"] == rotated


def test_a_secret_on_its_way_out(db: Any, function: str) -> None:
    db.delete_secret(**ID)

    assert "marked for deletion" in refused("InvalidRequestException", db.rotate_secret, **ID,
                                            RotationLambdaARN=function)


# Failures.


def test_a_failure_leaves_awscurrent_where_it_was(
    db: Any, vault: smtui.Vault, rotations: Any, refusing: str
) -> None:
    """The pending version has its id and label, but no value. The reason of the failure is stored."""
    db.rotate_secret(**ID, RotationLambdaARN=refusing, ClientRequestToken=TOKEN)

    assert password(db) == "first"
    assert stages(db)["AWSPENDING"] == TOKEN
    assert TOKEN in refused("ResourceNotFoundException", db.get_secret_value, **ID, VersionId=TOKEN)
    run = rotations.describe_rotation(**ID)["Rotation"]
    assert (run["State"], run["Step"], run["Attempts"]) == ("waiting", "createSecret", 1)
    assert run["Message"] == "The value has no key absent."
    assert events(vault) == ["RotationStarted", "RotationFailed"]
    assert "absent." not in json.dumps(list(vault.audit_log()))
    assert vault.maintenance.check().clean


def test_it_rests_and_is_tried_again(db: Any, vault: smtui.Vault, refusing: str, clock: Clock) -> None:
    """Retries follow after 5 and 10 minutes, and continue at the failed step."""
    db.rotate_secret(**ID, RotationLambdaARN=refusing, ClientRequestToken=TOKEN)
    assert vault.scheduler.run_due() == []
    clock.forward(minutes=5)
    [ended] = vault.scheduler.run_due()
    assert ended.problem == "The value has no key absent."
    clock.forward(minutes=9)
    assert vault.scheduler.run_due() == []
    db.put_secret_value(**ID, SecretString='{"absent": "x", "password": "y"}')
    clock.forward(minutes=1)
    [ended] = vault.scheduler.run_due()

    assert ended.problem == ""
    assert stages(db)["AWSCURRENT"] == TOKEN


def test_a_test_that_fails_is_over(db: Any, vault: smtui.Vault, rotations: Any, tmp_path: Any) -> None:
    """A failed test leaves no pending version and is not retried."""
    arn = rotations.create_function(FunctionName="no", Command={"Arguments": ["/bin/false"]})["FunctionArn"]
    db.rotate_secret(**ID, RotationLambdaARN=arn, RotationRules=MONTHLY, RotateImmediately=False)

    assert "AWSPENDING" not in stages(db)
    assert rotations.describe_rotation(**ID)["Rotation"]["State"] == "failed"
    assert rotations.describe_rotation(**ID)["Rotation"]["Message"] == "It ended with exit code 1."
    assert vault.scheduler.run_due() == []


def test_who_is_at_work_is_told(db: Any, vault: smtui.Vault, rotations: Any, function: str) -> None:
    """AtWork is true from the claim until the report, and false between attempts."""
    vault.scheduler.delegate_to(lambda arn, region: None)
    db.rotate_secret(**ID, RotationLambdaARN=function, ClientRequestToken=TOKEN)
    assert rotations.describe_rotation(**ID)["Rotation"]["AtWork"] is False
    rotations.claim_rotation(Holder="somebody")
    assert rotations.describe_rotation(**ID)["Rotation"]["AtWork"] is True
    rotations.report_rotation(**ID, ClientRequestToken=TOKEN, Step="createSecret", Holder="somebody", Succeeded=False)

    assert rotations.describe_rotation(**ID)["Rotation"]["AtWork"] is False


def test_a_function_says_what_it_rotates(db: Any, rotations: Any, function: str) -> None:
    """All secrets are counted, and the first ones named, without those whose rotation was cancelled."""
    for number in range(5):
        db.create_secret(Name=f"db{number}", SecretString='{"password": "x"}')
        db.rotate_secret(SecretId=f"db{number}", RotationLambdaARN=function)
    db.cancel_rotate_secret(SecretId="db4")
    [function] = rotations.list_functions()["Functions"]

    assert (function["SecretCount"], function["SecretNames"]) == (4, ["db0", "db1", "db2", "db3"])
    assert refused("InvalidParameterException", rotations.delete_function, FunctionName="new-password") == (
        "db0, db1, db2 and 1 more are rotated by new-password. Cancel their rotation first.")


def test_windows_follow_the_last_rotation_or_the_first_set_up(db: Any, rotations: Any, clock: Clock,
                                                              function: str) -> None:
    assert "CountsFromDate" not in rotations.describe_rotation(**ID)
    set_up = clock.now
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, RotateImmediately=False)
    clock.forward(days=1)
    assert rotations.describe_rotation(**ID)["CountsFromDate"] == set_up
    db.rotate_secret(**ID)

    assert rotations.describe_rotation(**ID)["CountsFromDate"] == clock.now


def test_somebody_else_may_carry_out_what_was_begun(db: Any, vault: smtui.Vault, function: str) -> None:
    """RotateSecret then only starts the rotation, and passes the ARN and Region to the delegate."""
    delegated: list[tuple[str, str]] = []
    vault.scheduler.delegate_to(lambda arn, region: delegated.append((arn, region)))
    arn = db.rotate_secret(**ID, RotationLambdaARN=function)["ARN"]
    assert (delegated, password(db)) == ([(arn, "us-east-1")], "first")
    vault.scheduler.run_due(secret_id=arn)

    assert password(db) != "first"


# Cancelling.


def test_cancelling_keeps_the_rules_in_sight(db: Any, function: str) -> None:
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY)
    assert "VersionId" not in db.cancel_rotate_secret(**ID)
    secret = db.describe_secret(**ID)

    assert secret["RotationEnabled"] is False
    assert secret["RotationRules"] == MONTHLY
    assert secret["RotationLambdaARN"] == FUNCTION
    assert not {"NextRotationDate", "LastRotatedDate"} & secret.keys()


def test_cancelling_in_the_middle(db: Any, vault: smtui.Vault, refusing: str, function: str, clock: Clock) -> None:
    """The response names the pending version, which stays; it blocks rotations until its label is removed."""
    db.rotate_secret(**ID, RotationLambdaARN=refusing, ClientRequestToken=TOKEN)
    assert db.cancel_rotate_secret(**ID)["VersionId"] == TOKEN
    clock.forward(days=2)
    assert vault.scheduler.run_due() == []
    assert "AWSPENDING" in stages(db)
    refused("InvalidRequestException", db.rotate_secret, **ID, RotationLambdaARN=function)
    db.update_secret_version_stage(**ID, VersionStage="AWSPENDING", RemoveFromVersionId=TOKEN)
    db.rotate_secret(**ID, RotationLambdaARN=function)

    assert password(db) != "first"
    assert events(vault)[:3] == ["RotationStarted", "RotationFailed", "RotationAbandoned"]


def test_cancelling_what_was_never_set_up(db: Any) -> None:
    refused("InvalidRequestException", db.cancel_rotate_secret, **ID)


# The scheduler.


def test_what_is_due_is_rotated_once(db: Any, vault: smtui.Vault, function: str, clock: Clock) -> None:
    """A secret is rotated once in each window, and not before it opens."""
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, RotateImmediately=False)
    clock.forward(days=29)
    assert vault.scheduler.run_due() == []
    clock.forward(hours=12)
    assert [ended.problem for ended in vault.scheduler.run_due()] == [""]
    assert vault.scheduler.run_due() == []
    first = password(db)
    clock.forward(days=30)
    assert [ended.name for ended in vault.scheduler.run_due()] == ["db"]

    assert password(db) != first != "first"


def test_a_missed_window_waits_for_the_next(db: Any, vault: smtui.Vault, function: str, clock: Clock) -> None:
    """A machine that was off from 2:00 to 4:00 rotates in the next window, not before."""
    rules = {"ScheduleExpression": "cron(0 2 * * ? *)", "Duration": "2h"}
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=rules, RotateImmediately=False)
    clock.now = datetime(2026, 3, 4, 5, tzinfo=UTC)
    assert vault.scheduler.run_due() == []
    assert db.describe_secret(**ID)["NextRotationDate"] == datetime(2026, 3, 5, 3, 59, 59, tzinfo=UTC)
    clock.now = datetime(2026, 3, 5, 3, tzinfo=UTC)

    assert len(vault.scheduler.run_due()) == 1


def test_another_region_is_rotated_too(vault: smtui.Vault, clock: Clock) -> None:
    far = vault.client(region_name="eu-west-1")
    arn = vault.rotations(region_name="eu-west-1").create_function(FunctionName="f", Password={})["FunctionArn"]
    far.create_secret(Name="db", SecretString="first")
    far.rotate_secret(SecretId="db", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 1},
                      RotateImmediately=False)
    clock.forward(days=1)

    assert len(vault.scheduler.run_due()) == 1
    assert len(far.get_secret_value(SecretId="db")["SecretString"]) == 32


def test_a_clock_that_jumps_rotates_once(db: Any, vault: smtui.Vault, function: str, clock: Clock) -> None:
    """With ten years forward and back again, there is one rotation, and the next one at its date."""
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY, RotateImmediately=False)
    clock.forward(days=3650)
    assert len(vault.scheduler.run_due()) == 1
    clock.forward(days=-3650)
    assert vault.scheduler.run_due() == []


def test_a_key_out_of_use_stops_no_other(db: Any, vault: smtui.Vault, function: str, clock: Clock) -> None:
    key = vault.keys().create_key()["KeyMetadata"]["KeyId"]
    db.create_secret(Name="locked", SecretString='{"password": "x"}', KmsKeyId=key)
    for name in ("locked", "db"):
        db.rotate_secret(SecretId=name, RotationLambdaARN=function, RotationRules=MONTHLY, RotateImmediately=False)
    vault.keys().disable_key(KeyId=key)
    clock.forward(days=31)

    assert [ended.name for ended in vault.scheduler.run_due()] == ["db"]


# Concurrent holders and crashes.


def test_only_one_holder_at_a_time(db: Any, rotations: Any, refusing: str, clock: Clock) -> None:
    """A claim excludes others until it expires; afterwards, the report of the first holder is refused."""
    db.rotate_secret(**ID, RotationLambdaARN=refusing, ClientRequestToken=TOKEN)
    clock.forward(minutes=5)
    first = rotations.claim_rotation(Holder="one")["Rotation"]
    assert rotations.claim_rotation(Holder="two").get("Rotation") is None
    clock.forward(minutes=16)
    second = rotations.claim_rotation(Holder="two")["Rotation"]
    assert first["Step"] == second["Step"] == "createSecret"

    report = {**ID, "ClientRequestToken": TOKEN, "Step": "createSecret", "Succeeded": True}
    assert "another process" in refused("InvalidRequestException", rotations.report_rotation, **report, Holder="one")
    assert rotations.report_rotation(**report, Holder="two")["Step"] == "setSecret"


@pytest.mark.parametrize("died_after", ["createSecret", "setSecret", "testSecret"])
def test_a_crash_is_gone_on_from(
    db: Any, vault: smtui.Vault, rotations: Any, function: str, clock: Clock, died_after: str
) -> None:
    """The next holder continues at the step that was not reported, with the same pending value."""
    from smtui.rotation.function import Task
    from smtui.rotation.password import rotate_password as new_password

    with vault.transaction():
        db.rotate_secret(**ID, RotationLambdaARN=function, ClientRequestToken=TOKEN)
    task = Task.make(rotations.claim_rotation(Holder="dies")["Rotation"], lambda: True)
    for step in ("createSecret", "setSecret", "testSecret"):
        new_password(task, step, vault.client())
        rotations.report_rotation(**ID, ClientRequestToken=TOKEN, Step=step, Holder="dies", Succeeded=True)
        if step == died_after:
            break
    made = password(db, VersionStage="AWSPENDING")
    assert vault.scheduler.run_due() == []
    clock.forward(minutes=16)
    [ended] = vault.scheduler.run_due()

    assert ended.problem == ""
    assert password(db) == made
    assert "AWSPENDING" not in stages(db)


@pytest.mark.parametrize("labels", [0, 20], ids=["few labels", "as many labels as AWS allows"])
@pytest.mark.parametrize("others", ["a new value", "a roll back"])
def test_a_value_stored_meanwhile_is_not_overwritten(
    db: Any, vault: smtui.Vault, rotations: Any, function: str, others: str, labels: int
) -> None:
    """The rotation fails in its last step with advice; the next one starts from the current value."""
    from smtui.rotation.function import StepFailedError, Task
    from smtui.rotation.password import rotate_password as new_password

    before = db.put_secret_value(**ID, SecretString='{"password": "second", "n": 1.10}')["VersionId"]
    for number in range(labels):
        holder = before if number % 2 else stages(db)["AWSPREVIOUS"]
        db.update_secret_version_stage(**ID, VersionStage=f"own-{number}", MoveToVersionId=holder)
    with vault.transaction():
        db.rotate_secret(**ID, RotationLambdaARN=function, ClientRequestToken=TOKEN)
    task = Task.make(rotations.claim_rotation(Holder="me")["Rotation"], lambda: True)
    new_password(task, "createSecret", vault.client())
    if others == "a new value":
        db.put_secret_value(**ID, SecretString='{"password": "by hand", "n": 1.20}')
    else:
        db.update_secret_version_stage(**ID, VersionStage="AWSCURRENT", RemoveFromVersionId=before,
                                       MoveToVersionId=stages(db)["AWSPREVIOUS"])
    theirs = db.get_secret_value(**ID)
    with pytest.raises(StepFailedError, match="remove AWSPENDING from version"):
        new_password(task, "finishSecret", vault.client())
    assert db.get_secret_value(**ID)["VersionId"] == theirs["VersionId"]

    db.update_secret_version_stage(**ID, VersionStage="AWSPENDING", RemoveFromVersionId=TOKEN)
    db.rotate_secret(**ID)
    now = db.get_secret_value(**ID)
    assert now["VersionId"] not in (TOKEN, theirs["VersionId"])
    assert not [label for label in now["VersionStages"] if label.startswith("smtui-")]


@pytest.mark.parametrize("how", ["taken away", "moved", "put elsewhere"])
def test_a_rotation_ends_when_its_version_loses_awspending(
    db: Any, vault: smtui.Vault, rotations: Any, function: str, refusing: str, clock: Any, how: str
) -> None:
    """A rotation that failed is not retried then, and another one may begin."""
    first = db.describe_secret(**ID)["VersionIdsToStages"]
    db.rotate_secret(**ID, RotationLambdaARN=refusing, ClientRequestToken=TOKEN)
    assert rotations.describe_rotation(**ID)["Rotation"]["State"] == "waiting"
    if how == "put elsewhere":
        db.put_secret_value(**ID, SecretString="x", VersionStages=["AWSPENDING"])
    else:
        target = {} if how == "taken away" else {"MoveToVersionId": next(iter(first))}
        db.update_secret_version_stage(**ID, VersionStage="AWSPENDING", RemoveFromVersionId=TOKEN, **target)

    run = rotations.describe_rotation(**ID)["Rotation"]
    assert (run["State"], run["Message"]) == (
        "failed", "AWSPENDING was removed from version 00000000, which ended this rotation.")
    clock.forward(days=2)
    assert vault.scheduler.run_due() == []
    assert rotations.describe_rotation(**ID)["Rotation"]["State"] == "failed"
    assert [each["eventName"] for each in vault.audit_log()].count("RotationAbandoned") == 1
    if how != "put elsewhere":
        db.rotate_secret(**ID, RotationLambdaARN=function)
        assert rotations.describe_rotation(**ID)["Rotation"]["State"] == "done"


def test_an_interrupted_rotation_is_not_held(
    db: Any, vault: smtui.Vault, rotations: Any, function: str, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl+C nobody works on it: it says so, and is retried as after any failure."""
    def interrupt(*_: object) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(runner.KINDS, "Password", interrupt)
        with pytest.raises(KeyboardInterrupt):
            db.rotate_secret(**ID, RotationLambdaARN=function)
    described = rotations.describe_rotation(**ID)["Rotation"]
    assert (described["AtWork"], described["Attempts"], described["Message"]) == (
        False, 1, "It was stopped early: the program was interrupted.")

    clock.forward(minutes=6)
    [ended] = vault.scheduler.run_due()
    assert ended.problem == ""


# Interaction with replicas and owning services.


def test_replicas_follow_a_rotation(db: Any, vault: smtui.Vault, function: str, refusing: str) -> None:
    """Replicas show nothing of an unfinished rotation and everything of a finished one."""
    db.replicate_secret_to_regions(**ID, AddReplicaRegions=[{"Region": "eu-west-1"}])
    far = vault.client(region_name="eu-west-1")
    db.rotate_secret(**ID, RotationLambdaARN=refusing, ClientRequestToken=TOKEN)
    assert password(far) == "first"
    db.cancel_rotate_secret(**ID)
    db.update_secret_version_stage(**ID, VersionStage="AWSPENDING", RemoveFromVersionId=TOKEN)
    db.rotate_secret(**ID, RotationLambdaARN=function)

    assert password(far) == password(db) != "first"
    assert vault.maintenance.check().clean


def test_another_services_secret(vault: smtui.Vault, function: str) -> None:
    """Only the owning service can rotate the secret."""
    rds = vault.client(caller=smtui.Caller("arn:aws:iam::000000000000:role/rds", service="rds"))
    rds.create_secret(Name="db", SecretString='{"password": "x"}')

    refused("InvalidRequestException", vault.client().rotate_secret, **ID, RotationLambdaARN=function)


# Functions.


def test_functions_are_listed_and_deleted(db: Any, rotations: Any, function: str) -> None:
    """A function in use is not deleted."""
    assert [each["FunctionName"] for each in rotations.list_functions()["Functions"]] == ["new-password"]
    db.rotate_secret(**ID, RotationLambdaARN=function, RotationRules=MONTHLY)
    assert refused("InvalidParameterException", rotations.delete_function, FunctionName="new-password") == (
        "db is rotated by new-password. Cancel its rotation first.")
    db.cancel_rotate_secret(**ID)
    rotations.delete_function(FunctionName="new-password")

    assert rotations.list_functions()["Functions"] == []
    refused("ResourceNotFoundException", rotations.delete_function, FunctionName="new-password")
    refused("AccessDeniedException", db.rotate_secret, **ID)


@pytest.mark.parametrize(
    "params",
    [
        {"FunctionName": "new-password", "Password": {}}, {"FunctionName": "two", "Password": {}, "Command":
         {"Arguments": ["x"]}}, {"FunctionName": "none"},
        {"FunctionName": "slow", "Command": {"Arguments": ["x"], "TimeoutInSeconds": 901}},
    ],
    ids=str,
)  # fmt: skip
def test_functions_that_are_refused(rotations: Any, function: str, params: dict[str, Any]) -> None:
    with pytest.raises(smtui.ClientError):
        rotations.create_function(**params)

    assert len(rotations.list_functions()["Functions"]) == 1
