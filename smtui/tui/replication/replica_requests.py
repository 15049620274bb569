"""The reads and requests behind the questions of the replication tab. All run in the thread of the vault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from smtui.tui.kms.picker import DEFAULT_CHOICE
from smtui.tui.replication.add_replicas import ReplicaRequest
from smtui.tui.replication.replicas import (
    Replica,
    ReplicaSet,
    format_regional_arn,
    is_name_taken,
    read_present_replica_set,
)

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.kms.aliases import KeyChoice
    from smtui.tui.session import Session


def look_at_replicas(session: Session, replica_set: ReplicaSet) -> tuple[int, ReplicaSet]:
    """Returns the number of the newest audit event and the present replica set.

    Raises:
        SmtuiError: the replica set could not be read.
    """
    return session.vault.audit.find_newest_number(), read_present_replica_set(session, replica_set)


def look_at_names(session: Session, replica_set: ReplicaSet, wanted: Sequence[ReplicaRequest]) -> tuple[int, list[str]]:
    """Returns the number of the newest audit event and the wanted Regions where another secret has the name.

    Raises:
        SmtuiError: a Region could not be read.
    """
    return session.vault.audit.find_newest_number(), _find_occupied(session, replica_set, wanted)


def _find_occupied(session: Session, replica_set: ReplicaSet, wanted: Sequence[ReplicaRequest]) -> list[str]:
    def is_taken(region: str) -> bool:
        client = session.client(region, record_reads=False)
        return is_name_taken(client, replica_set.name, format_regional_arn(replica_set.primary["ARN"], region))

    return [each.region for each in wanted if is_taken(each.region)]


def replicate(session: Session, replica_set: ReplicaSet, wanted: Sequence[ReplicaRequest]) -> list[str]:
    """Replicates to the Regions, with ForceOverwriteReplicaSecret only where the name is taken now.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html

    Returns:
        The Regions where another secret was overwritten.

    Raises:
        SmtuiError: a request was refused.
    """
    occupied = _find_occupied(session, replica_set, wanted)
    for overwrite in (False, True):
        regions = [each for each in wanted if (each.region in occupied) is overwrite]
        if regions:
            request = _build_request(replica_set, regions, overwrite=overwrite)
            _create_primary_client(session, replica_set).replicate_secret_to_regions(**request)
    return occupied


def remove_replica(session: Session, replica_set: ReplicaSet, region: str) -> None:
    """Removes the replica in a Region.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RemoveRegionsFromReplication.html

    Raises:
        SmtuiError: the request was refused.
    """
    _create_primary_client(session, replica_set).remove_regions_from_replication(
        SecretId=replica_set.primary["ARN"], RemoveReplicaRegions=[region])


def promote_replica(session: Session, replica: Replica) -> None:
    """Makes a replica a secret of its own.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_StopReplicationToReplica.html

    Raises:
        SmtuiError: the request was refused.
    """
    session.client(replica.region).stop_replication_to_replica(SecretId=replica.arn)


def _create_primary_client(session: Session, replica_set: ReplicaSet) -> Client:
    return session.client(replica_set.region)


def _build_key(key: KeyChoice) -> dict[str, str]:
    return {} if key == DEFAULT_CHOICE else {"KmsKeyId": key.key_id}


def _build_request(replica_set: ReplicaSet, wanted: Sequence[ReplicaRequest], *, overwrite: bool) -> dict[str, Any]:
    regions = [{"Region": each.region, **_build_key(each.key)} for each in wanted]
    return {
        "SecretId": replica_set.primary["ARN"],
        "AddReplicaRegions": regions,
        "ForceOverwriteReplicaSecret": overwrite,
    }
