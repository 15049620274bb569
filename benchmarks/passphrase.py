"""Whether time tells a wrong passphrase from the right one: `python -m benchmarks.passphrase`.

Each way is tried 30 times, in turn, at the full price of the derivation: the right passphrase, a wrong one, one of
another length, and the right one on a vault whose first page is damaged. CPU milliseconds, medians; they must lie
within 10 percent of the right one's.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import smtui
from benchmarks.harness import tell

ROUNDS = 30
WITHIN = 0.1
PASSPHRASE = "tableware unsubtle sauna getaway armory hush"


def ways(folder: Path) -> dict[str, tuple[Path, str]]:
    whole, damaged = folder / "whole.vault", folder / "damaged.vault"
    with smtui.create_vault(whole, PASSPHRASE) as vault:
        for number in range(200):
            vault.client().create_secret(Name=f"s{number}", SecretString="x" * 500)
    content = bytearray(whole.read_bytes())
    content[100] ^= 1
    damaged.write_bytes(content)
    damaged.chmod(0o600)
    return {
        "right": (whole, PASSPHRASE),
        "wrong": (whole, PASSPHRASE[:-1] + "x"),
        "wrong, one letter": (whole, "x"),
        "right, first page damaged": (damaged, PASSPHRASE),
    }


def cpu(path: Path, passphrase: str) -> float:
    """Milliseconds until the vault is open, or refused."""
    before = time.process_time()
    with suppress(smtui.WrongPassphraseError):
        vault = smtui.open_vault(path, passphrase)
        taken = time.process_time() - before
        vault.close()
        return taken * 1000
    return (time.process_time() - before) * 1000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SMTUI_STATE"] = folder
        tried = ways(Path(folder))
        figures: dict[str, list[float]] = {way: [] for way in tried}
        for _ in range(ROUNDS):
            for way, how in tried.items():
                figures[way].append(cpu(*how))
    medians = {way: median(taken) for way, taken in figures.items()}
    tell(__file__, ["passphrase", "CPU ms", "times the right one"],
         [[way, taken, taken / medians["right"]] for way, taken in medians.items()])
    return any(abs(taken / medians["right"] - 1) > WITHIN for taken in medians.values())


if __name__ == "__main__":
    sys.exit(main())
