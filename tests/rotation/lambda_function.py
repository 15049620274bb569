"""Rotation functions as they are written for AWS Lambda: they know boto3 and nothing of smtui.

The database is a JSON file of users and passwords, named by $DATABASE. `single_user` changes the password of the user
in the secret; `multi_user` takes turns between two users, with the login of the superuser from another secret.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

import boto3
import botocore
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, ParamValidationError

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def single_user(event: dict[str, str], context: Any) -> None:
    rotate(event, next_user=lambda name: name, change=lambda client, current: current)


def multi_user(event: dict[str, str], context: Any) -> None:
    rotate(event, next_user=get_other_user, change=lambda client, current: read(client, current["masterarn"]))


def single_user_and_a_look_at_another(event: dict[str, str], context: Any) -> None:
    """Reads another secret between the current value and the new one."""
    def look(name: str) -> str:
        boto3.client("secretsmanager").get_secret_value(SecretId="admin")
        return name

    rotate(event, next_user=look, change=lambda client, current: current)


def lambda_handler(event: dict[str, str], context: Any) -> None:
    """Tells what it gets, and what it may do: for tests that read its output."""
    client = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])
    print("event", sorted(event), "context", context.function_name, context.aws_request_id != "",
          0 < context.get_remaining_time_in_millis() <= 60_000, context.invoked_function_arn)
    print("versions", *(len(each.__version__.split(".")) for each in (boto3, botocore)))
    print("region", os.environ["AWS_REGION"], client.meta.region_name, boto3.session.Session().region_name)
    for name in sorted(os.environ):
        print("variable", name)
    for secret_id in os.environ["ASK"].split():
        try:
            value = client.get_secret_value(SecretId=secret_id)
            print(secret_id, "is readable:", type(value["CreatedDate"]).__name__, value.get("SecretBinary"))
        except ClientError as error:
            print(secret_id, "is refused:", error.response["Error"]["Code"])
        try:
            client.put_secret_value(SecretId=secret_id, SecretString="overwritten")
            print(secret_id, "is WRITABLE")
        except client.exceptions.ClientError as error:
            print(secret_id, "is not writable:", error.response["Error"]["Code"])
    value = client.get_secret_value(SecretId=event["SecretId"])["SecretString"]
    raise ValueError(f"the end, with {value}")


def tell_what_is_caught(event: dict[str, str], context: Any) -> None:
    """Prints which of its `except` clauses catch which error."""
    client = boto3.client("secretsmanager")
    requests = {
        "refused": {"SecretId": "other"}, "missing": {"SecretId": event["SecretId"], "VersionStage": "NOWHERE"},
        "incomplete": {}, "empty": {"SecretId": ""},
    }
    for name, request in requests.items():
        try:
            client.get_secret_value(**request)
        except ClientError as error:
            print(f"caught {name}: ClientError", error.response["Error"]["Code"], error.operation_name)
        except EndpointConnectionError:
            print(f"caught {name}: no connection")
        except BotoCoreError as error:
            kind = "ParamValidationError" if isinstance(error, ParamValidationError) else repr(error)
            print(f"caught {name}: {kind}, which is a BotoCoreError and no ClientError")
        if name == "missing":
            try:
                client.get_secret_value(**request)
            except client.exceptions.ResourceNotFoundException:
                print("caught by name: ResourceNotFoundException")
    try:
        boto3.client("no-such-service")
    except BotoCoreError as error:
        print("caught client:", type(error).__name__)
    for own in (ClientError({"Error": {"Code": "Slow", "Message": "Down."}}, "GetSecretValue"),
                ParamValidationError(report="")):
        try:
            raise own
        except (ClientError, BotoCoreError) as error:
            print("caught its own:", error)
    raise ValueError("the end")


def rotate(event: dict[str, str], *, next_user: Any, change: Any) -> None:
    client = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    described = client.describe_secret(SecretId=arn)
    if not described.get("RotationEnabled"):
        raise ValueError("rotation is not enabled")
    if "AWSCURRENT" in described["VersionIdsToStages"][token]:
        return
    current = read(client, arn, VersionStage="AWSCURRENT")
    if step == "createSecret":
        try:
            read(client, arn, VersionId=token, VersionStage="AWSPENDING")
        except client.exceptions.ResourceNotFoundException:
            password = client.get_random_password(ExcludeCharacters=":/@\"'\\")["RandomPassword"]
            pending = {**current, "username": next_user(current["username"]), "password": password}
            client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(pending),
                                    VersionStages=["AWSPENDING"])
    elif step == "setSecret":
        set_password(change(client, current), read(client, arn, VersionId=token))
    elif step == "testSecret":
        connect(read(client, arn, VersionStage="AWSPENDING"))
    else:
        before = next(each for each, stages in described["VersionIdsToStages"].items() if "AWSCURRENT" in stages)
        client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                           RemoveFromVersionId=before)
    logger.info("%s: done", step)


def get_other_user(name: str) -> str:
    return name.removesuffix("_clone") if name.endswith("_clone") else f"{name}_clone"


def read(client: Any, arn: str, **which: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get_secret_value(SecretId=arn, **which)["SecretString"])
    return found


def connect(login: dict[str, Any]) -> Any:
    """The database, to somebody who is let in. Raises ValueError."""
    users = json.loads(Path(os.environ["DATABASE"]).read_text())
    if users.get(login["username"]) != login["password"]:
        raise ValueError("not let in")
    return users


def set_password(login: dict[str, Any], pending: dict[str, Any]) -> None:
    users = {**connect(login), pending["username"]: pending["password"]}
    Path(os.environ["DATABASE"]).write_text(json.dumps(users))
