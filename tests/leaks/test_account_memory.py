"""Tests that the memory of the program contains no credential, token or value of an account after the lock."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.aws_server import OTHER_ACCOUNT, Aws, aws, aws_server
from tests.e2e.terminal import Terminal
from tests.leaks.memory import Found, search

__all__ = ["aws", "aws_server"]

VALUE = "shown-Kq7wombatZx93fjord"
SECRET_KEY = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
TOKEN = "FQoGZXIvYXdzEBYaD"
"""How the session tokens of moto begin."""
ENTER, LOCK = "\r", "\x0c"
PATIENCE = 60
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/PID/mem")


def test_after_the_lock_nothing_of_an_account_is_left(aws: Aws, tmp_path: Path) -> None:
    """A role is assumed, a value is revealed. Before the lock the same search finds all of it."""
    prepared = aws.client("b", "eu-west-1")
    prepared.create_secret(Name="db", SecretString=VALUE)
    settings = tmp_path / "config.toml"
    settings.write_text(f'[contexts.prod]\nprofile = "b"\naccount = "{OTHER_ACCOUNT}"\n')
    terminal = Terminal(
        "--context", "prod", "--allow-debug", home=tmp_path, SMTUI_CONFIG=str(settings),
        SMTUI_STATE=str(tmp_path / "state"), AWS_CONFIG_FILE=str(aws.config), AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"))
    try:
        terminal.see("1 secret")
        terminal.press(ENTER)
        terminal.see("hidden")
        terminal.press("r")
        terminal.see(VALUE)
        assert {found.what for found in search_for_all(terminal)} == {"value", "secret key", "token"}
        terminal.press(LOCK)
        terminal.see("Enter signs in again")
        end = time.monotonic() + PATIENCE
        while (left := search_for_all(terminal)) and time.monotonic() < end:
            terminal.see("Enter signs in again")
        assert left == []
    finally:
        terminal.child.kill(signal.SIGKILL)


def search_for_all(terminal: Terminal) -> list[Found]:
    return search(terminal.child.pid, {
        "value": VALUE.encode(), "secret key": SECRET_KEY.encode(), "token": TOKEN.encode()})
