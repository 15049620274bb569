"""Tests that a killed session leaves no value, name or passphrase outside the vault."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import smtui
from tests.conftest import PASSPHRASE as UNUSED
from tests.leaks.marker import files_with, found_in, spellings
from tests.leaks.session import KNOWN_INSIDE, NEW_PASSPHRASE, PASSPHRASE, VALUES

ROOT = Path(smtui.__file__).parents[1]
EVERYTHING = (*VALUES, *KNOWN_INSIDE, PASSPHRASE, NEW_PASSPHRASE)


@dataclass
class Seen:
    """What others can observe of the process and its children."""

    home: Path
    said: bytes = b""
    processes: set[bytes] = field(default_factory=set)
    while_open: list[str] = field(default_factory=list)


def tree(pid: int) -> Iterator[Path]:
    """Yields the /proc folders of a process and its descendants."""
    yield Path(f"/proc/{pid}")
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from tree(int(child))


def watch(seen: Seen, pid: int, end: threading.Event) -> None:
    """Collects command lines and environments in a loop until `end` is set."""
    while not end.is_set():
        for folder in tree(pid):
            for name in ("cmdline", "environ"):
                try:
                    seen.processes.add((folder / name).read_bytes())
                except OSError:
                    continue


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    home = tmp_path_factory.mktemp("home")
    seen, end = Seen(home), threading.Event()
    for folder in ("tmp", "config", "state", "data", "cache", "runtime"):
        (home / folder).mkdir(mode=0o700)
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home / "tmp"), "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(home / "team.vault"), "PYTHONDONTWRITEBYTECODE": "1",
        **{f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "state", "data", "cache")},
        "XDG_RUNTIME_DIR": str(home / "runtime"),
    }  # fmt: skip
    child = subprocess.Popen([sys.executable, "-m", "tests.leaks.session"], cwd=ROOT, env=environ,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    watcher = threading.Thread(target=watch, args=(seen, child.pid, end))
    if Path("/proc/self/environ").exists():
        watcher.start()
    assert child.stdout is not None
    seen.said = child.stdout.readline()
    seen.while_open = list(files_with(home, *EVERYTHING))
    child.kill()
    out, err = child.communicate()
    end.set()
    if watcher.ident:
        watcher.join()
    seen.said += out + err
    assert b"ready" in seen.said, seen.said.decode()
    return seen


def test_no_file_tells_anything_while_the_vault_is_open(seen: Seen) -> None:
    """Checks names and contents of the vault, WAL, shared memory, backup, configuration, state and temporary files."""
    assert seen.while_open == []


def test_nothing_is_left_after_a_kill(seen: Seen) -> None:
    assert (seen.home / "team.vault").exists()
    assert list(files_with(seen.home, *EVERYTHING)) == []


def test_nothing_was_said(seen: Seen) -> None:
    """The output contains no value and no passphrase. It may contain names, because the commands name secrets."""
    for marker in (*VALUES, PASSPHRASE, NEW_PASSPHRASE):
        assert found_in(seen.said, marker) == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_no_process_shows_a_value(seen: Seen) -> None:
    """Command lines and environments of smtui, the rotation function and other children contain no value."""
    together = b"\0".join(seen.processes)

    assert b"function.py" in together
    for marker in (*VALUES, PASSPHRASE, NEW_PASSPHRASE):
        assert found_in(together, marker) == []


@pytest.mark.usefixtures("cheap_kdf")
def test_what_was_killed_opens_and_is_whole(seen: Seen) -> None:
    """The vault contains the last acknowledged value and passes the check."""
    with smtui.open_vault(seen.home / "team.vault", NEW_PASSPHRASE) as vault:
        assert vault.client().get_secret_value(SecretId="j")["SecretString"] == VALUES[0]
        assert vault.maintenance.check().clean


@pytest.mark.parametrize("spelling", spellings(VALUES[0]))
def test_the_search_finds_what_is_there(tmp_path: Path, spelling: str) -> None:
    """The search finds the marker in every encoding, in the middle of a file."""
    (tmp_path / "kept").write_bytes(b"\x00before" + spellings(VALUES[0])[spelling] + b"after")

    assert any(spelling in line for line in files_with(tmp_path, VALUES[0]))
    assert not list(files_with(tmp_path, UNUSED))
