"""Whether time tells a wrong passphrase from the right one: `python benchmarks/passphrase.py`.

Each way is tried 30 times, in turn, at the full price of the derivation: the right passphrase, a wrong one, one of
another length, and the right one on a vault whose first page is damaged. CPU milliseconds, medians; they must lie
within 10 percent of the right one's.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import smtui

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
    medians = {way: statistics.median(taken) for way, taken in figures.items()}
    print(f"{'way':28} {'CPU ms':>8} {'of the right one':>17}")
    for way, median in medians.items():
        print(f"{way:28} {median:8.1f} {median / medians['right']:17.1%}")
    Path(__file__).with_suffix(".json").write_text(json.dumps(medians, indent=2) + "\n", encoding="utf-8")
    return any(abs(median / medians["right"] - 1) > WITHIN for median in medians.values())


if __name__ == "__main__":
    sys.exit(main())
