"""The clipboard, with a fake tool that holds it in a file."""

from __future__ import annotations

import base64
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smtui.clipboard.backends import Osc52, TmuxBuffer, list_backends
from smtui.clipboard.clipboard import Clipboard, NoClipboardError
from smtui.clipboard.fingerprint import Fingerprint
from smtui.clipboard.watchdog import Watch
from tests.tui.conftest import FakeTool, MakeApp, Steady, until
from tests.waiting import LIMIT, wait_until_asleep

VALUE = b"hunter2-SECRET"
SOON = 0.3


def wait_for(clipboard: Clipboard) -> None:
    process = clipboard._watchdog._process
    assert process is not None
    process.wait(LIMIT)


def test_a_copy_says_by_which_way_and_for_how_long(tool: FakeTool) -> None:
    """The sentence names the tool and the time, and the value goes in by standard input alone."""
    clipboard = Clipboard()
    copied = clipboard.copy(VALUE, 30)

    assert copied.sentence == "Copied with xclip, clears in 30 s"
    assert tool.held == VALUE
    assert VALUE.decode() not in tool.arguments
    assert clipboard.clear()


def test_what_is_still_ours_is_cleared_in_time(tool: FakeTool) -> None:
    """The guard clears at the deadline, and ends."""
    clipboard = Clipboard()
    clipboard.copy(VALUE, SOON)
    wait_for(clipboard)

    assert tool.held == b""


def test_what_somebody_else_copied_is_kept(tool: FakeTool) -> None:
    """The deadline passes over another's copy."""
    clipboard = Clipboard()
    clipboard.copy(VALUE, SOON)
    tool.somebody_copies(b"theirs")
    wait_for(clipboard)

    assert tool.held == b"theirs"


COPY_AND_STAY = """
import sys
from smtui.clipboard.clipboard import Clipboard
clipboard = Clipboard(linger={linger})
clipboard.copy(sys.stdin.readline().strip().encode(), {seconds})
print(clipboard._watchdog._process.pid, flush=True)
sys.stdin.readline()
"""


class Copier:
    """Another program that copies by our clipboard and then waits to be ended."""

    def __init__(self, *, seconds: float = 600, linger: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COPY_AND_STAY.format(seconds=seconds, linger=linger)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(VALUE + b"\n")
        self.process.stdin.flush()
        self.guard = int(self.process.stdout.readline())
        self.end_of_watchdog = os.pidfd_open(self.guard)

    def end(self, number: int) -> None:
        self.process.send_signal(number)
        self.process.communicate()

    def wait_for_watchdog(self) -> None:
        assert select.select([self.end_of_watchdog], [], [], LIMIT)[0]
        os.close(self.end_of_watchdog)


needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for another's child")


@needs_pidfd
def test_the_guard_clears_after_a_program_that_was_killed(tool: FakeTool) -> None:
    """SIGKILL leaves nobody who could clear, except the guard, which does it at once."""
    copier = Copier()
    assert tool.held == VALUE
    copier.end(signal.SIGKILL)
    copier.wait_for_watchdog()

    assert tool.held == b""


@needs_pidfd
def test_the_guard_keeps_anothers_copy_after_a_program_that_was_killed(tool: FakeTool) -> None:
    """Also then it looks before it clears."""
    copier = Copier()
    tool.somebody_copies(b"theirs")
    copier.end(signal.SIGKILL)
    copier.wait_for_watchdog()

    assert tool.held == b"theirs"


@needs_pidfd
def test_a_command_that_ends_at_once_leaves_its_copy_for_its_time(tool: FakeTool) -> None:
    """With `linger` the end of the program clears nothing; the guard stays, and waits for the deadline."""
    copier = Copier(linger=True)
    copier.end(signal.SIGTERM)
    wait_until_asleep(copier.guard, lambda: False)

    assert tool.held == VALUE
    os.kill(copier.guard, signal.SIGKILL)
    copier.wait_for_watchdog()


@needs_pidfd
def test_the_deadline_clears_after_a_command_that_ended_at_once(tool: FakeTool) -> None:
    copier = Copier(seconds=1, linger=True)
    copier.end(signal.SIGTERM)
    copier.wait_for_watchdog()

    assert tool.held == b""


def test_a_command_told_never_to_clear_leaves_nobody_behind(tool: FakeTool) -> None:
    """0 seconds and an end at once: there is nothing to guard, so there is no guard."""
    clipboard = Clipboard(linger=True)
    copied = clipboard.copy(VALUE, 0)

    assert copied.sentence == "Copied with xclip"
    assert clipboard._watchdog._process is None


def test_without_a_limit_the_guard_clears_when_the_program_ends(tool: FakeTool) -> None:
    """`clipboard_timeout = 0` on a screen means: as long as smtui runs."""
    clipboard = Clipboard()
    clipboard.copy(VALUE, 0)
    process = clipboard._watchdog._process
    assert process is not None
    assert clipboard.count_seconds_left() == 0
    clipboard._watchdog.leave()
    process.wait(LIMIT)

    assert tool.held == b""


@needs_pidfd
def test_nobody_learns_the_value_from_the_watchdog(tool: FakeTool) -> None:
    """Neither its command line nor its environment nor what it is told holds the value."""
    copier = Copier()
    proc = Path(f"/proc/{copier.guard}")
    message = Watch(["xclip"], Fingerprint.make(VALUE), 30).to_line()

    assert VALUE not in (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes() + message.encode()

    copier.end(signal.SIGKILL)
    copier.wait_for_watchdog()


def test_a_new_copy_has_its_own_time(tool: FakeTool, monotonic: Steady) -> None:
    """The countdown starts again with the second copy, and its guard is told the second seal."""
    clipboard = Clipboard(monotonic=monotonic)
    clipboard.copy(VALUE, 30)
    monotonic.seconds += 20
    clipboard.copy(b"another", 30)

    assert clipboard.count_seconds_left() == 30
    assert clipboard.clear()
    assert tool.held == b""


def test_clearing_by_hand_keeps_anothers_copy(tool: FakeTool) -> None:
    """`clear` answers whether there was something of ours."""
    clipboard = Clipboard()
    clipboard.copy(VALUE, 30)
    tool.somebody_copies(b"theirs")

    assert not clipboard.clear()
    assert tool.held == b"theirs"


def test_a_tool_that_lies_is_passed_over(tool: FakeTool, tmp_path: Path) -> None:
    """A tool that answers "done" and keeps nothing, as xclip does on a dead display, counts as failed."""
    (tmp_path / "bin" / "xclip").write_text("#!/bin/sh\nexit 0\n")
    sent: list[str] = []
    copied = Clipboard(sent.append).copy(VALUE, 30)

    assert copied.backend == "OSC 52"
    assert sent == [f"\x1b]52;c;{base64.b64encode(VALUE).decode()}\x07"]
    assert "cannot be verified" in copied.sentence


def test_without_any_way_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display, no tmux, no OSC 52: a sentence with advice, and no value in it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NoClipboardError) as refused:
        Clipboard().copy(VALUE, 30)

    assert "xclip" in refused.value.hint
    assert VALUE.decode() not in f"{refused.value!r} {refused.value.hint}"


def test_a_tool_that_complains_does_not_write_on_the_screen(
    tool: FakeTool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody else asks the same tool again, so its error never reaches the terminal."""
    (tmp_path / "bin" / "xclip").write_text("#!/bin/sh\necho cannot open display >&2\nexit 1\n")
    with pytest.raises(NoClipboardError):
        Clipboard().copy(VALUE, 30)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("environ", "kinds"),
    [
        ({}, [Osc52]),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, [TmuxBuffer, Osc52]),
        ({"SSH_TTY": "/dev/pts/1"}, [Osc52]),
        ({"SSH_TTY": "/dev/pts/1", "TMUX": "x", "DISPLAY": ":0"}, [TmuxBuffer, Osc52]),
    ],
)
def test_the_order_of_the_ways(environ: dict[str, str], kinds: list[type]) -> None:
    """Over SSH no local tool is asked: it would fill the clipboard of the wrong machine."""
    assert [type(way) for way in list_backends(print, environ)] == kinds


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., bytes]]:
    """A tmux of our own, in which we are; gives a way to ask it."""
    socket = tmp_path / "tmux"

    def ask(*command: str) -> bytes:
        return subprocess.run(["tmux", "-S", str(socket), "-f", "/dev/null", *command], capture_output=True).stdout

    ask("new-session", "-d", "sleep", "60")
    monkeypatch.setenv("TMUX", f"{socket},1,0")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    yield ask
    ask("kill-server")


@pytest.mark.skipif(not shutil.which("tmux"), reason="asks tmux")
def test_inside_tmux_over_ssh(tmux: Callable[..., bytes]) -> None:
    """A buffer of tmux's own holds the value and is gone in time; the sentence says what tmux cannot promise."""
    clipboard = Clipboard()
    copied = clipboard.copy(VALUE, SOON)
    assert copied.sentence.endswith("Your terminal may keep a copy.")
    assert tmux("show-buffer") == VALUE
    wait_for(clipboard)

    assert tmux("list-buffers") == b""


def test_osc52_can_be_switched_off() -> None:
    """Without a terminal to write to it is no way."""
    assert not any(isinstance(way, Osc52) for way in list_backends(None, {"SSH_TTY": "x"}))


async def test_the_footer_counts_down_and_y_clears(tool: FakeTool, app: MakeApp, monotonic: Steady) -> None:
    """After a copy the seconds are on the screen; Y empties the clipboard and takes them away."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        await running.copy("hunter2", "prod/db")
        monotonic.seconds += 12
        await running.tick()
        await pilot.pause()
        assert running.clears_in == 18
        await pilot.press("Y")
        await running.workers.wait_for_complete()

        assert tool.held == b""
        assert running.clears_in == 0


async def test_a_field_pastes_no_longer_than_the_clipboard_holds(
    tool: FakeTool, app: MakeApp, monotonic: Steady
) -> None:
    """Ctrl+C in a field copies by our way too, and what Ctrl+V would paste goes when the time is up."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        running.copy_to_clipboard("hunter2")
        await until(pilot, lambda: running.clears_in)
        assert (running.inner_clipboard, tool.held) == ("hunter2", b"hunter2")
        monotonic.seconds += 30
        await running.tick()

        assert running.inner_clipboard == ""


async def test_lock_and_quit_clear_the_clipboard(tool: FakeTool, app: MakeApp) -> None:
    """What was copied does not outlive the session, nor does what Ctrl+V would paste."""
    running = app()
    async with running.run_test(size=(80, 24)) as pilot:
        running.inner_clipboard = "hunter2"
        await running.copy("hunter2", "prod/db")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: tool.held == b"")
        assert running.inner_clipboard == ""
