"""Import and export of many secrets, beside the bare load of the same rows: `python -m benchmarks.bulk [SIZE]`.

The bare load is what SQLite, with the same cipher and settings, takes for a table of names, two versions of each and a
word index, in one transaction: no event, no digest, no request. It is taken twice: with the values as they are, and
with each sealed in its envelope. The bare read decrypts one value of each secret of the sealed load and writes it as
JSON. CPU seconds of each, and what memory the process needed at most. The opening of the vault, which is mostly the key
derivation, is in import and export, so it has a row of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import apsw

import smtui
from benchmarks.harness import PASSPHRASE, peak_memory, secret, tell
from smtui.vault.envelope import EncryptionContext, Envelope, seal, unseal

SCHEMA = """
CREATE TABLE secrets (id INTEGER PRIMARY KEY, name TEXT UNIQUE, description TEXT, tags TEXT, created INTEGER);
CREATE INDEX by_date ON secrets (created);
CREATE TABLE versions (id INTEGER PRIMARY KEY, secret INTEGER REFERENCES secrets, stage TEXT, wrapped BLOB, body BLOB);
CREATE INDEX by_secret ON versions (secret, stage);
CREATE VIRTUAL TABLE words USING fts5 (name, description, tags, content='', contentless_delete=1, detail=none,
    prefix='2 3');
"""


def requests(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("{"):
                yield json.loads(line.rstrip().rstrip(","))


def plain(_: str, value: bytes) -> Envelope:
    return Envelope(bytes(60), value)


def sealed(name: str, value: bytes) -> Envelope:
    return seal(value, bytes(32), EncryptionContext(name, "", "string"), os.urandom)


def connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    for setting in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{'11' * 48}'\"", "cache_size = -32768",
                    "temp_store = MEMORY", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    return connection


def bare(file: Path, folder: Path, put: Callable[[str, bytes], Envelope] = plain) -> None:
    connection = connect(folder / f"{put.__name__}.db")
    connection.execute(SCHEMA)
    connection.execute("BEGIN IMMEDIATE")
    for number, each in enumerate(requests(file)):
        tags = " ".join(f"{tag['Key']} {tag['Value']}" for tag in each["Tags"])
        body = each["SecretString"].encode()
        connection.execute("INSERT INTO secrets VALUES (?, ?, ?, ?, ?)",
                           (number, each["Name"], each["Description"], tags, number))
        for stage in ("AWSPREVIOUS", "AWSCURRENT"):
            envelope = put(each["Name"], body)
            connection.execute("INSERT INTO versions (secret, stage, wrapped, body) VALUES (?, ?, ?, ?)",
                               (number, stage, envelope.wrapped, envelope.sealed))
        connection.execute("INSERT INTO words (rowid, name, description, tags) VALUES (?, ?, ?, ?)",
                           (number, each["Name"], each["Description"], tags))
    connection.execute("COMMIT")
    connection.close()


def bare_read(file: Path, folder: Path) -> None:
    connection = connect(folder / "sealed.db")
    with (folder / "read.json").open("w", encoding="utf-8") as lines:
        for name, description, wrapped, body in connection.execute(
            "SELECT s.name, s.description, v.wrapped, v.body FROM secrets s JOIN versions v ON v.secret = s.id"
            " WHERE v.stage = 'AWSCURRENT' ORDER BY s.name"):
            value = unseal(Envelope(wrapped, body), bytes(32), EncryptionContext(name, "", "string"))
            lines.write(json.dumps({"Name": name, "Description": description, "SecretString": value.decode()}) + "\n")
    connection.close()


def command(file: Path, folder: Path, *words: str) -> None:
    from smtui.cli.main import run

    os.environ |= {"SMTUI_PASSPHRASE": PASSPHRASE, "SMTUI_VAULT": str(folder / "bulk.vault")}
    assert run(words) == 0


def open_only(file: Path, folder: Path) -> None:
    smtui.open_vault(folder / "bulk.vault", PASSPHRASE).close()


WORK = {
    "bare load": bare,
    "bare load, sealed": lambda file, folder: bare(file, folder, sealed),
    "bare read, unsealed": bare_read,
    "smtui, opening alone": open_only,
    "smtui import": lambda file, folder: command(file, folder, "import", str(file)),
    "smtui export": lambda file, folder: command(file, folder, "export", "--output", str(folder / "again.json")),
    "smtui export, second of the day": lambda file, folder: command(
        file, folder, "export", "--force", "--output", str(folder / "again.json")),
}


def measured(what: str, file: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and MiB at most, of a process of its own."""
    words = [sys.executable, "-m", "benchmarks.bulk", "--work", what, str(file), str(folder)]
    told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    seconds, peak = told.stdout.split()[-2:]
    return float(seconds), float(peak)


def main(size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "secrets.json"
        with file.open("w", encoding="utf-8") as lines:
            for number in range(size):
                lines.write(("[\n" if number == 0 else ",\n") + json.dumps(secret(number)))
            lines.write("\n]\n")
        smtui.create_vault(folder / "bulk.vault", PASSPHRASE).close()
        figures = {what: measured(what, file, folder) for what in WORK}
    base = figures["bare load"][0]
    tell(__file__, [f"{size:,} secrets", "CPU s", "times the bare load", "memory at most, MiB"],
         [[what, seconds, seconds / base, peak] for what, (seconds, peak) in figures.items()])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        started = process_time()
        WORK[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
        print(process_time() - started, peak_memory())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
