"""How cost grows with the number of secrets: each operation on vaults of 1,000 to 500,000.

    python -m benchmarks.scale [SIZE...]

CPU milliseconds, medians; memory is that of a process which opened the vault and then did each reading once. Opening
is counted without the key derivation, whose cost is set on purpose.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import smtui
from benchmarks.harness import PASSPHRASE, SIZES, in_turns, memory, name, some_of, tell, value, vault_of

MEMORY = "memory after all readings, MiB"


def page(client: Any, *filters: str, **more: Any) -> Callable[[], object]:
    """A first page of 100; each filter is spelled `key=value`."""
    asked = [{"Key": key, "Values": [text]} for key, _, text in (each.partition("=") for each in filters)]
    return lambda: client.list_secrets(MaxResults=100, **({"Filters": asked} if asked else {}), **more)


def readings(vault: smtui.Vault, size: int) -> dict[str, Callable[[], object]]:
    client, names = vault.client(), some_of(size)
    by_name, newest = {"SortBy": "name"}, {"SortBy": "last-changed-date", "SortOrder": "desc"}
    return {
        "get by name": lambda: client.get_secret_value(SecretId=next(names)),
        "first page": page(client),
        "first page by name": page(client, **by_name),
        "first page, changed last": page(client, **newest),
        "page of a prefix": page(client, "name=prod/m", **by_name),
        "search: a word": page(client, "all=" + name(7).split("/")[1], **by_name),
        "search: a word in every secret": page(client, "all=benchmark", **by_name),
        "search: that word, changed last": page(client, "all=benchmark", **newest),
        "search: no such word": page(client, "all=zzzzzzzz", **by_name),
        "search: half of a word, not another": page(client, "all=pr", "all=!dev", **by_name),
        "tag that every secret has": page(client, "tag-value=benchmark", **by_name),
        "not a tag that every secret has": page(client, "tag-value=!benchmark", **by_name),
        "prefix that no secret has": page(client, "name=zzz", **newest),
        "owned by a service": page(client, "owning-service=rds", **by_name),
    }


def writings(vault: smtui.Vault, size: int) -> dict[str, Callable[[], object]]:
    client, names, text = vault.client(), some_of(size), value(random.Random(4))
    ids = [each["VersionId"] for each in client.list_secret_version_ids(SecretId=name(5))["Versions"]]

    def move() -> None:
        ids.reverse()
        held = client.describe_secret(SecretId=name(5))["VersionIdsToStages"]
        holder = next(each for each, labels in held.items() if "AWSCURRENT" in labels)
        other = next(each for each in ids if each != holder)
        client.update_secret_version_stage(SecretId=name(5), VersionStage="AWSCURRENT", MoveToVersionId=other,
                                           RemoveFromVersionId=holder)

    return {
        "put a value": lambda: client.put_secret_value(SecretId=next(names), SecretString=text),
        "describe, and move a label": move,
    }


def of_size(size: int) -> dict[str, float]:
    path = vault_of(size)
    with smtui.open_vault(path, PASSPHRASE) as vault:
        key = vault.unlock_key()
        figures = in_turns({
            "open": lambda: smtui.open_vault(path, key=key).close(), **readings(vault, size), **writings(vault, size),
        }, rounds=5, times=5 if size > 10_000 else 20)
    told = subprocess.run([sys.executable, "-m", "benchmarks.scale", "--memory", str(size)], check=True,
                          capture_output=True, text=True, cwd=Path(__file__).parents[1]).stdout
    return {**figures, MEMORY: float(told)}


def only_memory(size: int) -> None:
    with smtui.open_vault(vault_of(size), PASSPHRASE) as vault:
        for read in readings(vault, size).values():
            read()
        print(memory())


def main(sizes: list[int]) -> None:
    columns = [of_size(size) for size in sizes]
    rows = [[case, *(column[case] for column in columns)] for case in columns[0]]
    tell(__file__, ["CPU ms", *(f"{size:,}" for size in sizes)], rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        only_memory(int(sys.argv[2]))
    else:
        main([int(each) for each in sys.argv[1:]] or list(SIZES))
