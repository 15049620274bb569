"""What the benchmarks share: CPU time taken in turns, tables, JSON beside the module, and vaults of any size.

    python -m benchmarks.harness 1000 100000     makes the vaults of these sizes, if they are not there yet

A vault is made by the same calls as any other, 10,000 secrets a transaction: two versions of 0.2 to 1 KB, two tags, a
description. It stays in the system's folder for temporary files for the next benchmark.
"""

from __future__ import annotations

import gc
import json
import os
import random
import string
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import smtui

PASSPHRASE = "benchmark"
TOGETHER = 10_000
SIZES = (1_000, 10_000, 100_000, 500_000)
_WORDS = random.Random(1)
WORDS = ["".join(_WORDS.choices(string.ascii_lowercase, k=_WORDS.randint(4, 9))) for _ in range(2_000)]


def secret(number: int) -> dict[str, Any]:
    """The request that makes the n-th secret; always the same for a number."""
    chance = random.Random(number)
    return {
        "Name": f"{chance.choice(('prod', 'staging', 'dev'))}/{chance.choice(WORDS)}/{chance.choice(WORDS)}-{number}",
        "Description": " ".join(chance.choices(WORDS, k=5)),
        "SecretString": value(chance),
        "Tags": [{"Key": "team", "Value": chance.choice(WORDS[:50])}, {"Key": "env", "Value": "benchmark"}],
    }


def value(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_letters + string.digits, k=chance.randint(200, 1_000)))


def name(number: int) -> str:
    return str(secret(number)["Name"])


def vault_of(size: int) -> Path:
    """A vault of this program's format with so many secrets, made now if there is none yet."""
    from smtui.vault import schema

    path = Path(tempfile.gettempdir()) / "smtui-benchmarks" / f"format-{len(schema.MIGRATIONS)}-{size}.vault"
    if not path.exists():
        beside = path.with_suffix(".part")
        beside.unlink(missing_ok=True)
        with smtui.create_vault(beside, PASSPHRASE) as vault:
            fill(vault, size)
        beside.rename(path)
    return path


def fill(vault: smtui.Vault, size: int) -> None:
    client, chance = vault.client(), random.Random(2)
    for start in range(0, size, TOGETHER):
        with vault.transaction():
            requests = [secret(number) for number in range(start, min(start + TOGETHER, size))]
            vault.create_secrets(requests)
            for request in requests:
                client.put_secret_value(SecretId=request["Name"], SecretString=value(chance))


def some_of(size: int) -> Iterator[str]:
    """Names of secrets all over a vault, for ever, and known beforehand."""
    chance = random.Random(3)
    return cycle([name(chance.randrange(size)) for _ in range(200)])


def cpu(work: Callable[[], object], times: int = 1) -> float:
    """CPU milliseconds of a piece of work, with nobody else's garbage in them."""
    gc.collect()
    started = process_time()
    for _ in range(times):
        work()
    return (process_time() - started) * 1000 / times


def in_turns(
    cases: Mapping[str, Callable[[], object]], *, rounds: int, times: int = 1, warm: int = 1
) -> dict[str, float]:
    """Median CPU milliseconds of each case: so many times in a row, one case after the other in every round."""
    taken: dict[str, list[float]] = {case: [] for case in cases}
    for turn in range(warm + rounds):
        for case, work in cases.items():
            figure = cpu(work, times)
            if turn >= warm:
                taken[case].append(figure)
    return {case: median(figures) for case, figures in taken.items()}


def percentile(figures: list[float], part: float) -> float:
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * part))]


def memory() -> float:
    """MiB of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak_memory() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def tell(module: str, heads: list[str], rows: Iterator[list[Any]] | list[list[Any]]) -> None:
    """Prints a table in Markdown, and keeps it as JSON beside the module."""
    rows = list(rows)
    print("| " + " | ".join(heads) + " |")
    print("|" + " --- |" * len(heads))
    for row in rows:
        print("| " + " | ".join(map(_cell, row)) + " |", flush=True)
    kept = [dict(zip(heads, row, strict=True)) for row in rows]
    Path(module).with_suffix(".json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    digits = next(digits for least, digits in ((100, 0), (10, 1), (0.1, 2), (0, 4)) if value >= least)
    return f"{value:,.{digits}f}"


if __name__ == "__main__":
    for each in map(int, sys.argv[1:]):
        took = cpu(lambda size=each: vault_of(size))
        print(f"{vault_of(each)}: {took / 1000:.1f} s CPU, {vault_of(each).stat().st_size / 2**20:,.0f} MiB")
