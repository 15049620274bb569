"""One secret among 1,000, as a script reads it: `python -m benchmarks.against_tools`.

`smtui get`, alone and through an agent, beside `pass show`, `gopass show` and `keepassxc-cli show`; a row says so where
one of them is not installed (`apt-get install pass gopass keepassxc`, `pip install pykeepass`). CPU time is that of the
command and its children, not that of an agent that answers it (gpg-agent, smtui's). The key of gpg has no passphrase,
so its agent derives nothing; smtui alone and KeePassXC derive a key for each command, each at the cost that its files
have by default.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import smtui
from benchmarks.harness import PASSPHRASE, tell
from benchmarks.start import children

SECRETS, ROUNDS = 1_000, 7
NOT_INSTALLED = "not installed"
NEEDED = {"pass": ("pass", "gpg"), "gopass": ("gopass", "pass", "gpg"), "keepassxc-cli": ("keepassxc-cli",)}
NAME, VALUE = "prod/db-500", "a value of some length, as a password is"


def run(words: list[str], environ: dict[str, str], typed: str = "") -> tuple[float, float]:
    """CPU and clock milliseconds of a command, which must print the value."""
    before, started = children(), time.perf_counter()
    done = subprocess.run(words, env=environ, input=typed.encode(), capture_output=True, check=False)
    took = (children() - before) * 1000, (time.perf_counter() - started) * 1000
    assert VALUE.encode() in done.stdout, (words, done.stderr)
    return took


def make_password_store(folder: Path, environ: dict[str, str]) -> None:
    """A password store with every secret, each encrypted by gpg."""
    (folder / "gnupg").mkdir(mode=0o700)
    subprocess.run(["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "bench", "default", "default", "0"],
                   env=environ, check=True, stderr=subprocess.DEVNULL)
    store = folder / "store"
    subprocess.run(["pass", "init", "bench"], env=environ, check=True, stdout=subprocess.DEVNULL)
    (store / "prod").mkdir()
    subprocess.run(["gpg", "--batch", "-e", "-r", "bench", "--trust-model", "always", "-o", str(store / f"{NAME}.gpg")],
                   env=environ, input=VALUE.encode(), check=True)
    for number in range(SECRETS):  # the others are copies: only their number matters
        other = store / "prod" / f"db-{number}.gpg"
        if not other.exists():
            shutil.copyfile(store / f"{NAME}.gpg", other)


def make_keepass(folder: Path) -> Path:
    from pykeepass import create_database

    path = folder / "bench.kdbx"
    database = create_database(str(path), PASSPHRASE)
    group = database.add_group(database.root_group, "prod")
    for number in range(SECRETS):
        database.add_entry(group, f"db-{number}", "user", VALUE)
    database.save()
    return path


def prepare_gopass(folder: Path, environ: dict[str, str]) -> Callable[[], tuple[float, float]]:
    """gopass reads the store of pass."""
    config = folder / ".config" / "gopass"
    config.mkdir(parents=True)
    (config / "config.yml").write_text(
        f"root:\n  askformore: false\n  autosync: false\n  path: gpgcli-noop-fs+file://{folder}/store\n")
    return lambda: run(["gopass", "show", NAME], environ)


def prepare_keepass(folder: Path, environ: dict[str, str]) -> Callable[[], tuple[float, float]]:
    database = make_keepass(folder)
    words = ["keepassxc-cli", "show", "-q", "-a", "password", str(database), NAME]
    return lambda: run(words, environ, f"{PASSPHRASE}\n")


@contextmanager
def agent(environ: dict[str, str]) -> Iterator[None]:
    smtui_command = [sys.executable, "-m", "smtui"]
    subprocess.run([*smtui_command, "agent", "--detach"], env=environ, check=True)
    try:
        yield
    finally:
        subprocess.run([*smtui_command, "agent", "stop"], env=environ, check=True)


def main() -> None:
    rows: list[list[Any]] = []

    def measure_tool(program: str, make_work: Callable[[], Callable[[], tuple[float, float]]]) -> None:
        """Measures another program, whose store `make_work` makes, if it is installed."""
        is_installed = all(map(shutil.which, NEEDED[program])) and (
            program != "keepassxc-cli" or find_spec("pykeepass") is not None)
        if is_installed:
            measure(f"{program} show", make_work())
        else:
            rows.append([f"{program} show", NOT_INSTALLED, NOT_INSTALLED])

    def measure(what: str, work: Callable[[], tuple[float, float]]) -> None:
        work()
        figures = [work() for _ in range(ROUNDS)]
        rows.append([what, median(each[0] for each in figures), median(each[1] for each in figures)])

    with tempfile.TemporaryDirectory(prefix="smtui-b") as name:
        folder = Path(name)
        environ = {**os.environ, "HOME": name, "GNUPGHOME": f"{name}/gnupg", "PASSWORD_STORE_DIR": f"{name}/store",
                   "SMTUI_STATE": f"{name}/state", "SMTUI_CONFIG": f"{name}/config.toml", "XDG_RUNTIME_DIR": name,
                   "SMTUI_VAULT": f"{name}/v.vault", "SMTUI_PASSPHRASE": PASSPHRASE}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        with smtui.create_vault(folder / "v.vault", PASSPHRASE) as vault, vault.transaction():
            vault.create_secrets([{"Name": f"prod/db-{each}", "SecretString": VALUE} for each in range(SECRETS)])
        measure("bare interpreter", lambda: run([sys.executable, "-c", f"print({VALUE!r})"], environ))
        measure("smtui get", lambda: run([sys.executable, "-m", "smtui", "get", NAME], environ))
        with agent(environ):
            bare = {key: value for key, value in environ.items() if key != "SMTUI_PASSPHRASE"}
            measure("smtui get, through the agent", lambda: run([sys.executable, "-m", "smtui", "get", NAME], bare))
        if shutil.which("pass") and shutil.which("gpg"):
            make_password_store(folder, environ)
        measure_tool("pass", lambda: lambda: run(["pass", "show", NAME], environ))
        measure_tool("gopass", lambda: prepare_gopass(folder, environ))
        measure_tool("keepassxc-cli", lambda: prepare_keepass(folder, environ))
        if shutil.which("gpgconf"):
            subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=environ, check=False)
    tell(__file__, ["one secret among 1,000", "CPU ms", "clock ms"], rows)


if __name__ == "__main__":
    main()
