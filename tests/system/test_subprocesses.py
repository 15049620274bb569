"""What a child process gets from us: three descriptors and no variable of ours, on every road that starts one."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import smtui
from smtui.clipboard.backends import TOOLS
from smtui.clipboard.fingerprint import Fingerprint
from smtui.clipboard.watchdog import Watch, Watchdog
from smtui.editor.program import edit
from smtui.editor.temp_file import create_temporary_file, find_location
from smtui.passphrase import strength
from smtui.system import inheritance
from tests.conftest import PASSPHRASE

PACKAGE = Path(smtui.__file__).parent
ROOT = PACKAGE.parent
STARTERS = {
    "subprocess": {"Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
    "os": {
        "fork", "forkpty", "system", "popen", "posix_spawn", "posix_spawnp", "startfile",
        *(f"{kind}{form}" for kind in ("exec", "spawn") for form in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    },
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "pty": {"fork", "spawn"},
}  # fmt: skip
STARTING_MODULES = {"multiprocessing", "concurrent.futures.process", "pty", "webbrowser"}


def starts_in(source: str) -> Iterator[str]:
    """Calls and imports that start a process, as they are written; types and exceptions of `subprocess` are none."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)):
                if name in STARTERS.get(module, ()):
                    yield f"{module}.{name}"
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{each.name}" for each in names if each.name in STARTERS.get(module, ()))
                if module in STARTING_MODULES:
                    yield module
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name in STARTING_MODULES or each.asname == "sp")


def test_one_module_starts_every_process() -> None:
    """Whoever starts one elsewhere would have to know the rule, and one day does not. `freed_memory` starts none: the
    same process begins anew."""
    found = {str(path.relative_to(PACKAGE)): set(starts_in(path.read_text())) for path in PACKAGE.rglob("*.py")}

    assert {name for name, starts in found.items() if starts} == {
        "system/subprocesses.py", "system/inheritance.py", "system/freed_memory.py"}


@pytest.mark.parametrize("source", [
    "import subprocess\nsubprocess.Popen(['x'])", "from subprocess import run", "import os\nos.execve('x', [], {})",
    "import asyncio\nasyncio.create_subprocess_exec('x')", "import multiprocessing", "import os\nos.posix_spawn('x')",
])  # fmt: skip
def test_the_search_finds_what_it_looks_for(source: str) -> None:
    assert list(starts_in(source))


# Each road, with a program that tells what it got.

TELL = f"#!{sys.executable}\n" + """
import json, os, sys
names = [name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
found = json.dumps({"descriptors": sorted(map(int, names)), "variables": sorted(os.environ)})
with open(%r, "a") as file:
    file.write(found + "\\n")
"""
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class StartedPrograms:
    """What the programs told that were started."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "told"
        self.program = folder / "bin" / "xclip"
        self.program.parent.mkdir()
        self.program.write_text(TELL % str(self._file))
        self.program.chmod(0o755)

    def must_be_clean(self, *meant: str) -> None:
        """No descriptor but three, no variable of ours but those that are meant."""
        lines = self._file.read_text().splitlines()
        assert lines
        for line in lines:
            report = json.loads(line)
            assert report["descriptors"] == [0, 1, 2]
            assert {name for name in report["variables"] if name.startswith("SMTUI_")} == set(meant)


@pytest.fixture
def started_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartedPrograms]:
    """With everything around that must not get through: an inheritable descriptor of a file, and variables."""
    there = StartedPrograms(tmp_path)
    monkeypatch.setenv("PATH", f"{there.program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":99")
    for name in ("PASSPHRASE", "PASSPHRASE_FILE", "AGENT", "VAULT", "ANYTHING_NEW"):
        monkeypatch.setenv(f"SMTUI_{name}", "hunter2")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    descriptor = os.open(passphrase, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    yield there
    os.close(descriptor)


@needs_proc
def test_clipboard_tools(started_programs: StartedPrograms) -> None:
    TOOLS["xclip"].put(b"value")
    TOOLS["xclip"].read()

    started_programs.must_be_clean()


@needs_proc
def test_an_editor(started_programs: StartedPrograms, tmp_path: Path) -> None:
    assert edit(tmp_path / "file", [str(started_programs.program)]) == 0

    started_programs.must_be_clean()


@needs_proc
def test_modules_of_ours(started_programs: StartedPrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the clipboard, the sweeper behind an editor, the estimate of a passphrase."""
    monkeypatch.setattr(sys, "executable", str(started_programs.program))

    guard = Watchdog()
    guard.watch(Watch(["xclip"], Fingerprint.make(b"value"), 30))
    assert guard._process is not None
    guard._process.wait(60)
    started_programs.must_be_clean()
    with create_temporary_file(b"value", "value.txt", find_location()):
        pass
    assert strength.estimate_strength(b"correct horse") is None
    estimator = strength.Estimator()
    estimator.estimate_bits("correct horse")
    estimator.close()

    started_programs.must_be_clean()


# The command that takes our place.

CHEAP = (
    "import sys; from smtui.vault import kdf; from smtui.cli.main import main; kdf.PROFILES = {n: "
    "kdf.Profile(memory_cost=64, iterations=1, lanes=1) for n in kdf.PROFILES}; sys.exit(main(sys.argv[1:]))"
)


@pytest.fixture
def vault_file(tmp_path: Path, cheap_kdf: None) -> Path:
    path = tmp_path / "exec.vault"
    with smtui.create_vault(path, passphrase=PASSPHRASE) as vault:
        vault.client().create_secret(Name="x", SecretString="value")
    return path


PASSED_ON = {"SMTUI_VAULT", "SMTUI_CONFIG", "SMTUI_STATE"}


def run_exec(
    vault_file: Path, options: list[str], command: list[str], *, keep: int | None = None,
    stdin: int = subprocess.DEVNULL, pass_fds: tuple[int, ...] = (), **variables: str,
) -> subprocess.CompletedProcess[str]:
    """`smtui OPTIONS exec [--keep-fd KEEP] x -- COMMAND`; descriptors of `pass_fds` are open in smtui."""
    words = [*options, "exec", *(["--keep-fd", str(keep)] if keep else []), "x", "--", *command]
    environ = {"PYTHONPATH": str(ROOT), "SMTUI_VAULT": str(vault_file), "SMTUI_STATE": os.environ["SMTUI_STATE"]}
    return subprocess.run(
        [sys.executable, "-c", CHEAP, *words], env={**os.environ, **environ, **variables}, text=True, timeout=600,
        capture_output=True, stdin=stdin, pass_fds=pass_fds, check=False,
    )  # fmt: skip


def opened_on(path: Path, content: str) -> int:
    path.write_text(content)
    return os.open(path, os.O_RDONLY)


@needs_proc
def test_exec_keeps_the_passphrases_descriptor_to_itself(vault_file: Path, tmp_path: Path) -> None:
    """Nor does another descriptor get through that is not meant for the command, which has all else of ours."""
    passphrase = opened_on(tmp_path / "passphrase", PASSPHRASE)
    other = opened_on(tmp_path / "other", "other")
    again = os.dup(passphrase)
    for named in (f"/proc/self/fd/{passphrase}", f"/dev/fd/{passphrase}", f"/dev/fd/{again}"):
        os.lseek(passphrase, 0, os.SEEK_SET)
        done = run_exec(vault_file, ["--passphrase-fd", str(passphrase)], ["cat", named],
                        pass_fds=(passphrase, again, other))
        assert done.returncode != 0, named
        assert PASSPHRASE not in done.stdout + done.stderr
    os.lseek(passphrase, 0, os.SEEK_SET)
    script = f"cat /proc/self/fd/{passphrase} /proc/self/fd/{other}; ls /proc/self/fd; env"
    done = run_exec(vault_file, ["--passphrase-fd", str(passphrase)], ["sh", "-c", script],
                    pass_fds=(passphrase, other), SMTUI_PASSPHRASE="hunter2", SMTUI_PASSPHRASE_FILE="/hunter2",
                    SMTUI_ANYTHING_NEW="hunter2")

    lines = done.stdout.splitlines()
    assert lines[:4] == ["0", "1", "2", "3"]  # the last one lists them
    assert PASSPHRASE not in done.stdout
    assert "hunter2" not in done.stdout
    assert "x=value" in lines
    assert f"SMTUI_VAULT={vault_file}" in lines
    assert {line.partition("=")[0] for line in lines if line.startswith("SMTUI_")} == PASSED_ON


@needs_proc
@pytest.mark.parametrize("by", ["descriptor", "file"])
def test_exec_keeps_a_passphrase_at_standard_input_to_itself(vault_file: Path, tmp_path: Path, by: str) -> None:
    """Where a file is standard input, what is behind the passphrase is the command's, and the passphrase is not."""
    rest = "and the rest\n" if by == "descriptor" else ""
    stdin = opened_on(tmp_path / "input", f"{PASSPHRASE}\n{rest}")
    way = {"SMTUI_PASSPHRASE_FILE": "/dev/stdin"} if by == "file" else {}
    done = run_exec(vault_file, ["--passphrase-fd", "0"] if not way else [], ["sh", "-c", "cat; cat /proc/self/fd/0"],
                    stdin=stdin, **way)

    assert done.returncode == 0, done.stderr
    assert done.stdout == rest * 2


@needs_proc
def test_exec_hands_on_what_is_meant_for_the_command(vault_file: Path, tmp_path: Path) -> None:
    """What a shell puts into the arguments for `<(command)`, and what is asked for."""
    other = opened_on(tmp_path / "other", "other\n")
    way = {"SMTUI_PASSPHRASE": PASSPHRASE}

    named = run_exec(vault_file, [], ["cat", f"/dev/fd/{other}"], pass_fds=(other,), **way)
    kept = run_exec(vault_file, [], ["sh", "-c", f"cat /proc/self/fd/{other}"], keep=other, pass_fds=(other,), **way)
    refused = run_exec(vault_file, ["--passphrase-fd", str(other)], ["true"], keep=other, pass_fds=(other,))

    assert (named.stdout, kept.stdout) == ("other\n", "other\n"), named.stderr + kept.stderr
    assert (refused.returncode, "--keep-fd" in refused.stderr) == (2, True)


def test_open_descriptors_are_found_where_the_system_does_not_list_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container without /proc: those that are closed are left alone."""
    def listdir(path: str) -> list[str]:
        raise FileNotFoundError(path)

    reading, writing = os.pipe()
    monkeypatch.setattr(os, "listdir", listdir)
    found = inheritance._list_open_descriptors()
    monkeypatch.undo()
    os.close(writing)

    assert {0, 1, 2, reading, writing} <= set(found)
    assert all(isinstance(os.get_inheritable(each), bool) for each in found if each != writing)
    os.close(reading)
