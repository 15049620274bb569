"""Tests of the four resource policy operations, and of the effect of policies on calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

import smtui
from smtui.api.errors import ParamValidationError
from smtui.engine.client import format_method_name
from smtui.policy import keys
from tests.contract.conftest import HeldToTheModel
from tests.contract.regions import FAR

OWNER = "arn:aws:iam::000000000000:root"
BOB = "arn:aws:iam::000000000000:user/bob"
ON_REPLICA = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
CAROL = "arn:aws:iam::111122223333:user/carol"
MINIMAL: dict[str, dict[str, Any]] = {
    "PutSecretValue": {"SecretString": "x"}, "UpdateSecret": {"Description": "x"},
    "UpdateSecretVersionStage": {"VersionStage": "x"}, "RotateSecret": {},
    "PutResourcePolicy": {"ResourcePolicy": "{}"}, "ValidateResourcePolicy": {"ResourcePolicy": "{}"},
    "TagResource": {"Tags": [{"Key": "k", "Value": "v"}]}, "UntagResource": {"TagKeys": ["k"]},
    "ReplicateSecretToRegions": {"AddReplicaRegions": [{"Region": FAR}]},
    "RemoveRegionsFromReplication": {"RemoveReplicaRegions": [FAR]},
}  # fmt: skip


def policy(
    effect: str = "Allow", principal: Any = CAROL, action: Any = "secretsmanager:GetSecretValue", **more: Any
) -> str:
    who = principal if principal == "*" else {"AWS": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": who, "Action": action, "Resource": "*", **more}]})


@pytest.fixture
def arn(client: Any) -> str:
    made: str = client.create_secret(Name="a", SecretString="1", Tags=[{"Key": "team", "Value": "blue"}])["ARN"]
    return made


def as_caller(vault: smtui.Vault, caller: str, region: str | None = None, **more: Any) -> Any:
    return HeldToTheModel(vault.client(region_name=region, caller=smtui.Caller(caller, **more)))


# The four operations.


def test_it_is_kept_to_the_byte(client: Any, arn: str) -> None:
    """ResourcePolicy is returned unchanged, and is absent if no policy is attached."""
    text = policy().replace(", ", " ,\r\n\t") + " "
    assert client.get_resource_policy(SecretId="a").keys() >= {"ARN", "Name"}
    assert "ResourcePolicy" not in client.get_resource_policy(SecretId="a")
    answer = client.put_resource_policy(SecretId="a", ResourcePolicy=text)

    assert (answer["ARN"], answer["Name"]) == (arn, "a")
    assert client.get_resource_policy(SecretId=arn)["ResourcePolicy"] == text


def test_the_newest_replaces_the_one_before(client: Any, arn: str) -> None:
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy())
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny"))

    assert '"Deny"' in client.get_resource_policy(SecretId="a")["ResourcePolicy"]


def test_removing_none_is_no_error(client: Any, arn: str) -> None:
    client.delete_resource_policy(SecretId="a")
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy())
    client.delete_resource_policy(SecretId="a")

    assert "ResourcePolicy" not in client.get_resource_policy(SecretId="a")


def test_size(client: Any, arn: str, refused: Any) -> None:
    """A policy has 1 to 20,480 characters."""
    text = policy()
    client.put_resource_policy(SecretId="a", ResourcePolicy=text + " " * (20_480 - len(text)))

    for method in (client.put_resource_policy, client.validate_resource_policy):
        refused("InvalidParameterException", method, SecretId="a", ResourcePolicy=text + " " * (20_481 - len(text)))
        with pytest.raises(ParamValidationError):
            method(SecretId="a", ResourcePolicy="")


def test_in_the_service_s_words(client: Any, arn: str, refused: Any) -> None:
    """Messages begin with AWS's sentence, and list all errors with their positions."""
    for sentence, text in (
        ("This resource policy contains a syntax error: ", policy("allow")),
        ("This resource policy contains an unsupported principal: ", policy(principal="arn:aws:iam::*:root")),
        ("This resource policy contains an invalid service principal: ", policy().replace("AWS", "Service")),
    ):
        message = refused("MalformedPolicyDocumentException", client.put_resource_policy, SecretId="a",
                          ResourcePolicy=text)
        assert message.startswith(sentence)
        assert "(line 1, column " in message
    message = refused("MalformedPolicyDocumentException", client.validate_resource_policy,
                      ResourcePolicy=policy("allow", action=1))
    assert [line.split(":")[1].split(",")[1].split()[0] for line in message.splitlines()] == ["Effect", "Action"]


def test_public_policies_are_attached_unless_they_are_to_be_blocked(client: Any, arn: str, refused: Any) -> None:
    message = refused("PublicPolicyException", client.put_resource_policy, SecretId="a",
                      ResourcePolicy=policy(principal="*"), BlockPublicPolicy=True)
    assert message == ("You can't attach a resource-based policy that allows broad access to the secret. "
                       "Anyone can call GetSecretValue. (statement 1)")
    assert "ResourcePolicy" not in client.get_resource_policy(SecretId="a")
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(principal="*"))


def test_everything_that_fails_is_reported_together(client: Any, arn: str) -> None:
    """A failed validation does not attach the policy."""
    text = json.dumps({"Statement": [json.loads(each)["Statement"][0] for each in (
        policy(principal="*"), policy("Deny", OWNER, "secretsmanager:PutResourcePolicy", Sid="NotMe"))]})
    for more in ({"SecretId": "a"}, {}):
        answer = client.validate_resource_policy(ResourcePolicy=text, **more)
        assert answer["PolicyValidationPassed"] is False
        assert {each["CheckName"]: each["ErrorMessage"] for each in answer["ValidationErrors"]} == {
            "BlockPublicPolicy": "This resource policy grants broad access to your secret. "
                                 "Anyone can call GetSecretValue. (statement 1)",
            "LockOut": "Your requested changes will not allow you to manage this secret in the future. "
                       'It is denied by statement 2 "NotMe".',
        }
    assert client.validate_resource_policy(ResourcePolicy=policy()) | {"ResponseMetadata": 0} == {
        "PolicyValidationPassed": True, "ValidationErrors": [], "ResponseMetadata": 0}
    assert "ResourcePolicy" not in client.get_resource_policy(SecretId="a")


def test_without_a_secret_any_of_the_account_counts(client: Any) -> None:
    """A policy is checked if it could apply to a secret of the account, and passes if it is for other accounts only."""
    ours = policy(principal="*", Resource="arn:aws:secretsmanager:us-east-1:000000000000:secret:x-AbCdEf")
    theirs = policy(principal="*", Resource="arn:aws:secretsmanager:us-east-1:111122223333:secret:*")

    assert not client.validate_resource_policy(ResourcePolicy=ours)["PolicyValidationPassed"]
    assert client.validate_resource_policy(ResourcePolicy=theirs)["PolicyValidationPassed"]


def test_to_validate_one_needs_to_be_allowed_to_put(vault: smtui.Vault, client: Any, arn: str, refused: Any) -> None:
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(action="secretsmanager:ValidateResourcePolicy"))
    message = refused("AccessDeniedException", as_caller(vault, CAROL).validate_resource_policy, SecretId=arn,
                      ResourcePolicy=policy())

    assert "secretsmanager:PutResourcePolicy" in message


def test_a_secret_that_will_be_deleted(client: Any, arn: str, refused: Any) -> None:
    client.delete_secret(SecretId="a")

    refused("InvalidRequestException", client.put_resource_policy, SecretId="a", ResourcePolicy=policy())
    refused("InvalidRequestException", client.delete_resource_policy, SecretId="a")
    refused("ResourceNotFoundException", client.get_resource_policy, SecretId="b")


def test_a_replica_has_the_policy_of_its_primary(vault: smtui.Vault, client: Any, far: Any, primary: str) -> None:
    """It decides about calls in the replica's Region too, from the moment it is attached or removed."""
    theirs = as_caller(vault, BOB, identity="none", region=FAR)
    denied = [theirs.get_secret_value, theirs.describe_secret]
    for call in denied:
        with pytest.raises(smtui.ClientError, match="no identity-based policy"):
            call(SecretId="a")

    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(principal=BOB))

    assert far.get_resource_policy(SecretId="a")["ResourcePolicy"] == policy(principal=BOB)
    assert theirs.get_secret_value(SecretId="a")["SecretString"] == "2"
    access = vault.access(region_name=FAR)
    assert access.list_access(SecretId="a", Action="GetSecretValue")["Principals"] == [BOB]
    client.delete_resource_policy(SecretId="a")
    assert "ResourcePolicy" not in far.get_resource_policy(SecretId="a")
    with pytest.raises(smtui.ClientError, match="no identity-based policy"):
        theirs.get_secret_value(SecretId="a")


def test_a_replica_refuses_policy_changes(client: Any, far: Any, primary: str, refused: Any) -> None:
    """Validation changes nothing, so it works."""
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy())
    for method, params in ((far.put_resource_policy, {"ResourcePolicy": policy("Deny")}),
                           (far.delete_resource_policy, {})):
        assert refused("InvalidParameterException", method, SecretId="a", **params) == ON_REPLICA
    assert far.get_resource_policy(SecretId="a")["ResourcePolicy"] == policy()
    assert far.validate_resource_policy(SecretId="a", ResourcePolicy=policy())["PolicyValidationPassed"]


def test_a_replica_that_fell_behind_obeys_the_present_policy(
    client: Any, far: Any, far_keys: Any, refused: Any
) -> None:
    """Its value is old, because its key is disabled; its policy never is."""
    key = far_keys.create_key()["KeyMetadata"]["KeyId"]
    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR, "KmsKeyId": key}])
    far_keys.disable_key(KeyId=key)
    client.put_secret_value(SecretId="a", SecretString="2")
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*"))

    assert "explicit deny" in refused("AccessDeniedException", far.get_secret_value, SecretId="a")


def test_a_promoted_replica_keeps_the_policy_and_may_change_it(client: Any, far: Any, primary: str) -> None:
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy())
    far.stop_replication_to_replica(SecretId="a")
    client.delete_resource_policy(SecretId="a")

    assert far.get_resource_policy(SecretId="a")["ResourcePolicy"] == policy()
    far.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny"))
    assert "ResourcePolicy" not in client.get_resource_policy(SecretId="a")


def test_a_broad_policy_of_a_primary_is_found_in_the_region_of_its_replica(
    vault: smtui.Vault, client: Any, primary: str
) -> None:
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(principal="*"))

    assert vault.alerts.find(["a"], region_name=FAR).public == {"a"}


# Effect of policies on calls.


@pytest.mark.parametrize("action", keys.ACTIONS)
def test_every_operation_obeys(client: Any, arn: str, refused: Any, action: str) -> None:
    """An explicit Deny applies to the vault's owner too, and only to the actions that it names."""
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*", f"secretsmanager:{action}"))
    message = refused("AccessDeniedException", getattr(client, format_method_name(action)), SecretId="a",
                      **MINIMAL.get(action, {}))

    assert message == (
        f"User: {OWNER} is not authorized to perform: secretsmanager:{action} on resource: {arn} "
        "with an explicit deny in a resource-based policy"
    )
    other = client.describe_secret if action != "DescribeSecret" else client.get_secret_value
    assert other(SecretId="a")["ARN"] == arn


def test_why_access_is_denied(vault: smtui.Vault, client: Any, arn: str, refused: Any) -> None:
    """The message names the policy type that lacks the permission. A missing secret appears as the caller named it."""
    def message(caller: str, secret: str, identity: Any) -> str:
        method = as_caller(vault, caller, identity=identity).get_secret_value
        return str(refused("AccessDeniedException", method, SecretId=secret))

    user = "is not authorized to perform: secretsmanager:GetSecretValue on resource:"
    by = "policy allows the secretsmanager:GetSecretValue action"
    bob = "arn:aws:iam::000000000000:user/bob"
    assert message(bob, "a", "none") == f"User: {bob} {user} {arn} because no identity-based {by}"
    assert message(CAROL, arn, "admin") == f"User: {CAROL} {user} {arn} because no resource-based {by}"
    assert message(CAROL, arn, "none") == f"User: {CAROL} {user} {arn} because no identity-based {by}"
    gone = arn.replace(":a-", ":gone-")
    assert message(CAROL, gone, "admin") == f"User: {CAROL} {user} {gone} because no resource-based {by}"
    assert message(CAROL, "a", "none") == f"User: {CAROL} {user} a because no identity-based {by}"


def test_a_batch_says_what_was_denied(client: Any, arn: str) -> None:
    """BatchGetSecretValue returns the other secrets."""
    client.create_secret(Name="b", SecretString="2")
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*"))
    answer = client.batch_get_secret_value(SecretIdList=["a", "b"])

    assert [each["Name"] for each in answer["SecretValues"]] == ["b"]
    assert [(each["SecretId"], each["ErrorCode"]) for each in answer["Errors"]] == [("a", "AccessDeniedException")]
    assert answer["Errors"][0]["Message"].endswith("with an explicit deny in a resource-based policy")


def test_parameters_are_condition_keys(client: Any, arn: str, refused: Any) -> None:
    """A parameter that is not sent does not match."""
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*", "secretsmanager:*", Condition={
        "StringEquals": {"secretsmanager:VersionStage": "AWSPREVIOUS"}}))
    client.get_secret_value(SecretId="a")
    refused("AccessDeniedException", client.get_secret_value, SecretId="a", VersionStage="AWSPREVIOUS")
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*", "secretsmanager:*", Condition={
        "Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}}))
    refused("AccessDeniedException", client.delete_secret, SecretId="a", ForceDeleteWithoutRecovery=True)
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*", "secretsmanager:*", Condition={
        "NumericLessThan": {"secretsmanager:RecoveryWindowInDays": "14"}}))
    refused("AccessDeniedException", client.delete_secret, SecretId="a", RecoveryWindowInDays=7)
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy("Deny", "*", "secretsmanager:*", Condition={
        "ForAnyValue:StringEquals": {"aws:TagKeys": "owner"}}))
    refused("AccessDeniedException", client.tag_resource, SecretId="a", Tags=[{"Key": "owner", "Value": "x"}])
    refused("AccessDeniedException", client.untag_resource, SecretId="a", TagKeys=["team", "owner"])
    client.delete_secret(SecretId="a", RecoveryWindowInDays=30)


def test_a_context_may_be_of_any_python_kind(vault: smtui.Vault, client: Any, arn: str) -> None:
    """Booleans, numbers and tuples match like their text forms."""
    client.update_secret(SecretId="a", KmsKeyId=open_key(vault, CAROL))
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(Condition={
        "Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "100"},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}))
    context: Any = {"aws:MultiFactorAuthPresent": True, "aws:MultiFactorAuthAge": 60,
                    "aws:PrincipalOrgPaths": ("o-b/", "o-a/r-1/")}

    assert as_caller(vault, CAROL, context=context).get_secret_value(SecretId=arn)["SecretString"] == "1"


# Callers of other accounts.


DEFAULT_KEY = ("You can't access a secret from a different AWS account if you encrypt the secret with the default KMS "
               "service key.")
REFUSED_BY_KEY = "the policy allows it, but other accounts cannot use the default key of the secret"


def open_key(vault: smtui.Vault, *principals: str) -> str:
    """Creates a key that these principals of other accounts may use too; returns its id."""
    key_policy = {"Statement": [
        {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
         "Resource": "*"}]}
    key: str = vault.keys().create_key(Policy=json.dumps(key_policy))["KeyMetadata"]["KeyId"]
    return key


@pytest.fixture
def carol(vault: smtui.Vault, client: Any, arn: str) -> Any:
    """Returns the client of another account's user, whom the policy of `a` allows everything."""
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(action="secretsmanager:*"))
    return as_caller(vault, CAROL)


def test_the_default_key_refuses_values_to_other_accounts(client: Any, carol: Any, arn: str, refused: Any) -> None:
    """Even where the policy allows them. What needs no value succeeds."""
    for method, params in (
        (carol.get_secret_value, {}), (carol.put_secret_value, {"SecretString": "2"}),
        (carol.update_secret, {"SecretString": "2"}), (carol.update_secret, {"KmsKeyId": ""}),
    ):
        assert refused("InvalidRequestException", method, SecretId=arn, **params) == DEFAULT_KEY
    [error] = carol.batch_get_secret_value(SecretIdList=[arn])["Errors"]
    assert (error["ErrorCode"], error["Message"]) == ("InvalidRequestException", DEFAULT_KEY)

    assert carol.describe_secret(SecretId=arn)["ARN"] == arn
    assert len(carol.list_secret_version_ids(SecretId=arn)["Versions"]) == 1
    carol.tag_resource(SecretId=arn, Tags=[{"Key": "k", "Value": "v"}])
    carol.untag_resource(SecretId=arn, TagKeys=["k"])
    carol.update_secret(SecretId=arn, Description="hers")
    assert "carol" in carol.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    carol.put_resource_policy(SecretId=arn, ResourcePolicy=policy(action="secretsmanager:*", Sid="Hers"))
    carol.delete_secret(SecretId=arn)
    assert "DeletedDate" in client.describe_secret(SecretId="a")


def test_a_customer_key_serves_other_accounts(
    vault: smtui.Vault, client: Any, carol: Any, arn: str, refused: Any
) -> None:
    """A version that is still under the default key is refused."""
    first = client.get_secret_value(SecretId="a")["VersionId"]
    for number in range(2):
        client.put_secret_value(SecretId="a", SecretString=str(number))
    client.update_secret(SecretId="a", KmsKeyId=open_key(vault, CAROL))

    assert carol.get_secret_value(SecretId=arn)["SecretString"] == "1"
    assert refused("InvalidRequestException", carol.get_secret_value, SecretId=arn, VersionId=first) == DEFAULT_KEY
    carol.put_secret_value(SecretId=arn, SecretString="hers")
    assert client.get_secret_value(SecretId="a")["SecretString"] == "hers"
    assert refused("InvalidRequestException", carol.update_secret, SecretId=arn, KmsKeyId="") == DEFAULT_KEY


def test_the_policy_decides_before_the_key(vault: smtui.Vault, client: Any, arn: str, refused: Any) -> None:
    refused("AccessDeniedException", as_caller(vault, CAROL).get_secret_value, SecretId=arn)


def test_names_and_lists_of_another_account_are_its_own(client: Any, carol: Any, arn: str, refused: Any) -> None:
    """Where a vault has no secrets. A secret of the vault is found by its ARN only, whole or partial."""
    for method in (carol.get_secret_value, carol.describe_secret):
        assert refused("ResourceNotFoundException", method, SecretId="a") == (
            "Secrets Manager can't find the specified secret.")
    assert carol.describe_secret(SecretId=arn[:-7])["Name"] == "a"
    assert carol.list_secrets()["SecretList"] == []
    answer = carol.batch_get_secret_value(Filters=[{"Key": "name", "Values": ["a"]}])
    assert answer["SecretValues"] == answer["Errors"] == []
    assert len(carol.get_random_password()["RandomPassword"]) == 32
    refused("AccessDeniedException", carol.create_secret, Name="hers")


def test_access_is_explained_over_policy_and_key(vault: smtui.Vault, client: Any, carol: Any) -> None:
    """The statement allows what the default key refuses; with a customer key, nothing is refused."""
    access = vault.access()
    ask = {"SecretId": "a", "CallerArn": CAROL}
    answer = access.explain_access(**ask, Action="GetSecretValue")
    assert (answer["Allowed"], answer["Statement"], answer["Reason"]) == (False, "statement 1", REFUSED_BY_KEY)
    assert access.explain_access(**ask, Action="DescribeSecret")["Allowed"]
    assert access.explain_access(SecretId="a", Action="GetSecretValue", CallerArn=OWNER)["Allowed"]
    who = access.list_access(SecretId="a", Action="GetSecretValue")
    assert (who["Principals"], who["RefusedPrincipals"], who["KeyNote"]) == ([], [CAROL], REFUSED_BY_KEY)
    assert access.list_access(SecretId="a", Action="DescribeSecret")["Principals"] == [CAROL]

    client.update_secret(SecretId="a", KmsKeyId=open_key(vault, CAROL))

    assert access.explain_access(**ask, Action="GetSecretValue")["Allowed"]
    who = access.list_access(SecretId="a", Action="GetSecretValue")
    assert who["Principals"] == [CAROL]
    assert not {"RefusedPrincipals", "KeyNote"} & who.keys()


@pytest.mark.parametrize(("effect", "principal", "action", "condition", "denial"), [
    ("Deny", "*", "secretsmanager:GetSecretValue", None, "always"),
    ("Deny", "*", "secretsmanager:Get*", {"Bool": {"aws:SecureTransport": "false"}}, "conditional"),
    ("Deny", "*", "secretsmanager:DeleteSecret", None, None),
    ("Deny", CAROL, "secretsmanager:GetSecretValue", None, None),
    ("Allow", "*", "secretsmanager:GetSecretValue", {"Bool": {"aws:SecureTransport": "true"}}, None),
])  # fmt: skip
def test_what_keeps_the_whole_account_out(
    client: Any, arn: str, vault: smtui.Vault, effect: str, principal: str, action: str, condition: Any,
    denial: str | None,
) -> None:
    """ListAccess says whether a Deny applies to everybody of the account."""
    more = {"Condition": condition} if condition else {}
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(effect, principal, action, **more))

    assert vault.access().list_access(SecretId="a", Action="GetSecretValue").get("AccountDenial") == denial


# Lockout.


def test_tags_that_lock_out_are_refused(client: Any, arn: str, refused: Any) -> None:
    """The message names the statement and the matching value, and nothing changes."""
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(
        "Deny", "*", "secretsmanager:Put*", Sid="Red",
        Condition={"StringEquals": {"secretsmanager:ResourceTag/Team": ["red", "none"]}}))
    message = refused("AccessDeniedException", client.tag_resource, SecretId="a",
                      Tags=[{"Key": "team", "Value": "red"}, {"Key": "other", "Value": "x"}])

    assert message == (
        "Your requested changes will not allow you to manage this secret in the future. "
        'It is denied by statement 1 "Red", as secretsmanager:ResourceTag/Team is red.'
    )
    assert client.describe_secret(SecretId="a")["Tags"] == [{"Key": "team", "Value": "blue"}]
    client.tag_resource(SecretId="a", Tags=[{"Key": "team", "Value": "green"}])


def test_untagging_may_lock_out_as_well(vault: smtui.Vault, client: Any, arn: str, refused: Any) -> None:
    """A caller of another account is locked out if the condition of its Allow no longer matches."""
    client.put_resource_policy(SecretId="a", ResourcePolicy=policy(action="secretsmanager:*", Condition={
        "StringEquals": {"aws:ResourceTag/team": "blue"}}))
    message = refused("AccessDeniedException", as_caller(vault, CAROL).untag_resource, SecretId=arn, TagKeys=["team"])

    assert message.endswith("It is not allowed by statement 1, as there is no aws:ResourceTag/team.")
    assert client.describe_secret(SecretId="a")["Tags"] == [{"Key": "team", "Value": "blue"}]
