"""ReplicateSecretToRegions, RemoveRegionsFromReplication, StopReplicationToReplica."""

from __future__ import annotations

from smtui.api.errors import InvalidParameterException
from smtui.engine import replication
from smtui.engine.call import Call
from smtui.engine.declaration import Request, Response, operation
from smtui.vault import policies, replicas, secrets
from smtui.vault.secrets import Secret


@operation("ReplicateSecretToRegions", changes=True)
def replicate_secret_to_regions(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page ReplicateSecretToRegions. A Region where replication failed may be given again."""
    regions = replication.parse_regions(call, request["AddReplicaRegions"])
    overwrite = request.get("ForceOverwriteReplicaSecret", False)
    for replica in replicas.list_replicas(call.database, secret.id):
        if replica.region in regions and replica.status == "InSync" and not overwrite:
            raise InvalidParameterException(f"The secret is already replicated to Region {replica.region}.")
    replication.register(call, secret, regions, overwrite=overwrite)
    secrets.touch_changed(call.database, secret, call.now)
    return {"ARN": call.format_arn(secret), "ReplicationStatus": replication.format_status(call, secret)}


@operation("RemoveRegionsFromReplication", changes=True)
def remove_regions_from_replication(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page RemoveRegionsFromReplication."""
    regions = set(request["RemoveReplicaRegions"])
    unknown = regions - {replica.region for replica in replicas.list_replicas(call.database, secret.id)}
    if unknown:
        raise InvalidParameterException(f"The secret is not replicated to Region {', '.join(sorted(unknown))}.")
    for region in regions:
        replication.remove_replica(call, secret, region)
    secrets.touch_changed(call.database, secret, call.now)
    return {"ARN": call.format_arn(secret), "ReplicationStatus": replication.format_status(call, secret)}


@operation("StopReplicationToReplica", changes=True, allow_replica=True, allow_primary_arn=True)
def stop_replication_to_replica(call: Call, secret: Secret, request: Request) -> Response:
    """Source: page StopReplicationToReplica. The secret keeps the policy of its primary."""
    if not secret.is_replica:
        raise InvalidParameterException(f"Secret {secret.name} in Region {secret.region} is not a replica.")
    policy = policies.read_policy(call.database, secret)
    replicas.unregister(call.database, replication.get_primary(call, secret).id, secret.region)
    secrets.promote_replica(call.database, secret)
    policies.remove_policy(call.database, secret.id)
    if policy is not None:
        policies.store_policy(call.database, secret.id, policy)
    secrets.touch_changed(call.database, secret, call.now)
    return {"ARN": call.format_arn(secret)}
