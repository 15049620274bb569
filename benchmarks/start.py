"""What it costs to start: `python -m benchmarks.start`.

CPU seconds (user and system) of whole processes, medians, beside a bare interpreter and the key derivation alone in
the same run; with an agent too (not more than three bare interpreters). Other programs are in `against_tools`. The
first frame is counted from the start of the process until the unlock screen stands in a terminal, as that of a Textual
app with one line is.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pexpect

import smtui
from benchmarks.harness import PASSPHRASE, tell

ROUNDS = 9
DERIVE = f"""
from smtui.vault.kdf import FileKeys
FileKeys.from_passphrase({PASSPHRASE!r}, b"\\x01" * 16)
"""


MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("Passphrase")
Minimal().run()
"""


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu(*arguments: str) -> float:
    """Median CPU milliseconds of a Python process with these arguments."""
    return measure([sys.executable, *arguments])


def measure(command: list[str]) -> float:
    """Median CPU milliseconds of a process."""
    figures = []
    for _ in range(ROUNDS):
        before = children()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        figures.append((children() - before) * 1000)
    return median(figures)


@contextmanager
def running_agent(folder: Path) -> Iterator[None]:
    """Runs an agent for the vault; commands then need no passphrase, and get none. The clipboard is a file."""
    tool = folder / "xclip"
    tool.write_text(f"#!/bin/sh\ncase $* in *-o*) cat {folder}/held ;; *) cat > {folder}/held ;; esac\n")
    tool.chmod(0o700)
    os.environ |= {"XDG_RUNTIME_DIR": str(folder), "DISPLAY": ":0", "PATH": f"{folder}:{os.environ['PATH']}"}
    program = [sys.executable, "-m", "smtui", "agent"]
    subprocess.run([*program, "--detach"], check=True)
    del os.environ["SMTUI_PASSPHRASE"]
    try:
        yield
    finally:
        subprocess.run([*program, "stop"], check=True)


def first_frame(*arguments: str) -> float:
    """Median CPU milliseconds until a Python process asks for a passphrase on its screen (Linux only)."""
    figures = []
    for _ in range(ROUNDS):
        child = pexpect.spawn(sys.executable, [*arguments], dimensions=(36, 120),
                              env={**os.environ, "TERM": "xterm-256color"})
        child.expect("assphrase", timeout=20)
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        figures.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000)
        child.terminate(force=True)
    return median(figures)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SMTUI_STATE": folder, "XDG_RUNTIME_DIR": folder}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # otherwise each start would compile every module
        vault = Path(folder) / "bench.vault"
        with smtui.create_vault(vault, PASSPHRASE) as made:
            made.client().create_secret(Name="a", SecretString="1")
        os.environ |= {"SMTUI_PASSPHRASE": PASSPHRASE, "SMTUI_VAULT": str(vault)}
        bare = cpu("-c", "pass")
        derivation = cpu("-c", DERIVE) - cpu("-c", DERIVE.rpartition("FileKeys.")[0])
        figures = {
            "bare interpreter": bare,
            "key derivation alone": derivation,
            "smtui --help": cpu("-m", "smtui", "--help"),
            "smtui get a": (get := cpu("-m", "smtui", "get", "a")),
            "smtui get a, derivation aside": get - derivation,
            "first frame of a minimal Textual app": first_frame("-c", MINIMAL),
            "first frame of the unlock screen": first_frame("-m", "smtui", "--vault", str(vault), "--allow-debug"),
        }
        with running_agent(Path(folder)):
            figures |= {f"smtui {' '.join(words)}, with an agent": cpu("-m", "smtui", *words)
                        for words in (("get", "a"), ("ls",), ("copy", "a"), ("exec", "A=a", "--", "true"))}
    tell(__file__, ["start", "CPU ms", "times a bare interpreter"],
         [[what, figure, figure / bare] for what, figure in figures.items()])


if __name__ == "__main__":
    main()
