"""What the process does for its own privacy, seen from outside: in children, and in a real terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

import smtui
from smtui.system.hardening import describe_incident, remove_textual_variables
from smtui.tui.start import refuse
from tests.prepared_vault import PYTHONPATH, ROOT
from tests.waiting import LIMIT

ENVIRONMENT = {**os.environ, "PYTHONPATH": PYTHONPATH}
SECRET = "hunter2-SECRET"


def run(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**ENVIRONMENT, **environ}, timeout=LIMIT,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_a_hardened_process_leaves_no_core_and_lets_nobody_look() -> None:
    """No core files, memory closed to the user's other programs, new files for the owner only."""
    done = run(
        "import ctypes, os, resource; from smtui.system.hardening import harden; harden()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3), oct(os.umask(0)))"
    )

    assert done.stdout.split("\n")[0] == "(0, 0) 0 0o77"


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_a_debugger_can_be_let_in_on_purpose() -> None:
    """`--allow-debug` leaves the process dumpable; the rest stays."""
    done = run(
        "import ctypes, os; from smtui.system.hardening import harden; harden(allow_debug=True)\n"
        "print(ctypes.CDLL(None).prctl(3), oct(os.umask(0)))"
    )

    assert done.stdout == "1 0o77\n"


def test_textuals_switches_are_taken_away_and_looks_are_left() -> None:
    """A log of every key, a script of keys, pictures: none can be ordered by the environment."""
    environ = {"TEXTUAL_LOG": "x", "TEXTUAL_PRESS": "q", "TEXTUAL_SCREENSHOT": "1", "TEXTUAL": "debug,devtools",
               "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_COLOR_SYSTEM": "256", "HOME": "/h"}  # fmt: skip
    remove_textual_variables(environ)

    assert set(environ) == {"TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "HOME"}


def test_hardening_comes_before_textual() -> None:
    """Textual reads its switches when it is imported."""
    modules = "smtui.system.hardening, smtui.tui.start, smtui.system.settings"
    done = run(f"import sys, {modules}; print('textual' in sys.modules)")

    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    "breaking",
    [
        "raise RuntimeError(plaintext)",
        "import threading; t = threading.Thread(target=lambda: {}[plaintext]); t.start(); t.join()",
        "class Bad:\n    def __del__(self): raise RuntimeError(plaintext)\nBad()",
    ],
)
def test_no_traceback_and_no_value_on_the_way_down(breaking: str) -> None:
    """Whatever breaks, in whatever thread: one line with an id."""
    done = run(f"from smtui.system.hardening import harden; harden()\nplaintext = '{SECRET}'\n{breaking}")

    assert SECRET not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert "Include this ID" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_incident_says_where_and_nothing_of_what() -> None:
    """The id is the kind of error and the place in our code."""
    try:
        remove_textual_variables({SECRET: SECRET, "TEXTUAL_X": 1}.keys())  # type: ignore[arg-type]
    except TypeError as error:
        sentence = describe_incident(error)

    assert sentence.rsplit(": ", 1)[1].startswith("TypeError-hardening-")
    assert SECRET not in sentence


class Screens:
    """smtui in a terminal of its own."""

    def __init__(self, home: Path, *arguments: str, **environ: str) -> None:
        self.child = pexpect.spawn(
            sys.executable, ["-m", "smtui", *arguments], dimensions=(24, 80), timeout=LIMIT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "HOME": str(home),
                 "TERM": "xterm-256color", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none", **environ},
        )  # fmt: skip
        self.child.delaybeforesend = None

    def type(self, text: bytes) -> None:
        """Key by key, as a hand does: of what arrives in one piece the terminal's reader keeps a copy."""
        self.child.delaybeforesend = 0.03
        for byte in text:
            self.child.send(bytes([byte]))
        self.child.delaybeforesend = None

    def end(self) -> bytes:
        """What it still says after the last thing expected."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return bytes(self.child.before or b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    """Alternate screen, hidden cursor and mouse reporting end with the program."""
    screens = Screens(tmp_path)
    screens.child.expect("Create a vault")
    screens.child.kill(number)
    left = screens.end()

    assert b"\x1b[?1049l" in left
    assert b"\x1b[?25h" in left
    assert b"\x1b[?1000l" in left
    assert b"Traceback" not in left
    assert screens.child.exitstatus == 128 + number


def test_a_terminal_that_goes_away_ends_the_program(tmp_path: Path) -> None:
    """Nothing can be written any more, and nobody is there: locked, and gone, instead of waiting for ever."""
    screens = Screens(tmp_path)
    screens.child.expect("Create a vault")
    os.close(screens.child.child_fd)
    _, status = os.waitpid(screens.child.pid, 0)
    screens.child.closed = screens.child.terminated = True

    # Python itself ends with 120 where it cannot flush what it printed.
    assert os.waitstatus_to_exitcode(status) in (128 + signal.SIGHUP, 120)


def test_a_typed_passphrase_is_in_no_log(tmp_path: Path) -> None:
    """With Textual's log ordered by the environment, no file appears and nothing typed is echoed."""
    screens = Screens(tmp_path, TEXTUAL_LOG=str(tmp_path / "log"), TEXTUAL_DEBUG="1")
    screens.child.expect("Create a vault")
    screens.child.send(SECRET)
    screens.child.expect(f"  {len(SECRET)}")
    seen = bytes(screens.child.before or b"")
    screens.child.send("\x11")

    assert SECRET.encode() not in seen + screens.end()
    assert not (tmp_path / "log").exists()


def copies(pid: int, text: bytes) -> int:
    """How often the memory of a process holds `text`."""
    found = 0
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            start, end = (int(number, 16) for number in place.split("-"))
            if rights.startswith("r"):
                try:
                    memory.seek(start)
                    found += memory.read(end - start).count(text)
                except (OSError, ValueError, OverflowError):
                    continue  # the kernel's own pages
    return found


LONG = b"Zq7vK-wombat-fjord-93xT"
TWO_THIRDS = LONG[: len(LONG) * 2 // 3]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_passphrase_is_in_memory_once_and_then_not_at_all(tmp_path: Path) -> None:
    """Neither keys nor widgets leave copies behind, not even of two thirds of it."""
    screens = Screens(tmp_path, "--allow-debug")
    screens.child.expect("Create a vault")
    screens.type(LONG)
    screens.child.expect(f"  {len(LONG)}")
    pid = screens.child.pid
    assert copies(pid, TWO_THIRDS) == 1
    screens.child.send("\x15")
    screens.child.expect("Passphrase")
    left = copies(pid, TWO_THIRDS)
    screens.child.send("\x11")
    screens.end()

    assert left == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_of_the_passphrase_is_left_after_the_lock(tmp_path: Path) -> None:
    """Unlock and lock, then search the whole memory of the process. The key is derived at the real cost."""
    smtui.create_vault(tmp_path / "a.vault", bytearray(LONG)).close()
    screens = Screens(tmp_path, "--allow-debug", "--vault", str(tmp_path / "a.vault"), PYTHONPATH=str(ROOT))
    screens.child.expect("Forgot it")
    screens.type(LONG)
    screens.child.send("\r")
    screens.child.expect("0 secrets")
    screens.child.send("\x0c")
    screens.child.expect("Forgot it")
    left = copies(screens.child.pid, TWO_THIRDS)
    screens.child.send("\x11")
    screens.end()

    assert left == 0


CRASHING = """
import sys
from smtui.system.hardening import harden
harden()
from pathlib import Path
from smtui.tui.app import SmtuiApp
class Broken(SmtuiApp):
    def action_help(self):
        plaintext = "hunter2" + "-SECRET"
        {how}
    async def die(self, plaintext):
        raise RuntimeError(plaintext)
app = Broken(Path(sys.argv[1]))
app.run()
sys.exit(app.return_code)
"""


@pytest.mark.parametrize("how", ["raise RuntimeError(plaintext)", "self.run_worker(self.die(plaintext))"])
def test_a_crash_prints_one_sentence(tmp_path: Path, how: str) -> None:
    """Neither the traceback nor a local variable reaches the terminal, and the exit code says that it failed."""
    script = tmp_path / "broken.py"
    script.write_text(CRASHING.format(how=how))
    child = pexpect.spawn(
        sys.executable, [str(script), str(tmp_path / "a.vault")],
        dimensions=(24, 80), timeout=LIMIT, env={**ENVIRONMENT, "TERM": "xterm-256color"},
    )  # fmt: skip
    child.expect("Create a vault")
    child.send("\x1bOP")
    child.expect(pexpect.EOF)
    child.close()
    said = child.before.decode()

    assert SECRET not in said
    assert "Traceback" not in said
    assert "Include this ID in a report: RuntimeError-" in said
    assert child.exitstatus == 1


@pytest.mark.parametrize(
    ("environ", "terminal", "says"),
    [
        ({"TERM": "xterm"}, False, "need a terminal"),
        ({"TERM": "dumb"}, True, "TERM is dumb"),
        ({}, True, "TERM is dumb or not set"),
        ({"TERM": "vt100"}, True, ""),
    ],
)
def test_where_no_screen_can_be_shown_commands_are_named(environ: dict[str, str], terminal: bool, says: str) -> None:
    """Textual would start anyway, and without a terminal on its input spin for ever."""
    answer = refuse(environ, terminal)

    assert says in answer
    assert bool(answer) == bool(says)
    assert not answer or "smtui --help" in answer


def test_a_pipe_is_refused_with_the_exit_code_for_usage() -> None:
    """One line on standard error, nothing on standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "smtui"], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENVIRONMENT,
        timeout=LIMIT,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_no_colour_means_none(tmp_path: Path) -> None:
    """With NO_COLOR not one colour is sent, neither of sixteen nor of millions."""
    screens = Screens(tmp_path, NO_COLOR="1")
    screens.child.expect("Create a vault")
    seen = bytes(screens.child.before or b"")
    screens.child.send("\x11")
    seen += screens.end()

    assert b"38;" not in seen
    assert b"48;" not in seen
    assert not [code for code in (*range(31, 38), *range(41, 48), *range(90, 108)) if b"\x1b[%dm" % code in seen]
