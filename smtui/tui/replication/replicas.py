"""A secret and its replicas, as seen from its primary, wherever one looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smtui.api.arn import move_to_region
from smtui.api.errors import ResourceNotFoundException
from smtui.tui.kms.picker import DEFAULT

if TYPE_CHECKING:
    from smtui.api.types import Client, DescribeSecretResponse, ReplicationStatusType
    from smtui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Member:
    """The primary, or a replica. `status` is the service's word, and empty for the primary.

    A replica is not `there` where it failed before it was made.
    """

    region: str
    arn: str
    is_primary: bool
    key: str
    status: str
    message: str
    read: datetime | None
    there: bool = True

    @property
    def failed(self) -> bool:
        return self.status == "Failed"

    @property
    def asked_key(self) -> dict[str, str]:
        """How a request names its key; the default one is not named."""
        return {} if self.key == DEFAULT else {"KmsKeyId": self.key}


@dataclass(frozen=True, slots=True)
class Family:
    """The primary comes first. `primary` is what is known of it."""

    primary: DescribeSecretResponse
    members: tuple[Member, ...]

    @property
    def name(self) -> str:
        return self.primary["Name"]

    @property
    def region(self) -> str:
        """Of the primary: where replicas are made and taken away."""
        return self.members[0].region

    @property
    def regions(self) -> set[str]:
        return {member.region for member in self.members}


def arn_in(arn: str, region: str) -> str:
    """The ARN of the same secret in another Region."""
    return move_to_region(arn, region)


def family_of(session: Session, secret: DescribeSecretResponse) -> Family:
    """Asks the primary, which knows of all of them."""
    region = secret.get("PrimaryRegion", session.region)
    if region != session.region:
        secret = session.client(region, record_reads=False).describe_secret(SecretId=arn_in(secret["ARN"], region))
    arn = secret["ARN"]
    primary = Member(region, arn, True, secret.get("KmsKeyId", DEFAULT), "", "", secret.get("LastAccessedDate"))
    return Family(secret, (primary, *(_replica(session, arn, each) for each in secret.get("ReplicationStatus", ()))))


def find_family(session: Session, family: Family) -> Family:
    """The same family as it is now. Raises ResourceNotFoundException where its primary is gone."""
    client = session.client(family.region, record_reads=False)
    return family_of(session, client.describe_secret(SecretId=family.primary["ARN"]))


def _replica(session: Session, primary: str, told: ReplicationStatusType) -> Member:
    region, failed = told["Region"], told["Status"] == "Failed"
    arn = arn_in(primary, region)
    there = not failed or _arn_of(session.client(region, record_reads=False), arn) is not None
    return Member(region, arn, False, told.get("KmsKeyId", DEFAULT), told["Status"], told.get("StatusMessage", ""),
                  told.get("LastAccessedDate"), there)


def taken(client: Client, name: str, arn: str) -> bool:
    """Whether another secret has the name in the client's Region."""
    return _arn_of(client, name) not in (None, arn)


def _arn_of(client: Client, secret_id: str) -> str | None:
    try:
        return client.describe_secret(SecretId=secret_id)["ARN"]
    except ResourceNotFoundException:
        return None
