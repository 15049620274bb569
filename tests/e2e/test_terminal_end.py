"""Tests that a program ends when its terminal is closed, in any state and with any disposition of SIGHUP."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.prepared_vault import PASSPHRASE, PreparedVault, prepare_vault
from tests.waiting import wait_until

ENTER = "\r"
HUNG_UP = 129
UNFLUSHED = 120
"""The exit code of Python when it cannot flush its output."""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


def ignore_hangup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def ignore_alarm() -> None:
    ignore_hangup()
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})


def block_hangup() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def at_start(terminal: Terminal) -> None:
    terminal.child.expect(".")


def at_once(terminal: Terminal) -> None:
    return


def while_typing(terminal: Terminal) -> None:
    terminal.see("Unlock")
    terminal.press("seven gr")


def while_unlocking(terminal: Terminal) -> None:
    terminal.see("Unlock")
    terminal.child.send(PASSPHRASE + ENTER)


def in_the_list(terminal: Terminal) -> None:
    terminal.see("Unlock")
    terminal.press(PASSPHRASE, ENTER)
    terminal.see("1 secret")


def in_a_dialog(terminal: Terminal) -> None:
    in_the_list(terminal)
    terminal.press("a", "half a name")


def in_an_editor(terminal: Terminal) -> None:
    in_the_list(terminal)
    terminal.press(ENTER)
    terminal.see("r to reveal")
    terminal.press("E")
    terminal.see("editor")
    terminal.press(ENTER)
    terminal.see("the editor runs")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedVault:
    return prepare_vault(
        tmp_path_factory.mktemp("prepared") / "team.vault",
        lambda vault: vault.client().create_secret(Name="prod/db", SecretString="text"))


@pytest.fixture
def home(tmp_path: Path, prepared: PreparedVault) -> Path:
    prepared.copy_to(tmp_path)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ntrap "" HUP TERM\necho the editor runs\nsleep 30\n')
    editor.chmod(0o700)
    return tmp_path


@pytest.mark.parametrize(("moment", "before"), [
    *((moment, ignore_hangup) for moment in (at_once, at_start, while_typing, while_unlocking, in_the_list,
                                             in_a_dialog, in_an_editor)),
    (while_typing, block_hangup), (while_typing, None), (in_a_dialog, None),
], ids=lambda each: getattr(each, "__name__", "default"))  # fmt: skip
def test_the_program_ends_with_its_terminal(
    home: Path, prepared: PreparedVault, moment: Callable[[Terminal], None], before: Callable[[], None] | None
) -> None:
    """The program ends within the limit, and the vault opens at once."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=before, EDITOR=str(home / "editor"))
    moment(terminal)
    code = terminal.close()

    assert code in (HUNG_UP, UNFLUSHED, -signal.SIGHUP, 2)
    with prepared.open_copy(home) as vault:
        assert vault.client().get_secret_value(SecretId="prod/db")["SecretString"] == "text"


BLOCKS = """
import os, runpy, time
from smtui.tui.app import SmtuiApp
def block(app):
    os.write(1, b"the loop is blocked")
    while True:
        time.sleep(1)
SmtuiApp.action_help = block
runpy.run_module("smtui", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("before", [ignore_hangup, None], ids=["ignored", "default"])
def test_it_ends_while_the_event_loop_is_blocked(
    home: Path, prepared: PreparedVault, before: Callable[[], None] | None
) -> None:
    """The program ends without its event loop."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=before, program=("-c", BLOCKS))
    in_the_list(terminal)
    terminal.child.send("?")
    terminal.child.expect("loop is blocked")

    assert terminal.close() in (HUNG_UP, UNFLUSHED, -signal.SIGHUP)
    prepared.open_copy(home).close()


@pytest.mark.parametrize("before", [ignore_hangup, None], ids=["ignored", "default"])
def test_it_ends_while_it_is_put_aside(home: Path, prepared: PreparedVault, before: Callable[[], None] | None) -> None:
    """After Ctrl+Z, which locks and stops the program, SIGHUP continues and ends it."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=before)
    in_the_list(terminal)
    terminal.child.send("\x1a")
    terminal.put_aside()

    assert terminal.close() in (HUNG_UP, UNFLUSHED, -signal.SIGHUP)
    prepared.open_copy(home).close()


NO_LIMIT = """
from smtui.system.terminal_end import TerminalEnd
TerminalEnd.end_within = lambda *_, **__: None
"""
"""The start of a program that no time limit ends."""
RUN = """
import runpy
runpy.run_module("smtui", run_name="__main__", alter_sys=True)
"""
ENDLESS_IMPORT = """
import pathlib, time
from smtui.transfer import apply
from smtui.transfer.plan import Action, Step
from smtui.tui.vault import import_secrets
group = apply._group
def group_endlessly(steps, key):
    yield from group(steps, key)
    while True:
        time.sleep(0.05)
        yield [Step(steps[0].entry, Action.SKIP)]
def apply_and_note(*args):
    try:
        return apply.apply_plan(*args)
    except BaseException as error:
        pathlib.Path({outcome!r}).write_text(type(error).__name__)
        raise
apply._group = group_endlessly
import_secrets.apply_plan = apply_and_note
"""


@pytest.mark.parametrize("leave", ["close", "quit"])
def test_it_ends_while_a_rotation_function_runs(
    home: Path, prepared: PreparedVault, monkeypatch: pytest.MonkeyPatch, leave: str
) -> None:
    """The program ends without the time limit, although the function ignores all signals that it can ignore."""
    monkeypatch.setenv("SMTUI_STATE", str(home / "state"))
    function, tested, begun = home / "function", home / "tested", home / "begun"
    function.write_text(f'[ -e {tested} ] || {{ touch {tested}; exit 0; }}\n'
                        f'trap "" HUP TERM INT\ntouch {begun}\nwhile true; do sleep 5; done\n')
    with prepared.open_copy(home) as vault:
        arn = vault.rotations().create_function(
            FunctionName="stuck", Command={"Arguments": ["/bin/sh", str(function)]})["FunctionArn"]
        vault.client().rotate_secret(
            SecretId="prod/db", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30},
            RotateImmediately=False)
    tested.touch()
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=ignore_hangup,
                        program=("-c", NO_LIMIT + RUN), SMTUI_STATE=str(home / "state"))
    in_the_list(terminal)
    terminal.press(ENTER, "4")
    terminal.see("stuck")
    terminal.press("R")
    terminal.see("now?")
    terminal.press("\t" if "▸ Cancel" in terminal.text else "")
    terminal.see("▸ Rotate ◂")
    terminal.child.send(ENTER)
    wait_until(begun.exists, "the function to run")

    if leave == "close":
        assert terminal.close() == HUNG_UP
    else:
        terminal.child.send("\x11")
        terminal.see("Stop and quit?")
        terminal.press("y")
        assert terminal.end() == 0
    with prepared.open_copy(home) as vault:
        run = vault.rotations().describe_rotation(SecretId="prod/db")["Rotation"]
    assert (run["AtWork"], run["Message"]) == (False, "It was stopped early: the vault was locked.")


def begin_an_import(terminal: Terminal, file: Path) -> None:
    """Imports the file by the keyboard, and waits until its secrets are written in the open transaction."""
    in_the_list(terminal)
    terminal.press(":", "import", ENTER)
    terminal.see("One secret")
    terminal.press(str(file), "\x13")
    terminal.see("new secrets 3")
    terminal.press("\t")
    terminal.see("▸ Import ◂")
    terminal.child.send(ENTER)
    terminal.see("importing")


@pytest.fixture
def names(home: Path) -> Path:
    file = home / "names.json"
    file.write_text('{"one": "1", "two": "2", "three": "3"}')
    return file


@pytest.mark.parametrize("leave", ["close", "SIGTERM", "q", "ctrl+q"])
def test_an_import_is_stopped_by_leaving(home: Path, prepared: PreparedVault, names: Path, leave: str) -> None:
    """The keys ask first. The import stops at its next report, and the program ends without the time limit."""
    outcome = home / "outcome"
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=ignore_hangup,
                        program=("-c", ENDLESS_IMPORT.format(outcome=str(outcome)) + NO_LIMIT + RUN))
    begin_an_import(terminal, names)
    if leave == "close":
        terminal.close()
    elif leave == "SIGTERM":
        os.kill(terminal.child.pid, signal.SIGTERM)
        terminal.end()
    else:
        terminal.child.send({"q": "\x1b[20~q", "ctrl+q": "\x11"}[leave])
        terminal.see("Stop and quit?")
        terminal.press("y")
        assert terminal.end() == 0

    assert outcome.read_text() == "JobStoppedError"
    with prepared.open_copy(home) as vault:
        assert [each["Name"] for each in vault.client().list_secrets()["SecretList"]] == ["prod/db"]


def test_an_import_is_stopped_though_the_event_loop_is_blocked(home: Path, names: Path) -> None:
    """The hangup stops it. The loop, which would never do so, is ended by the time limit."""
    outcome = home / "outcome"
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=ignore_hangup,
                        program=("-c", ENDLESS_IMPORT.format(outcome=str(outcome)) + BLOCKS))
    begin_an_import(terminal, names)
    terminal.child.send("\x1b[20~?")
    terminal.child.expect("loop is blocked")

    terminal.close()
    assert outcome.read_text() == "JobStoppedError"


THREADS_BLOCKED = """
from smtui.system import terminal_end
terminal_end.TerminalEnd._exit_process = lambda *_: None
terminal_end.TerminalEnd.exit_if_ending = lambda *_: None
""" + BLOCKS


def test_the_system_ends_it_if_no_thread_does(home: Path) -> None:
    """SIGALRM ends the program if the thread of the time limit does not."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home, before=ignore_alarm,
                        program=("-c", THREADS_BLOCKED))
    in_the_list(terminal)
    terminal.child.send("?")
    terminal.child.expect("loop is blocked")

    assert terminal.close() == -signal.SIGALRM


def test_a_second_signal_does_not_cancel_leaving(home: Path) -> None:
    """A second and a third signal have no effect."""
    terminal = Terminal("--vault", str(home / "team.vault"), home=home)
    in_a_dialog(terminal)
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
        os.kill(terminal.child.pid, name)

    assert terminal.end() in {128 + signal.SIGTERM, 128 + signal.SIGHUP}
    assert b"\x1b[?1049l" in terminal.raw


def test_a_question_on_the_command_line_ends_too(home: Path) -> None:
    """The command ends while it asks for a passphrase."""
    terminal = Terminal("--vault", str(home / "team.vault"), "get", "prod/db", home=home, before=ignore_hangup)
    terminal.see("assphrase")

    assert terminal.close() > 0
