"""Every copy that was put anywhere is known until it is cleared: by each way, in a row, by several programs.

The tools are fakes that keep what they are given in a file and note their arguments, but for tmux, which is real.
"""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smtui.clipboard import backends
from smtui.clipboard.backends import EMPTY_COPY, ClipboardUnresponsiveError, Pyperclip, Tool, find_backend, is_windows
from smtui.clipboard.clipboard import Clipboard, NoClipboardError
from smtui.clipboard.fingerprint import Fingerprint
from smtui.clipboard.own_terminal import write_to
from smtui.clipboard.watchdog import Watch
from smtui.system.settings import Settings
from smtui.tui.app import SmtuiApp
from tests.tui.conftest import FakeTool, MakeApp, Steady, until

ONE, TWO = b"hunter2-SECRET", b"*******-SECRET"
SOON = 0.3
PATIENCE = 300
ROOT = Path(__file__).parents[2]


def wait_until(is_so: Callable[[], object]) -> None:
    """For other processes; fails after minutes, so that a slow machine is no fault."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


FAKE = """#!{python}
import os, sys
name, arguments = os.path.basename(sys.argv[0]), sys.argv[1:]
with open({called!r}, "a") as called:
    called.write(" ".join([name, *arguments]) + "\\n")
held = {held!r}
if name in ("wl-paste", "pbpaste") or "-o" in arguments or "--output" in arguments:
    if not os.path.exists(held):
        sys.exit(1)
    sys.stdout.buffer.write(open(held, "rb").read())
elif name == "powershell.exe":
    import base64
    sys.stdout.buffer.write(base64.b64encode(open(held, "rb").read()))
elif "--clear" in arguments or "--delete" in arguments:
    open(held, "w").close()
else:
    data = sys.stdin.buffer.read()
    if name == "clip.exe":
        data = data.decode("utf-16-le").encode()
    open(held + ".new", "wb").write(data)
    os.rename(held + ".new", held)
"""


class Tools:
    """Fakes of the given names, which are all the tools there are."""

    def __init__(self, folder: Path, *names: str) -> None:
        self._held = folder / "held"
        self._called = folder / "called"
        self.bin = folder / "tools"
        self.bin.mkdir()
        for name in names:
            tool = self.bin / name
            tool.write_text(FAKE.format(python=sys.executable, called=str(self._called), held=str(self._held)))
            tool.chmod(0o755)

    @property
    def held(self) -> bytes:
        return self._held.read_bytes() if self._held.exists() else b""

    @property
    def calls(self) -> str:
        return self._called.read_text() if self._called.exists() else ""


BACKENDS: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "Wayland": (("wl-copy", "wl-paste"), {"WAYLAND_DISPLAY": "wayland-0"}, "linux"),
    "X11 with xclip": (("xclip",), {"DISPLAY": ":99"}, "linux"),
    "X11 with xsel": (("xsel",), {"DISPLAY": ":99"}, "linux"),
    "macOS": (("pbcopy", "pbpaste"), {}, "darwin"),
    "WSL": (("clip.exe", "powershell.exe"), {}, "linux"),
}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """One of them, with KDE's klipper beside it, which nobody may ask."""
    names, environ, platform = BACKENDS[request.param]
    tools = Tools(tmp_path, *names, "klipper", "qdbus")
    monkeypatch.setenv("PATH", str(tools.bin))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    if request.param == "WSL":
        import pyperclip

        copy, paste = pyperclip.init_wsl_clipboard()
        monkeypatch.setattr(backends, "is_windows", lambda: True)
        monkeypatch.setattr(pyperclip, "copy", copy)
        monkeypatch.setattr(pyperclip, "paste", paste)
    return tools


def test_two_copies_by_each_backend(backend: Tools) -> None:
    """The second takes the place of the first, clearing leaves nothing, and no value is ever an argument."""
    clipboard = Clipboard()
    clipboard.copy(ONE, 600)
    clipboard.copy(TWO, 600)
    assert backend.held == TWO
    cleared = clipboard.clear()

    assert (bool(cleared), cleared.sentence) == (True, "The clipboard is empty.")
    assert backend.held == b""
    assert "SECRET" not in backend.calls
    assert "qdbus" not in backend.calls
    assert clipboard.clear().sentence == "The clipboard holds nothing that was copied in this session."


@pytest.mark.parametrize(("environ", "missing"), [
    ({"WAYLAND_DISPLAY": "wayland-0"}, "install wl-clipboard"),
    ({"DISPLAY": ":99"}, "xclip and xsel are missing"),
    ({"SSH_TTY": "/dev/pts/9", "DISPLAY": ":99"}, "Over SSH, run smtui inside tmux"),
    ({"DISPLAY": ":99", "TMUX": "/nowhere,1,0"}, "turn OSC 52 on"),
    ({}, "There is no display"),
])  # fmt: skip
def test_where_there_is_no_tool_it_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], missing: str
) -> None:
    """KDE's klipper is no way: what it copies stands on the command line of qdbus."""
    tools = Tools(tmp_path, "klipper", "qdbus")
    environ = {"PATH": str(tools.bin), **environ}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NoClipboardError) as refused:
        Clipboard(environ=environ).copy(ONE, 30)

    assert missing in refused.value.hint
    assert tools.calls == ""


def test_pyperclip_is_for_windows_alone(tmp_path: Path) -> None:
    version = tmp_path / "version"
    version.write_text("Linux version 6.6.87.2-microsoft-standard-WSL2 (root@buildhost)")

    assert is_windows(version)
    assert not is_windows(tmp_path / "absent")
    version.write_text("Linux version 6.18.5 (gcc)")
    assert not is_windows(version)
    assert isinstance(find_backend(["pyperclip"]), Pyperclip)


def test_a_tool_that_cannot_be_read_back_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """wl-copy without wl-paste: what nobody could look after is taken away again, and another way is used."""
    tools = Tools(tmp_path, "wl-copy")
    monkeypatch.setenv("PATH", str(tools.bin))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(NoClipboardError):
        Clipboard().copy(ONE, 30)

    assert tools.held == b""


@pytest.mark.parametrize("does", ["hangs", "alters"])
def test_a_tool_that_does_not_do_as_it_should_keeps_nothing(
    tool: FakeTool, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    """It has the copy and does not end, or adds a line break to it: what nobody would know of is taken away again."""
    real = Tool.put

    def put(self: Tool, data: bytes) -> None:
        real(self, data + b"\r\n" if does == "alters" else data)
        if does == "hangs":
            raise ClipboardUnresponsiveError(self.name)

    monkeypatch.setattr(Tool, "put", put)
    with pytest.raises(NoClipboardError):
        Clipboard().copy(ONE, 30)

    assert tool.held == b""


def test_copies_by_two_ways_are_both_cleared(tool: FakeTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first by xclip, the second by OSC 52 since xclip does not answer any more for a while."""
    sent: list[str] = []
    clipboard = Clipboard(sent.append)
    clipboard.copy(ONE, 600)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        clipboard.copy(TWO, 600)
    assert tool.held == ONE
    cleared = clipboard.clear()

    assert tool.held == b""
    assert sent[1:] == [EMPTY_COPY]
    assert "cannot be verified" in cleared.sentence


def test_what_does_not_answer_stays_known(tool: FakeTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Y says so and tries again; it never says that the clipboard is empty while nobody knows."""
    clipboard = Clipboard()
    clipboard.copy(ONE, 600)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        cleared = clipboard.clear()
    assert (cleared.has_failed, "may still hold" in cleared.sentence) == (True, True)
    assert clipboard.clear().sentence in (
        "The clipboard is empty.", "The clipboard holds nothing that was copied in this session.")  # the guard's try
    assert tool.held == b""


def test_the_guard_looks_after_several_ways(tool: FakeTool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second copy by another way does not take the first from the guard."""
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    found = Path(path).stat()
    spec = ["OSC 52", path, str(found.st_rdev), str(found.st_ctime_ns)]
    clipboard = Clipboard()
    clipboard.copy(ONE, 600)
    clipboard._watchdog.watch(Watch(spec, Fingerprint.make(TWO), 600))
    clipboard._watchdog.leave()  # as the end of the program does

    wait_until(lambda: tool.held == b"")
    assert os.read(master, 100) == EMPTY_COPY.encode()
    os.close(slave)
    os.close(master)


def test_a_copy_just_as_the_guard_ends_is_looked_after(tool: FakeTool) -> None:
    """A guard that is ending takes no more lines, and whoever writes one starts another."""
    clipboard = Clipboard()
    for _ in range(5):
        clipboard.copy(ONE, 0.05)
        wait_until(lambda: tool.held == b"")
        clipboard.copy(TWO, 0.05)
        wait_until(lambda: tool.held == b"")


def test_the_end_of_the_desktops_session_clears(tool: FakeTool) -> None:
    """SIGTERM to the guard: there may be nobody left at the deadline."""
    clipboard = Clipboard()
    clipboard.copy(ONE, 600)
    clipboard.copy(ONE, 600)  # answered, so the guard is ready for a signal
    process = clipboard._watchdog._process
    assert process is not None
    process.send_signal(signal.SIGTERM)

    wait_until(lambda: tool.held == b"")


# tmux.

pytestmark_tmux = pytest.mark.skipif(not shutil.which("tmux"), reason="asks tmux")
COPY = """
import sys
from smtui.clipboard.clipboard import Clipboard
clipboard = Clipboard(linger={linger})
for line in sys.stdin:
    print(clipboard.copy(line.strip().encode(), {seconds}).backend, flush=True)
"""


class Copier:
    """Another program that copies what it is told."""

    def __init__(self, *, seconds: float, linger: bool) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COPY.format(seconds=seconds, linger=linger)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def copy(self, data: bytes) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == b"tmux\n"

    def end(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.communicate()


@pytest.fixture
def buffers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bytes]]:
    """A tmux of our own, in which we are; what all of its buffers hold."""
    socket = tmp_path / "tmux"

    def ask(*command: str) -> bytes:
        return subprocess.run(["tmux", "-S", str(socket), "-f", "/dev/null", *command], capture_output=True).stdout

    def contents() -> bytes:
        names = ask("list-buffers", "-F", "#{buffer_name}").split()
        return b"\n".join(ask("show-buffer", "-b", name.decode()) for name in names)

    ask("new-session", "-d", "sleep", "600")
    monkeypatch.setenv("TMUX", f"{socket},1,0")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    yield contents
    ask("kill-server")


@pytestmark_tmux
def test_two_copies_in_tmux_leave_no_buffer(buffers: Callable[[], bytes]) -> None:
    clipboard = Clipboard()
    clipboard.copy(ONE, 600)
    clipboard.copy(TWO, 600)
    assert buffers() == TWO

    assert clipboard.clear().sentence == "The clipboard is empty. Your terminal may keep a copy."
    assert buffers() == b""


@pytestmark_tmux
def test_two_copies_in_tmux_are_gone_in_time(buffers: Callable[[], bytes]) -> None:
    clipboard = Clipboard()
    clipboard.copy(ONE, SOON)
    clipboard.copy(TWO, SOON)

    wait_until(lambda: buffers() == b"")


@pytestmark_tmux
def test_two_copies_in_tmux_are_gone_after_a_kill(buffers: Callable[[], bytes]) -> None:
    copier = Copier(seconds=600, linger=False)
    copier.copy(ONE)
    copier.copy(TWO)
    assert buffers() == TWO
    copier.end()

    wait_until(lambda: buffers() == b"")


@pytestmark_tmux
def test_copies_of_several_programs_in_tmux(buffers: Callable[[], bytes]) -> None:
    """Two commands in a row, then the screens: each guard clears what is its own, and nothing is left."""
    for value in (b"by a command", b"by another"):
        command = Copier(seconds=1, linger=True)
        command.copy(value)
        command.end(signal.SIGTERM)
    clipboard = Clipboard()
    clipboard.copy(ONE, 600)
    assert buffers() == ONE
    clipboard.clear()

    assert buffers() == b""


@pytestmark_tmux
def test_a_command_leaves_its_copy_in_tmux_for_its_time(buffers: Callable[[], bytes]) -> None:
    command = Copier(seconds=1, linger=True)
    command.copy(ONE)
    command.end()
    wait_until(lambda: buffers() == b"")


# OSC 52.


def notices(app: SmtuiApp) -> list[str]:
    return [notification.message for notification in app._notifications]


async def test_osc52_is_cleared_when_its_time_has_come(app: MakeApp, monotonic: Steady) -> None:
    """An empty copy, once, and no second one by the guard."""
    sent: list[str] = []
    running = app(settings=Settings(clipboard_timeout=30), pasteboard=Clipboard(sent.append, monotonic=monotonic))
    async with running.run_test(size=(80, 24)) as pilot:
        await running.copy("hunter2", "prod/db")
        await until(pilot, lambda: any("clear is requested in 30 s" in notice for notice in notices(running)))
        monotonic.seconds += 29
        await running.tick()
        assert EMPTY_COPY not in sent
        monotonic.seconds += 1
        await running.tick()
        await running.tick()

        assert sent[1:] == [EMPTY_COPY]


@pytest.mark.parametrize("key", ["Y", "ctrl+l", "q"])
async def test_osc52_is_cleared_at_once(app: MakeApp, key: str) -> None:
    """On `Y`, at the lock and at the end an empty copy follows; what is said is that it was asked for."""
    sent: list[str] = []
    running = app(pasteboard=Clipboard(sent.append))
    async with running.run_test(size=(80, 24)) as pilot:
        await running.copy("hunter2", "prod/db")
        await pilot.press(key)
        await until(pilot, lambda: EMPTY_COPY in sent)
        if key == "Y":
            await until(pilot, lambda: any("was asked to clear" in notice for notice in notices(running)))

    assert sent[1:] == [EMPTY_COPY]


async def test_a_copy_on_a_locked_screen_is_cleared_at_the_end(tool: FakeTool, app: MakeApp) -> None:
    """Ctrl+C in a field of the unlock screen is a copy like any other."""
    running = app(locked=True)
    async with running.run_test(size=(80, 24)) as pilot:
        running.copy_to_clipboard("hunter2")
        await until(pilot, lambda: tool.held)
        await running.action_quit()
        await until(pilot, lambda: not tool.held)


OSC = """
import os, sys
from smtui.clipboard.clipboard import Clipboard
clipboard = Clipboard(lambda sequence: os.write(1, sequence.encode()), linger={linger}, environ={{"SSH_TTY": "x"}})
clipboard.copy(b"hunter2", {seconds})
print("copied", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize(("linger", "seconds"), [(False, 600), (True, 1)])
def test_the_guard_asks_the_terminal_after_our_end(linger: bool, seconds: int) -> None:
    """After SIGKILL at once, after a command at the deadline; the terminal is still open, as that of a shell is."""
    master, slave = pty.openpty()
    program = subprocess.Popen([sys.executable, "-c", OSC.format(linger=linger, seconds=seconds)], stdin=slave,
                               stdout=slave, stderr=slave, env={**os.environ, "PYTHONPATH": str(ROOT)})
    read = b""
    while b"copied" not in read:
        read += os.read(master, 1024)
    assert EMPTY_COPY.encode() not in read
    program.kill()
    program.wait()
    while EMPTY_COPY.encode() not in read:
        read += os.read(master, 1024)
    os.close(slave)
    os.close(master)


def test_another_terminal_of_the_same_name_is_left_alone() -> None:
    """Its number is used again when the first is closed; what is on its clipboard is none of ours."""
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    with pytest.raises(OSError, match="another terminal"):
        write_to(["OSC 52", path, str(Path(path).stat().st_rdev), "1"], EMPTY_COPY)
    os.close(slave)
    os.close(master)
