"""Tests of policies and tags of KMS keys, and of what a key policy decides about a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from tests.contract import oracle
from tests.contract.conftest import HeldToTheModel
from tests.contract.regions import FAR

OWNER = "arn:aws:iam::000000000000:root"
BOB = "arn:aws:iam::000000000000:user/bob"
CAROL = "arn:aws:iam::111122223333:user/carol"
DENIED = "Access to KMS is not allowed"
USE = ("kms:Decrypt", "kms:GenerateDataKey")
SECRET_POLICY = json.dumps({"Statement": {
    "Effect": "Allow", "Principal": {"AWS": [BOB, CAROL]}, "Action": "secretsmanager:*", "Resource": "*"}})


def statement(principal: Any, *actions: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    who = principal if principal == "*" else {"AWS": principal}
    return {"Effect": effect, "Principal": who, "Action": list(actions) or "kms:*", "Resource": "*", **more}


def write(*statements: dict[str, Any]) -> str:
    """A key policy with these statements besides that of the owner."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement(OWNER), *statements]})


@pytest.fixture
def key(keys: Any) -> str:
    made: str = keys.create_key()["KeyMetadata"]["KeyId"]
    return made


@pytest.fixture
def arn(client: Any, key: str) -> str:
    """Returns the ARN of a secret under a customer key, which the policy opens to Bob and Carol."""
    made: str = client.create_secret(Name="a", SecretString="1", KmsKeyId=key)["ARN"]
    client.put_resource_policy(SecretId="a", ResourcePolicy=SECRET_POLICY)
    return made


def as_caller(vault: smtui.Vault, caller: str, identity: Any = "admin", **context: str) -> Any:
    return HeldToTheModel(vault.client(caller=smtui.Caller(caller, identity, context)))


# The operations.


def test_a_key_has_the_default_policy(keys: Any, key: str, client: Any) -> None:
    """A customer key leaves its use to the account; the AWS managed key lets in whom Secrets Manager lets in."""
    answer = keys.get_key_policy(KeyId=key)
    assert answer["PolicyName"] == "default"
    assert json.loads(answer["Policy"]) == {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [{
        "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*",
        "Resource": "*"}]}
    client.create_secret(Name="a", SecretString="1")
    [managed] = [each["TargetKeyId"] for each in keys.list_aliases()["Aliases"]]
    policy = json.loads(keys.get_key_policy(KeyId=managed)["Policy"])
    assert policy["Id"] == "auto-secretsmanager-2"
    assert policy["Statement"][0]["Condition"]["StringEquals"] == {
        "kms:CallerAccount": "000000000000", "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}


def test_a_policy_is_kept_to_the_byte(keys: Any, key: str) -> None:
    text = write(statement(CAROL, *USE)).replace(", ", " ,\n")
    keys.put_key_policy(KeyId=key, Policy=text, PolicyName="default")

    assert keys.get_key_policy(KeyId=key, PolicyName="default")["Policy"] == text


def test_a_key_is_made_with_policy_and_tags(keys: Any) -> None:
    text = write(statement(CAROL))
    made = keys.create_key(Policy=text, Tags=[{"TagKey": "team", "TagValue": "core"}])["KeyMetadata"]["KeyId"]

    assert keys.get_key_policy(KeyId=made)["Policy"] == text
    assert keys.list_resource_tags(KeyId=made)["Tags"] == [{"TagKey": "team", "TagValue": "core"}]


def test_what_is_not_a_policy_is_refused(keys: Any, key: str, refused: Any) -> None:
    """Also one that would keep its writer from changing it again, unless the check is waived."""
    before = keys.get_key_policy(KeyId=key)["Policy"]
    for text in ("{}", "no", json.dumps({"Statement": statement(OWNER, Resource=1)})):
        refused("MalformedPolicyDocumentException", keys.put_key_policy, KeyId=key, Policy=text)
    locked = json.dumps({"Statement": statement(BOB)})
    assert refused("MalformedPolicyDocumentException", keys.put_key_policy, KeyId=key, Policy=locked) == (
        "The new key policy will not allow you to update the key policy in the future.")
    refused("MalformedPolicyDocumentException", keys.create_key, Policy=locked)
    refused("NotFoundException", keys.get_key_policy, KeyId=key, PolicyName="other")
    refused("LimitExceededException", keys.put_key_policy, KeyId=key,
            Policy=write(*(statement(f"{CAROL}{number:0100}") for number in range(200))))
    assert keys.get_key_policy(KeyId=key)["Policy"] == before
    assert len(keys.list_keys()["Keys"]) == 1

    keys.put_key_policy(KeyId=key, Policy=locked, BypassPolicyLockoutSafetyCheck=True)
    refused("AccessDeniedException", keys.disable_key, KeyId=key)
    keys.put_key_policy(KeyId=key, Policy=before)
    keys.disable_key(KeyId=key)


def test_the_managed_key_cannot_be_changed(client: Any, keys: Any, refused: Any) -> None:
    client.create_secret(Name="a", SecretString="1")
    [managed] = [each["KeyId"] for each in keys.list_keys()["Keys"]]
    refused("AccessDeniedException", keys.put_key_policy, KeyId=managed, Policy=write())
    refused("AccessDeniedException", keys.tag_resource, KeyId=managed, Tags=[{"TagKey": "a", "TagValue": ""}])
    assert keys.list_resource_tags(KeyId=managed)["Tags"] == []


def test_tags(keys: Any, key: str, refused: Any) -> None:
    keys.tag_resource(KeyId=key, Tags=[{"TagKey": "b", "TagValue": "1"}, {"TagKey": "a", "TagValue": ""}])
    keys.tag_resource(KeyId=key, Tags=[{"TagKey": "b", "TagValue": "2"}])
    keys.untag_resource(KeyId=key, TagKeys=["a", "nowhere"])
    assert keys.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "b", "TagValue": "2"}]
    refused("TagException", keys.tag_resource, KeyId=key, Tags=[{"TagKey": "AWS:x", "TagValue": ""}])
    refused("TagException", keys.tag_resource, KeyId=key, Tags=[{"TagKey": "x", "TagValue": str(n)} for n in (1, 2)])
    many = [{"TagKey": str(number), "TagValue": ""} for number in range(50)]
    refused("LimitExceededException", keys.tag_resource, KeyId=key, Tags=many)
    refused("NotFoundException", keys.tag_resource, KeyId="alias/nowhere", Tags=many)
    keys.schedule_key_deletion(KeyId=key)
    refused("KMSInvalidStateException", keys.tag_resource, KeyId=key, Tags=many[:1])
    refused("KMSInvalidStateException", keys.put_key_policy, KeyId=key, Policy=write())


def test_a_key_that_is_gone_leaves_no_attributes(
    vault: smtui.Vault, keys: Any, key: str, clock: Any, refused: Any, days_pass: Any
) -> None:
    keys.put_key_policy(KeyId=key, Policy=write())
    keys.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}])
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    clock.forward(days=8)
    days_pass()

    refused("NotFoundException", keys.get_key_policy, KeyId=key)
    database = vault._state.database
    assert [database.fetch_row(f"SELECT count(*) FROM {name}") for name in ("key_policies", "key_tags")] == [(0,), (0,)]
    assert vault.maintenance.check().clean


# What the policy of a key decides about a secret.


def test_another_account_needs_policy_identity_and_key(
    vault: smtui.Vault, client: Any, keys: Any, key: str, arn: str, refused: Any
) -> None:
    carol = as_caller(vault, CAROL)
    reads, writes = (carol.get_secret_value, {}), (carol.put_secret_value, {"SecretString": "2"})
    for method, params in (reads, writes):
        assert refused("AccessDeniedException", method, SecretId=arn, **params) == DENIED
    assert carol.describe_secret(SecretId=arn)["ARN"] == arn
    [error] = carol.batch_get_secret_value(SecretIdList=[arn])["Errors"]
    assert (error["ErrorCode"], error["Message"]) == ("AccessDeniedException", DENIED)

    keys.put_key_policy(KeyId=key, Policy=write(statement("111122223333", "kms:Decrypt")))

    assert carol.get_secret_value(SecretId=arn)["SecretString"] == "1"
    assert refused("AccessDeniedException", carol.put_secret_value, SecretId=arn, SecretString="2") == DENIED
    assert refused("AccessDeniedException", carol.update_secret, SecretId=arn, SecretString="2") == DENIED
    assert "identity-based" in refused(
        "AccessDeniedException", as_caller(vault, CAROL, "none").get_secret_value, SecretId=arn)

    keys.put_key_policy(KeyId=key, Policy=write(statement(CAROL, *USE)))

    carol.put_secret_value(SecretId=arn, SecretString="2")
    assert client.get_secret_value(SecretId="a")["SecretString"] == "2"


def test_in_its_own_account_a_key_counts_too(
    vault: smtui.Vault, keys: Any, key: str, arn: str, refused: Any
) -> None:
    """The default policy leaves it to the identity policies; one that names a user needs none; a Deny stops everyone.
    """
    assert as_caller(vault, BOB).get_secret_value(SecretId="a")["SecretString"] == "1"
    assert refused("AccessDeniedException", as_caller(vault, BOB, "none").get_secret_value, SecretId="a") == DENIED
    keys.put_key_policy(KeyId=key, Policy=write(statement(BOB, "kms:Decrypt")))
    assert as_caller(vault, BOB, "none").get_secret_value(SecretId="a")["SecretString"] == "1"
    keys.put_key_policy(KeyId=key, Policy=write(statement("*", *USE, effect="Deny")))
    for caller in (OWNER, BOB):
        assert refused("AccessDeniedException", as_caller(vault, caller).get_secret_value, SecretId="a") == DENIED


@pytest.mark.parametrize(("condition", "allowed"), [
    ({"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}, True),
    ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, False),
    ({"StringEquals": {"kms:CallerAccount": "111122223333"}}, True),
    ({"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:secret:a-*"}}, True),
    ({"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:secret:b-*"}}, False),
    ({"StringEquals": {"aws:ResourceTag/team": "core"}}, True),
    ({"StringEquals": {"aws:ResourceTag/team": "other"}}, False),
    ({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/orders"}}, True),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
])
def test_conditions_of_a_key_policy(
    vault: smtui.Vault, keys: Any, key: str, arn: str, refused: Any, condition: Any, allowed: bool
) -> None:
    keys.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "core"}])
    keys.create_alias(AliasName="alias/orders", TargetKeyId=key)
    keys.put_key_policy(KeyId=key, Policy=write(statement(CAROL, *USE, Condition=condition)))
    carol = HeldToTheModel(vault.client(caller=smtui.Caller(CAROL, context={"aws:SourceIp": "10.1.2.3"})))
    if allowed:
        assert carol.get_secret_value(SecretId=arn)["SecretString"] == "1"
    else:
        assert refused("AccessDeniedException", carol.get_secret_value, SecretId=arn) == DENIED


def test_a_key_must_allow_what_a_secret_is_made_with(
    vault: smtui.Vault, client: Any, keys: Any, key: str, refused: Any
) -> None:
    """A new secret, another key of a secret, and a replica's key; a replica that may not use its key has failed."""
    client.create_secret(Name="b", SecretString="1")
    keys.put_key_policy(KeyId=key, Policy=write(statement("*", "kms:GenerateDataKey", effect="Deny")))
    assert refused("AccessDeniedException", client.create_secret, Name="c", SecretString="1", KmsKeyId=key) == DENIED
    assert refused("AccessDeniedException", client.update_secret, SecretId="b", KmsKeyId=key) == DENIED
    far = HeldToTheModel(vault.keys(region_name=FAR), oracle.KEY_MODEL)
    theirs = far.create_key(Policy=write(statement("*", "kms:GenerateDataKey", effect="Deny")))["KeyMetadata"]["KeyId"]

    client.replicate_secret_to_regions(SecretId="b", AddReplicaRegions=[{"Region": FAR, "KmsKeyId": theirs}])

    [replica] = client.describe_secret(SecretId="b")["ReplicationStatus"]
    assert (replica["Status"], replica["StatusMessage"]) == ("Failed", DENIED)


def test_who_may_manage_a_key(vault: smtui.Vault, keys: Any, key: str, refused: Any) -> None:
    bob, carol = (HeldToTheModel(vault.keys(caller=smtui.Caller(who, identity)), oracle.KEY_MODEL)
                  for who, identity in ((BOB, "none"), (CAROL, "admin")))
    for client in (bob, carol):
        message = refused("AccessDeniedException", client.describe_key, KeyId=key)
        assert "is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:us-east-1:" in message
    keys.put_key_policy(KeyId=key, Policy=write(statement([BOB, CAROL], "kms:Describe*", "kms:DisableKey")))

    assert carol.describe_key(KeyId=key)["KeyMetadata"]["Enabled"]
    bob.disable_key(KeyId=key)
    refused("AccessDeniedException", bob.enable_key, KeyId=key)


def test_access_is_explained_with_the_key(vault: smtui.Vault, keys: Any, key: str, arn: str) -> None:
    """The statement allows what the key refuses."""
    access, refusal = vault.access(), "access to the secret is allowed, but not kms:{} with its KMS key"
    ask: Any = {"SecretId": "a", "CallerArn": CAROL}
    answer = access.explain_access(**ask, Action="GetSecretValue")
    assert (answer["Allowed"], answer["RefusedByKey"], answer["Reason"]) == (False, True, refusal.format("Decrypt"))
    who = access.list_access(SecretId="a", Action="GetSecretValue")
    assert (who["Principals"], who["RefusedPrincipals"]) == ([BOB], [CAROL])
    assert who["KeyNote"] == refusal.format("Decrypt")

    keys.put_key_policy(KeyId=key, Policy=write(statement(CAROL, "kms:Decrypt")))

    assert access.explain_access(**ask, Action="GetSecretValue")["Allowed"]
    answer = access.explain_access(**ask, Action="PutSecretValue")
    assert (answer["Allowed"], answer["Reason"]) == (False, refusal.format("GenerateDataKey"))
    assert access.list_access(SecretId="a", Action="GetSecretValue")["Principals"] == [BOB, CAROL]


def test_events_have_the_names_of_kms(vault: smtui.Vault, keys: Any, key: str) -> None:
    keys.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}])
    keys.put_key_policy(KeyId=key, Policy=write())

    newest = [(event["eventSource"], event["eventName"]) for event in vault.audit_log()][:2]
    assert newest == [("kms.amazonaws.com", "PutKeyPolicy"), ("kms.amazonaws.com", "TagResource")]
