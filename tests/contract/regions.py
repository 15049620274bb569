"""Regions of the replication tests, and functions that compare secrets across Regions."""

from __future__ import annotations

from typing import Any

HOME, FAR, OTHER = "us-east-1", "eu-west-1", "ap-south-1"


def statuses(client: Any, secret: str = "a") -> dict[str, str]:
    described = client.describe_secret(SecretId=secret)
    return {each["Region"]: each["Status"] for each in described.get("ReplicationStatus", [])}


def content(client: Any, secret: str) -> dict[str, Any]:
    """Returns what a replica shares with its primary: everything except Region, key and its own dates."""
    described = client.describe_secret(SecretId=secret)
    for own in ("ARN", "KmsKeyId", "CreatedDate", "LastAccessedDate", "ReplicationStatus", "ResponseMetadata"):
        described.pop(own, None)
    described["Tags"] = sorted((tag["Key"], tag["Value"]) for tag in described.get("Tags", []))
    described["policy"] = client.get_resource_policy(SecretId=secret).get("ResourcePolicy")
    listed = client.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    described["values"] = [
        (version["VersionId"], version["CreatedDate"], version.get("VersionStages"),
         client.get_secret_value(SecretId=secret, VersionId=version["VersionId"]).get("SecretString"))
        for version in listed
    ]
    return described
