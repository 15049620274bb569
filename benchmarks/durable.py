"""A write that waits for the disk, beside plain SQLite's own: `python -m benchmarks.durable`.

SQLite stores the same value in one row, in the same mode (WAL, synchronous=FULL), without encryption; ours stores a
sealed version with its labels, its event in the audit log, and the digest over it all. Milliseconds on the clock, for
it is the disk that is waited for, and of CPU; medians, turn and turn about.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import smtui
from benchmarks.harness import PASSPHRASE, name, secret, some_of, tell, value

ROUNDS = 300
SECRETS = 10


def main() -> None:
    chance = random.Random(8)
    with tempfile.TemporaryDirectory() as folder, smtui.create_vault(Path(folder) / "durable.vault",
                                                                     PASSPHRASE) as vault:
        client = vault.client()
        for number in range(SECRETS):
            client.create_secret(**secret(number))
        names = some_of(SECRETS)
        plain = sqlite3.connect(Path(folder) / "plain.db", isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE t (id, value)"):
            plain.execute(statement)

        def theirs() -> None:
            plain.execute("BEGIN IMMEDIATE")
            plain.execute("INSERT INTO t VALUES (?, ?)", (name(1), value(chance)))
            plain.execute("COMMIT")

        work: dict[str, Callable[[], object]] = {
            "smtui": lambda: client.put_secret_value(SecretId=next(names), SecretString=value(chance)),
            "plain SQLite": theirs,
        }
        taken: dict[str, list[tuple[float, float]]] = {whose: [] for whose in work}
        for _ in range(ROUNDS):
            for whose, write in work.items():
                clock, cpu = perf_counter(), process_time()
                write()
                taken[whose].append(((perf_counter() - clock) * 1000, (process_time() - cpu) * 1000))
        plain.close()
    rows = []
    for number, what in enumerate(("on the clock", "CPU")):
        ours, other = (median(figures[number] for figures in taken[whose]) for whose in work)
        rows.append([what, ours, other, ours / other])
    tell(__file__, ["durable write, ms", *work, "ratio"], rows)


if __name__ == "__main__":
    main()
