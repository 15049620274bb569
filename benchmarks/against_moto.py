"""The same calls in process, and through boto3 on moto in one process: `python -m benchmarks.against_moto`.

Needs `pip install -e '.[bench]'`. moto keeps everything in memory, writes nothing to a disk and encrypts nothing;
ours waits for the disk before a change is answered. CPU milliseconds, medians, turn and turn about. The first read of a
secret on a day stores the day with the secret and its version, so it has a row of its own.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import moto

import smtui
from benchmarks.harness import PASSPHRASE, in_turns, name, secret, some_of, tell, value

SECRETS = 200
ROUNDS = 7
BATCH = 100


def cases(client: Any) -> dict[str, Callable[[], object]]:
    names, text = some_of(SECRETS), value(random.Random(5))
    moved = name(SECRETS)  # a secret that no put changes
    client.create_secret(**secret(SECRETS))
    unread = iter([name(number) for number in range(SECRETS + 1, SECRETS + 1 + SECRETS)])
    for number in range(SECRETS + 1, SECRETS + 1 + SECRETS):
        client.create_secret(**secret(number))
    ids = [client.put_secret_value(SecretId=moved, SecretString=str(each))["VersionId"] for each in range(2)]

    def move() -> None:
        ids.reverse()
        client.update_secret_version_stage(SecretId=moved, VersionStage="AWSCURRENT", MoveToVersionId=ids[1],
                                           RemoveFromVersionId=ids[0])

    return {
        "get_secret_value": lambda: client.get_secret_value(SecretId=next(names)),
        "get_secret_value, first of the day": lambda: client.get_secret_value(SecretId=next(unread)),
        "list_secrets, a page of 100": lambda: client.list_secrets(MaxResults=100),
        "put_secret_value": lambda: client.put_secret_value(SecretId=next(names), SecretString=text),
        "update_secret_version_stage": move,
    }


def read_many(client: Any) -> None:
    for number in range(BATCH):
        client.get_secret_value(SecretId=name(number))


def measure_batch(vault: smtui.Vault, clients: dict[str, Any]) -> list[Any]:
    """A row about a read of a value where many share one commit."""
    def read_together() -> None:
        with vault.reading():
            read_many(clients["ours"])

    figures = in_turns({"ours": read_together, "moto": lambda: read_many(clients["moto"])}, rounds=ROUNDS)
    ours, theirs = figures["ours"] / BATCH, figures["moto"] / BATCH
    return [f"get_secret_value, in a batch of {BATCH}", ours, theirs, theirs / ours]


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    with tempfile.TemporaryDirectory() as folder, moto.mock_aws(), \
            smtui.create_vault(Path(folder) / "moto.vault", PASSPHRASE) as vault:
        clients = {"ours": vault.client(), "moto": boto3.client("secretsmanager", region_name="us-east-1")}
        for client in clients.values():
            for number in range(SECRETS):
                client.create_secret(**secret(number))
                client.get_secret_value(SecretId=name(number))
        figures = in_turns({f"{case} {whose}": work for whose, client in clients.items()
                            for case, work in cases(client).items()}, rounds=ROUNDS, times=20)
        names_of_cases = [each.removesuffix(" ours") for each in figures if each.endswith(" ours")]
        rows = [[case, figures[f"{case} ours"], figures[f"{case} moto"],
                 figures[f"{case} moto"] / figures[f"{case} ours"]] for case in names_of_cases]
        rows.append(measure_batch(vault, clients))
    tell(__file__, ["CPU ms", "smtui", "boto3 on moto", "times faster"], rows)


if __name__ == "__main__":
    main()
