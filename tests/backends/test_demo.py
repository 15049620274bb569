"""Tests of the demo vault."""

from __future__ import annotations

from smtui.backends.demo import open_demo


def test_the_demo_has_one_of_everything(cheap_kdf: None) -> None:
    """The demo has all kinds of values, tags, labels, keys, replicas and states; it leaves no file."""
    with open_demo() as sample:
        client = sample.vault.client()
        listed = client.list_secrets(IncludePlannedDeletion=True, MaxResults=100)["SecretList"]
        values = [client.get_secret_value(SecretId=each["ARN"]) for each in listed if "DeletedDate" not in each]
        versions = client.list_secret_version_ids(SecretId="prod/payments/db")["Versions"]
        folder = sample.vault.path.parent
        [function] = sample.vault.rotations().list_functions()["Functions"]
        keys = sample.vault.keys()
        states = [keys.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] for key in keys.list_keys()["Keys"]]
        replicas = client.describe_secret(SecretId="prod/web/tls")["ReplicationStatus"]

        assert folder.stat().st_mode & 0o777 == 0o700
        assert any("DeletedDate" in each for each in listed)
        assert any("SecretBinary" in value for value in values)
        assert any(value.get("SecretString", "").startswith("{") for value in values)
        assert {label for version in versions for label in version["VersionStages"]} >= {
            "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "2026-q1",
        }  # fmt: skip

        assert function["SecretNames"] == ["staging/mail/smtp"]
        assert client.describe_secret(SecretId="staging/mail/smtp")["LastRotatedDate"]
        assert {"Enabled", "PendingDeletion"} <= set(states)
        assert {replica["Status"] for replica in replicas} == {"InSync", "Failed"}
        assert "ResourcePolicy" in client.get_resource_policy(SecretId="prod/payments/stripe")

    assert not folder.exists()
