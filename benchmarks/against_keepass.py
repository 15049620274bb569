"""Open, get and save at 1,000 secrets, beside pykeepass on a KDBX 4 file: `python -m benchmarks.against_keepass`.

Needs `pip install -e '.[bench]'`. CPU milliseconds, medians, turn and turn about; both derive their key when they
open, ours with 64 MiB and 3 passes of Argon2id, KDBX as pykeepass makes it. A KDBX file is written whole at each save.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from pykeepass import create_database
from pykeepass.pykeepass import PyKeePass

import smtui
from benchmarks.harness import PASSPHRASE, in_turns, secret, some_of, tell, value, vault_of

SIZE = 1_000


def main() -> None:
    names, text, path = some_of(SIZE), value(random.Random(6)), vault_of(SIZE)
    with tempfile.TemporaryDirectory() as folder, smtui.open_vault(path, PASSPHRASE) as vault:
        file = str(Path(folder) / "bench.kdbx")
        theirs = create_database(file, password=PASSPHRASE)
        for number in range(SIZE):
            request = secret(number)
            theirs.add_entry(theirs.root_group, request["Name"], "", request["SecretString"],
                             notes=request["Description"])
        theirs.save()
        client = vault.client()

        def save() -> None:
            theirs.find_entries(title=next(names), first=True).password = text
            theirs.save()

        figures = in_turns({
            "open ours": lambda: smtui.open_vault(path, PASSPHRASE).close(),
            "open theirs": lambda: PyKeePass(file, password=PASSPHRASE),
            "save ours": lambda: client.put_secret_value(SecretId=next(names), SecretString=text),
            "save theirs": save,
        }, rounds=5)
        figures |= in_turns({
            "get ours": lambda: client.get_secret_value(SecretId=next(names)),
            "get theirs": lambda: theirs.find_entries(title=next(names), first=True).password,
        }, rounds=7, times=20)
    tell(__file__, ["CPU ms", "smtui", "pykeepass", "times faster"],
         [[case, figures[f"{case} ours"], figures[f"{case} theirs"],
           figures[f"{case} theirs"] / figures[f"{case} ours"]] for case in ("open", "get", "save")])


if __name__ == "__main__":
    main()
