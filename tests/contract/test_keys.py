"""Tests of KMS keys: their operations, and KmsKeyId in all operations."""

from datetime import timedelta

import pytest

import smtui
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.shapes import Structure
from tests.contract import oracle
from tests.contract.generate import limits

ENCRYPTION = (
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is "
    "available, enabled, and not in an invalid state. For more information, see Key state: Effect on your KMS key."
)
DECRYPTION = "Secrets Manager can't decrypt the protected secret text using the provided KMS key."
UNKNOWN = "11111111-2222-4333-8444-555555555555"
ARN = "arn:aws:kms:us-east-1:000000000000:"


@pytest.fixture
def key(keys) -> str:
    """Returns the id of a customer managed key with an alias."""
    key_id = keys.create_key(Description="orders")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/orders", TargetKeyId=key_id)
    return key_id


def kms_key_ids(client, secret: str = "a") -> dict[str, list[str]]:
    """Returns the KmsKeyIds of each version, by its value."""
    listed = client.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    return {client.get_secret_value(SecretId=secret, VersionId=version["VersionId"])["SecretString"]:
            version["KmsKeyIds"] for version in listed}


def test_the_shapes_are_a_part_of_the_published_model() -> None:
    """Each member that smtui knows has the published limits."""

    def compare(ours, theirs) -> None:
        for name, member in ours.members.items():
            published = theirs.members[name]
            said = [f"{word}={getattr(member, word)!r}" for word in ("min", "max", "pattern")
                    if getattr(member, word, None) is not None]
            assert said in ([], [limit for limit in limits(published) if not limit.startswith("enum")]), name
            if isinstance(member, Structure):
                compare(member, published)

    for operation in KEY_OPERATIONS.values():
        model = oracle.KEY_MODEL.operation_model(operation.name)
        compare(operation.request, model.input_shape)
        assert list(operation.request.required) == model.input_shape.required_members
        assert set(operation.errors) <= {shape.name for shape in model.error_shapes}
        if model.output_shape is not None:
            compare(operation.response, model.output_shape)


def test_a_new_key(keys, clock) -> None:
    made = keys.create_key(Description="orders")["KeyMetadata"]

    assert made["Arn"] == f"{ARN}key/{made['KeyId']}"
    assert (made["KeyState"], made["Enabled"], made["KeyManager"]) == ("Enabled", True, "CUSTOMER")
    assert (made["Description"], made["CreationDate"]) == ("orders", clock())
    assert keys.list_keys()["Keys"] == [{"KeyId": made["KeyId"], "KeyArn": made["Arn"]}]


def test_a_key_is_named_in_four_ways(keys, key) -> None:
    for name in (key, f"{ARN}key/{key}", "alias/orders", f"{ARN}alias/orders"):
        assert keys.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == key


@pytest.mark.parametrize("name", [
    UNKNOWN, "alias/none", f"{ARN}key/{UNKNOWN}", f"{ARN}alias/none", "nonsense",
    f"arn:aws:kms:eu-west-1:000000000000:key/{UNKNOWN}", "smtui/internal",
])
def test_unknown_keys_are_not_found(client, keys, key, refused, name) -> None:
    refused("NotFoundException", keys.describe_key, KeyId=name)
    refused("NotFoundException", keys.disable_key, KeyId=name)
    assert refused("EncryptionFailure", client.create_secret, Name="a", KmsKeyId=name) == ENCRYPTION
    assert client.list_secrets()["SecretList"] == []


def test_only_its_id_or_arn_changes_a_key(keys, key, refused) -> None:
    """An alias is not accepted, because it could point to another key by now."""
    for call in (keys.enable_key, keys.disable_key, keys.schedule_key_deletion, keys.cancel_key_deletion):
        refused("NotFoundException", call, KeyId="alias/orders")


def test_the_managed_key_is_aws_s(client, keys, refused) -> None:
    client.create_secret(Name="a", SecretString="1")
    managed = keys.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]

    assert managed["KeyManager"] == "AWS"
    for call, action in ((keys.disable_key, "kms:DisableKey"), (keys.schedule_key_deletion, "kms:ScheduleKeyDeletion")):
        message = refused("AccessDeniedException", call, KeyId=managed["KeyId"])
        assert message.endswith(f"because no resource-based policy allows the {action} action")


@pytest.mark.parametrize("name", ["orders", "alias/", "alias/aws/mine"])
def test_names_that_no_alias_may_have(keys, key, refused, name) -> None:
    refused("InvalidAliasNameException", keys.create_alias, AliasName=name, TargetKeyId=key)


def test_aliases(keys, key, refused) -> None:
    other = keys.create_key()["KeyMetadata"]["KeyId"]
    refused("AlreadyExistsException", keys.create_alias, AliasName="alias/orders", TargetKeyId=other)
    refused("NotFoundException", keys.update_alias, AliasName="alias/none", TargetKeyId=other)
    keys.create_alias(AliasName="alias/second", TargetKeyId=key)

    keys.update_alias(AliasName="alias/orders", TargetKeyId=other)

    assert [(alias["AliasName"], alias["TargetKeyId"]) for alias in keys.list_aliases()["Aliases"]] == [
        ("alias/orders", other), ("alias/second", key)]
    assert [alias["AliasArn"] for alias in keys.list_aliases(KeyId=key)["Aliases"]] == [f"{ARN}alias/second"]
    keys.delete_alias(AliasName="alias/second")
    refused("NotFoundException", keys.delete_alias, AliasName="alias/second")
    assert keys.describe_key(KeyId=key)


def test_a_region_sees_its_own_keys_only(vault, keys, key, refused) -> None:
    elsewhere = vault.keys(region_name="eu-west-1")

    assert elsewhere.list_keys()["Keys"] == []
    refused("NotFoundException", elsewhere.describe_key, KeyId=key)
    refused("EncryptionFailure", vault.client(region_name="eu-west-1").create_secret, Name="a",
            KmsKeyId=f"{ARN}key/{key}")


def test_an_account_that_allows_nothing_makes_no_key(vault) -> None:
    caller = smtui.Caller("arn:aws:iam::000000000000:user/bob", identity="none")

    with pytest.raises(smtui.ClientError, match="not authorized to perform: kms:CreateKey"):
        vault.keys(caller=caller).create_key()


def test_what_is_done_to_keys_is_in_the_trail(vault, keys, key) -> None:
    keys.disable_key(KeyId=key)

    disabled, _, created = list(vault.audit_log())
    assert (disabled["eventSource"], disabled["eventName"]) == ("kms.amazonaws.com", "DisableKey")
    assert disabled["requestParameters"] == {"keyId": key}
    assert created["responseElements"]["keyMetadata"] == {"arn": f"{ARN}key/{key}", "keyId": key}


@pytest.mark.parametrize(("given", "described"), [
    ("{key}", "{key}"), (ARN + "key/{key}", ARN + "key/{key}"),
    ("alias/orders", ARN + "alias/orders"), (ARN + "alias/orders", ARN + "alias/orders"),
])
def test_a_secret_says_its_key(client, key, given, described) -> None:
    """DescribeSecret returns KmsKeyId as given, an alias as its ARN. ListSecrets returns the ARN of the key."""
    client.create_secret(Name="a", SecretString="1", KmsKeyId=given.format(key=key))

    assert client.describe_secret(SecretId="a")["KmsKeyId"] == described.format(key=key)
    assert client.list_secrets()["SecretList"][0]["KmsKeyId"] == f"{ARN}key/{key}"
    assert kms_key_ids(client) == {"1": [f"{ARN}key/{key}"]}


def test_the_managed_key_goes_without_saying(client, keys) -> None:
    client.create_secret(Name="a", SecretString="1")
    managed = keys.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]

    for name in ("", "alias/aws/secretsmanager", f"{ARN}alias/aws/secretsmanager", managed["KeyId"], managed["Arn"]):
        client.update_secret(SecretId="a", KmsKeyId=name)
        assert "KmsKeyId" not in client.describe_secret(SecretId="a")
        assert "KmsKeyId" not in client.list_secrets()["SecretList"][0]
        assert kms_key_ids(client) == {"1": ["DefaultEncryptionKey"]}


def test_a_new_key_takes_the_versions_in_use(client, key) -> None:
    """AWSCURRENT, AWSPENDING and AWSPREVIOUS are encrypted again; versions with only custom labels or none are not."""
    client.create_secret(Name="a", SecretString="deprecated")
    client.put_secret_value(SecretId="a", SecretString="mine")
    client.update_secret_version_stage(
        SecretId="a", VersionStage="mine", MoveToVersionId=client.get_secret_value(SecretId="a")["VersionId"])
    client.put_secret_value(SecretId="a", SecretString="previous")
    client.put_secret_value(SecretId="a", SecretString="current")
    client.put_secret_value(SecretId="a", SecretString="pending", VersionStages=["AWSPENDING"])

    answer = client.update_secret(SecretId="a", KmsKeyId=key)

    old, new = ["DefaultEncryptionKey"], [f"{ARN}key/{key}"]
    assert "VersionId" not in answer
    assert kms_key_ids(client) == {"deprecated": old, "mine": old, "previous": new, "current": new, "pending": new}


def test_a_new_key_with_a_new_value(client, key) -> None:
    client.create_secret(Name="a", SecretString="1")

    client.update_secret(SecretId="a", KmsKeyId=key, SecretString="2")

    assert kms_key_ids(client) == {"1": [f"{ARN}key/{key}"], "2": [f"{ARN}key/{key}"]}
    client.update_secret(SecretId="a", Description="the key stays")
    assert client.describe_secret(SecretId="a")["KmsKeyId"] == key


def test_a_secret_follows_its_alias(client, keys, key) -> None:
    """Existing versions keep their key; the next value uses the alias's current key."""
    client.create_secret(Name="a", SecretString="1", KmsKeyId="alias/orders")
    other = keys.create_key()["KeyMetadata"]["Arn"]

    keys.update_alias(AliasName="alias/orders", TargetKeyId=other)
    client.put_secret_value(SecretId="a", SecretString="2")

    assert kms_key_ids(client) == {"1": [f"{ARN}key/{key}"], "2": [other]}


def test_a_secret_whose_alias_is_gone_takes_no_value(client, keys, key, refused) -> None:
    client.create_secret(Name="a", SecretString="1", KmsKeyId="alias/orders")
    keys.delete_alias(AliasName="alias/orders")

    refused("EncryptionFailure", client.put_secret_value, SecretId="a", SecretString="2")
    assert client.get_secret_value(SecretId="a")["SecretString"] == "1"
    assert client.list_secrets()["SecretList"][0]["KmsKeyId"] == f"{ARN}alias/orders"


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_a_key_out_of_use(client, keys, key, refused, state) -> None:
    """Nothing is encrypted or decrypted with the key until it is enabled again."""
    client.create_secret(Name="a", SecretString="1", KmsKeyId=key)
    client.create_secret(Name="b", SecretString="b")
    keys.disable_key(KeyId=key) if state == "Disabled" else keys.schedule_key_deletion(KeyId=key)
    assert keys.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == state
    assert not keys.describe_key(KeyId=key)["KeyMetadata"]["Enabled"]

    assert refused("DecryptionFailure", client.get_secret_value, SecretId="a") == DECRYPTION
    assert refused("EncryptionFailure", client.put_secret_value, SecretId="a", SecretString="2") == ENCRYPTION
    refused("EncryptionFailure", client.update_secret, SecretId="a", SecretString="2")
    refused("EncryptionFailure", client.update_secret, SecretId="b", KmsKeyId=key)
    refused("EncryptionFailure", client.create_secret, Name="c", KmsKeyId=key)
    assert refused("DecryptionFailure", client.update_secret, SecretId="a", KmsKeyId="") == DECRYPTION
    [error] = client.batch_get_secret_value(SecretIdList=["a", "b"])["Errors"]
    assert (error["ErrorCode"], error["Message"]) == ("DecryptionFailure", DECRYPTION)
    client.update_secret(SecretId="a", Description="needs no key")
    assert client.describe_secret(SecretId="a")["KmsKeyId"] == key

    if state == "PendingDeletion":
        keys.cancel_key_deletion(KeyId=key)
        refused("DecryptionFailure", client.get_secret_value, SecretId="a")
    keys.enable_key(KeyId=key)
    assert client.get_secret_value(SecretId="a")["SecretString"] == "1"


def test_a_disabled_key_is_noticed_in_another_session(vault, client, keys, key, clock, refused) -> None:
    client.create_secret(Name="a", SecretString="1", KmsKeyId=key)
    assert client.get_secret_value(SecretId="a")
    from tests.conftest import PASSPHRASE

    with smtui.open_vault(vault.path, PASSPHRASE, clock=clock) as other:
        other.keys().disable_key(KeyId=key)

    refused("DecryptionFailure", client.get_secret_value, SecretId="a")


@pytest.mark.parametrize(("days", "bound"), [(6, "greater than or equal to 7"), (31, "less than or equal to 30")])
def test_the_waiting_period_is_7_to_30_days(keys, key, clock, refused, days, bound) -> None:
    assert bound in refused("ValidationException", keys.schedule_key_deletion, KeyId=key, PendingWindowInDays=days)

    for allowed in (7, 30):
        answer = keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=allowed)
        assert answer["DeletionDate"] == clock() + timedelta(days=allowed)
        assert keys.describe_key(KeyId=key)["KeyMetadata"]["DeletionDate"] == answer["DeletionDate"]
        keys.cancel_key_deletion(KeyId=key)
    assert keys.schedule_key_deletion(KeyId=key)["PendingWindowInDays"] == 30


def test_a_key_on_its_way_out_takes_no_orders(keys, key, refused) -> None:
    message = refused("KMSInvalidStateException", keys.cancel_key_deletion, KeyId=key)
    assert message == f"{ARN}key/{key} is not pending deletion."
    keys.schedule_key_deletion(KeyId=key)

    for call in (keys.enable_key, keys.disable_key, keys.schedule_key_deletion):
        assert refused("KMSInvalidStateException", call, KeyId=key) == f"{ARN}key/{key} is pending deletion."
    refused("KMSInvalidStateException", keys.create_alias, AliasName="alias/late", TargetKeyId=key)


@pytest.fixture
def doomed(client, keys, key) -> str:
    """Returns a key that is deleted in 7 days; it encrypts `a`, but not `moved` and `managed`."""
    client.create_secret(Name="a", SecretString="hunter2", KmsKeyId=key)
    client.create_secret(Name="moved", SecretString="m", KmsKeyId=key)
    client.update_secret(SecretId="moved", KmsKeyId="")
    client.create_secret(Name="managed", SecretString="s")
    keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return key


def test_a_key_goes_when_its_time_has_passed_and_not_before(client, keys, doomed, clock, refused, days_pass) -> None:
    clock.forward(days=7, seconds=-1)
    assert keys.describe_key(KeyId=doomed)
    clock.forward(seconds=1)
    days_pass()

    refused("NotFoundException", keys.describe_key, KeyId=doomed)
    refused("NotFoundException", keys.cancel_key_deletion, KeyId=doomed)
    refused("NotFoundException", keys.describe_key, KeyId="alias/orders")
    assert [alias["AliasName"] for alias in keys.list_aliases()["Aliases"]] == ["alias/aws/secretsmanager"]
    assert doomed not in [entry["KeyId"] for entry in keys.list_keys()["Keys"]]


def test_what_a_deleted_key_sealed_is_shredded(vault, client, doomed, clock, refused, reopen, days_pass) -> None:
    clock.forward(days=8)
    days_pass()

    assert refused("DecryptionFailure", client.get_secret_value, SecretId="a") == DECRYPTION
    assert client.get_secret_value(SecretId="moved")["SecretString"] == "m"
    assert client.list_secret_version_ids(SecretId="a")["Versions"][0]["KmsKeyIds"] == [f"{ARN}key/{doomed}"]
    count = "SELECT count(*) FROM keys WHERE key_id = ? AND wrapped = x''"
    assert vault._state.database.fetch_row(count, (doomed,)) == (1,)
    with reopen() as again:
        refused("DecryptionFailure", again.client().get_secret_value, SecretId="a")
        report = again.maintenance.check()
        assert report.clean
        assert report.counted["versions shredded with their key"] == 1


def test_a_secret_outlives_its_key(client, doomed, clock, refused, days_pass) -> None:
    """With another key, the secret takes new values; the lost values remain lost."""
    clock.forward(days=8)
    days_pass()
    refused("EncryptionFailure", client.put_secret_value, SecretId="a", SecretString="2")

    client.update_secret(SecretId="a", KmsKeyId="alias/aws/secretsmanager", SecretString="2")

    assert client.get_secret_value(SecretId="a")["SecretString"] == "2"
    refused("DecryptionFailure", client.get_secret_value, SecretId="a", VersionStage="AWSPREVIOUS")


def test_no_key_is_shredded_while_the_clock_is_behind(client, keys, doomed, clock) -> None:
    clock.forward(days=3)
    client.list_secrets()
    clock.forward(days=-3)
    keys.cancel_key_deletion(KeyId=doomed)
    keys.schedule_key_deletion(KeyId=doomed)
    clock.forward(days=-400)

    assert keys.describe_key(KeyId=doomed)


def test_keys_survive_a_change_of_passphrase(vault, client, keys, doomed, clock, refused, days_pass) -> None:
    """Deleted keys too, which have no key material to wrap again."""
    clock.forward(days=8)
    days_pass()
    kept = keys.create_key()["KeyMetadata"]["KeyId"]
    client.create_secret(Name="b", SecretString="2", KmsKeyId=kept)

    vault.maintenance.change_passphrase("another six words of passphrase")

    assert client.get_secret_value(SecretId="b")["SecretString"] == "2"
    refused("DecryptionFailure", client.get_secret_value, SecretId="a")


def test_how_much_a_key_seals(vault, client, key) -> None:
    client.create_secret(Name="a", SecretString="1", KmsKeyId=key)
    client.put_secret_value(SecretId="a", SecretString="2")
    client.create_secret(Name="b", SecretString="1", KmsKeyId=key)

    assert vault.key_usage.count_versions(key) == (3, 2)
    assert vault.key_usage.count_versions(UNKNOWN) == (0, 0)
    assert vault.key_usage.count_versions_by_key() == {key: (3, 2)}
    assert vault.key_usage.list_secret_names(key) == ["a", "b"]
    assert vault.key_usage.list_secret_names(key, most=1) == ["a"]
    assert vault.key_usage.list_secret_names(UNKNOWN) == []
