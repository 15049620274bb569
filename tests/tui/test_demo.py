"""The vault to try things on."""

from __future__ import annotations

from smtui.demo import demo


def test_the_demo_has_one_of_everything(cheap_kdf: None) -> None:
    """Plain, JSON and binary values, tags, versions under all labels, one that will be deleted; nothing is left."""
    with demo() as sample:
        client = sample.vault.client()
        listed = client.list_secrets(IncludePlannedDeletion=True, MaxResults=100)["SecretList"]
        values = [client.get_secret_value(SecretId=each["ARN"]) for each in listed if "DeletedDate" not in each]
        versions = client.list_secret_version_ids(SecretId="prod/payments/db")["Versions"]
        folder = sample.vault.path.parent

        assert folder.stat().st_mode & 0o777 == 0o700
        assert any("DeletedDate" in each for each in listed)
        assert any("SecretBinary" in value for value in values)
        assert any(value.get("SecretString", "").startswith("{") for value in values)
        assert {label for version in versions for label in version["VersionStages"]} >= {
            "AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "2026-q1",
        }  # fmt: skip

    assert not folder.exists()
