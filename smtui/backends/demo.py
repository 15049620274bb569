"""A temporary demo vault with sample secrets, keys, replicas and a rotation."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import smtui
from smtui.api.arn import format_principal_arn
from smtui.passphrase.wordlist import generate_words
from smtui.system.ambient import Ambient, Clock

if TYPE_CHECKING:
    from smtui.api.extension_types import PasswordSettings
    from smtui.api.types import Client, Tag
    from smtui.backends.local import Vault

PASSPHRASE_WORDS = 3


@dataclass(frozen=True)
class Demo:
    """The open demo vault, and its passphrase for unlocking it again."""

    vault: Vault
    passphrase: str


@contextmanager
def open_demo(ambient: Ambient | None = None, clock: Clock | None = None) -> Iterator[Demo]:
    """Creates a demo vault in a temporary folder, and deletes it after the block.

    Args:
        ambient: the source of randomness.
        clock: the clock of the vault; by default the system's.
    """
    passphrase = generate_words(ambient or Ambient(), PASSPHRASE_WORDS)
    with (
        tempfile.TemporaryDirectory(prefix="smtui-demo-") as folder,
        smtui.create_vault(Path(folder) / "demo.vault", passphrase, clock=clock) as vault,
    ):
        with vault.transaction():
            add_secrets(vault.client(), ambient or Ambient())
            add_keys(vault)
            add_replicas(vault)
        add_rotation(vault)
        try:
            yield Demo(vault, passphrase)
        finally:
            vault.maintenance.forget_history()


def add_secrets(client: Client, ambient: Ambient) -> None:
    """Adds text, JSON and binary secrets with tags, a secret with several versions, and one scheduled for deletion."""
    for sample in SAMPLES:
        client.create_secret(
            Name=sample.name, Description=sample.description, Tags=sample.build_tags(), **sample.build_value()
        )
    for number, labels in ((2, ["AWSCURRENT", "2026-q1"]), (3, ["AWSCURRENT"]), (4, ["AWSPENDING"])):
        value = json.dumps({**DATABASE, "password": f"sample-{number}-{ambient.random_bytes(6).hex()}"})
        client.put_secret_value(SecretId=SAMPLES[0].name, SecretString=value, VersionStages=labels)
    client.delete_secret(SecretId=SAMPLES[-1].name, RecoveryWindowInDays=7)


def add_keys(vault: Vault) -> None:
    """Adds a KMS key that encrypts a secret, a policy for that secret, and a key that is scheduled for deletion."""
    keys, client = vault.keys(), vault.client()
    payments = keys.create_key(Description="Everything about payments")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/payments", TargetKeyId=payments)
    client.update_secret(SecretId="prod/payments/stripe", KmsKeyId="alias/payments")
    client.put_resource_policy(SecretId="prod/payments/stripe", ResourcePolicy=json.dumps(READERS, indent=2))
    retired = keys.create_key(Description="Of the old data centre")["KeyMetadata"]["KeyId"]
    keys.schedule_key_deletion(KeyId=retired, PendingWindowInDays=12)


def add_replicas(vault: Vault) -> None:
    """Adds a replica that is in sync, and one that fails because a secret with its name exists in the Region."""
    name, taken = "prod/web/tls", "ap-southeast-2"
    vault.client(region_name=taken).create_secret(Name=name, SecretString=CERTIFICATE)
    vault.client().replicate_secret_to_regions(
        SecretId=name, AddReplicaRegions=[{"Region": "eu-west-1"}, {"Region": taken}]
    )


def add_rotation(vault: Vault) -> None:
    """Adds a rotation function and a secret that it rotates immediately and on a schedule."""
    options: PasswordSettings = {"Key": "password", "PasswordLength": 24, "ExcludePunctuation": True}
    function = vault.rotations().create_function(FunctionName="new-password", Password=options)["FunctionArn"]
    vault.client().rotate_secret(
        SecretId="staging/mail/smtp", RotationLambdaARN=function,
        RotationRules={"ScheduleExpression": "cron(0 4 1,15 * ? *)", "Duration": "3h"},
    )


READERS = {
    "Version": "2012-10-17",
    "Statement": [{
        "Sid": "CheckoutReads", "Effect": "Allow",
        "Principal": {"AWS": format_principal_arn("000000000000", "role/checkout")},
        "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    }],
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A sample secret. `tags` is a list of `key=value` words separated by spaces."""

    name: str
    description: str
    content: str | bytes | dict[str, Any]
    tags: str = ""

    def build_value(self) -> dict[str, Any]:
        """Returns the request member with the value: SecretString or SecretBinary."""
        if isinstance(self.content, bytes):
            return {"SecretBinary": self.content}
        return {"SecretString": self.content if isinstance(self.content, str) else json.dumps(self.content)}

    def build_tags(self) -> list[Tag]:
        """Returns the tags as the member Tags of a request."""
        pairs = (word.split("=") for word in self.tags.split())
        return [{"Key": key, "Value": value} for key, value in pairs]


DATABASE = {
    "engine": "postgres", "host": "db.payments.example", "port": 5432,
    "username": "payments", "password": "sample-1",
}  # fmt: skip
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nc2FtcGxl\n-----END CERTIFICATE-----\n"
SEARCH = {"app_id": "SAMPLE42", "admin_key": "sample-7f3a", "search_key": "sample-11c0"}
SMTP = {"host": "smtp.example", "port": 587, "user": "robot", "password": "sample-9b1"}
SAMPLES = (
    Sample("prod/payments/db", "Main database of payments", DATABASE, "team=payments env=prod"),
    Sample("prod/payments/stripe", "Stripe, live mode", "sk_sample_51H8xQ2eZvKY", "team=payments env=prod"),
    Sample("prod/web/session-key", "Signs the session cookies", bytes(range(7, 39)), "team=web env=prod"),
    Sample("prod/web/tls", "Certificate of www.example", CERTIFICATE, "team=web env=prod"),
    Sample("prod/search/api", "", SEARCH, "team=search env=prod"),
    Sample("staging/payments/db", "Like production, without its data", DATABASE, "team=payments env=staging"),
    Sample("staging/mail/smtp", "Outgoing mail", SMTP, "team=platform env=staging"),
    Sample("dev/github/token", "Reads packages, nothing else", "ghp_sample0123456789", "team=platform env=dev"),
    Sample("dev/feature-flags", "Client side, so not very secret", {"flags_key": "sample-5"}, "team=web env=dev"),
    Sample("shared/wifi", "Office network, guests", "sample horse battery staple"),
    Sample("legacy/ftp", "Nobody remembers what this is for", "sample-ftp", "team=unknown"),
)
