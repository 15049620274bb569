"""A rotation function for a PostgreSQL user who may change its own password.

The secret holds {"host", "port", "dbname", "username", "password"}. Every step may be run again: a pending password
that already works is not set a second time.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection, identifier, literal

import smtui

ALPHABET = {"PasswordLength": 32, "ExcludePunctuation": True}


def main() -> None:
    event = json.load(sys.stdin)
    step, arn, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    client: Any = smtui.rotation_client()
    if step == "createSecret":
        create(client, arn, token)
    elif step == "setSecret":
        set_password(value(client, arn, VersionStage="AWSCURRENT"), value(client, arn, VersionId=token))
    elif step == "testSecret":
        connect(value(client, arn, VersionStage="AWSPENDING")).close()
    else:
        finish(client, arn, token)


def value(client: Any, arn: str, **which: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(client.get_secret_value(SecretId=arn, **which)["SecretString"])
    return held


def create(client: Any, arn: str, token: str) -> None:
    try:
        value(client, arn, VersionId=token)
    except client.exceptions.ResourceNotFoundException:
        made = client.get_random_password(**ALPHABET)["RandomPassword"]
        pending = {**value(client, arn, VersionStage="AWSCURRENT"), "password": made}
        client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(pending),
                                VersionStages=["AWSPENDING"])


def connect(login: dict[str, Any]) -> Connection:
    return Connection(login["username"], host=login["host"], port=login["port"], database=login["dbname"],
                      password=login["password"], timeout=300)


def set_password(current: dict[str, Any], pending: dict[str, Any]) -> None:
    try:
        connect(pending).close()
    except DatabaseError:
        connection = connect(current)
        connection.run(f"ALTER USER {identifier(pending['username'])} PASSWORD {literal(pending['password'])}")
        connection.close()


def finish(client: Any, arn: str, token: str) -> None:
    versions = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
    if current != token:
        client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                           RemoveFromVersionId=current)


if __name__ == "__main__":
    main()
