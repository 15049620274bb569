"""A secret and its replicas, as the primary reports them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smtui.api.arn import move_to_region
from smtui.api.errors import ResourceNotFoundException
from smtui.tui.kms.picker import DEFAULT

if TYPE_CHECKING:
    from smtui.api.types import Client, DescribeSecretResponse, ReplicaRegionType, ReplicationStatusType
    from smtui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Replica:
    """The primary or one of its replicas.

    Args:
        region: its Region.
        arn: its ARN.
        is_primary: whether it is the primary.
        key: its KmsKeyId.
        status: the Status in ReplicationStatus: InSync, InProgress or Failed; empty for the primary.
        message: the StatusMessage; may be empty.
        last_read: its LastAccessedDate; None if no read is recorded.
        exists: whether the secret exists in the Region; False if the replication failed before it was created.
    """

    region: str
    arn: str
    is_primary: bool
    key: str
    status: str
    message: str
    last_read: datetime | None
    exists: bool = True

    @property
    def has_failed(self) -> bool:
        """Whether the status is Failed."""
        return self.status == "Failed"

    @property
    def request(self) -> ReplicaRegionType:
        """The entry of ReplicateSecretToRegions that makes this replica; without KmsKeyId for the default key."""
        return {"Region": self.region} if self.key == DEFAULT else {"Region": self.region, "KmsKeyId": self.key}


@dataclass(frozen=True, slots=True)
class ReplicaSet:
    """A primary and its replicas.

    Args:
        primary: the response of DescribeSecret for the primary.
        members: the primary, then the replicas.
    """

    primary: DescribeSecretResponse
    members: tuple[Replica, ...]

    @property
    def name(self) -> str:
        """The name of the secret."""
        return self.primary["Name"]

    @property
    def region(self) -> str:
        """The Region of the primary, where replicas are added and removed."""
        return self.members[0].region

    @property
    def regions(self) -> set[str]:
        """The Regions of the primary and of all replicas."""
        return {member.region for member in self.members}


def format_regional_arn(arn: str, region: str) -> str:
    """Returns the ARN of the same secret in another Region."""
    return move_to_region(arn, region)


def read_replica_set(session: Session, secret: DescribeSecretResponse) -> ReplicaSet:
    """Reads the replica set of a secret from its primary, which may be in another Region.

    Args:
        session: the session.
        secret: the response of DescribeSecret for the primary or for a replica.
    """
    region = secret.get("PrimaryRegion", session.region)
    if region != session.region:
        secret = session.client(region, record_reads=False).describe_secret(
            SecretId=format_regional_arn(secret["ARN"], region)
        )
    arn = secret["ARN"]
    primary = Replica(region, arn, True, secret.get("KmsKeyId", DEFAULT), "", "", secret.get("LastAccessedDate"))
    return ReplicaSet(
        secret, (primary, *(_read_replica(session, arn, each) for each in secret.get("ReplicationStatus", ())))
    )


def read_present_replica_set(session: Session, replica_set: ReplicaSet) -> ReplicaSet:
    """Reads the replica set again.

    Raises:
        ResourceNotFoundException: the primary no longer exists.
    """
    client = session.client(replica_set.region, record_reads=False)
    return read_replica_set(session, client.describe_secret(SecretId=replica_set.primary["ARN"]))


def _read_replica(session: Session, primary: str, entry: ReplicationStatusType) -> Replica:
    region, failed = entry["Region"], entry["Status"] == "Failed"
    arn = format_regional_arn(primary, region)
    there = not failed or _find_arn(session.client(region, record_reads=False), arn) is not None
    return Replica(region, arn, False, entry.get("KmsKeyId", DEFAULT), entry["Status"], entry.get("StatusMessage", ""),
                  entry.get("LastAccessedDate"), there)


def is_name_taken(client: Client, name: str, arn: str) -> bool:
    """Whether another secret has the name in the client's Region."""
    return _find_arn(client, name) not in (None, arn)


def _find_arn(client: Client, secret_id: str) -> str | None:
    try:
        return client.describe_secret(SecretId=secret_id)["ARN"]
    except ResourceNotFoundException:
        return None
