"""Tests of the report to systemd that a service is ready."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from smtui.system.service_manager import notify_ready
from tests.agents import make_runtime_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


@pytest.mark.parametrize("kind", ["file", pytest.param("abstract", marks=pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has abstract sockets"))])
def test_systemd_is_told_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with make_runtime_folder() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        path = str(folder / "notify")
        manager.bind(path if kind == "file" else f"\0{path}")
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", path if kind == "file" else f"@{path}")
        notify_ready()
        notify_ready()

        assert manager.recv(100) == b"READY=1"
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(100)
        assert "NOTIFY_SOCKET" not in os.environ


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_ready()
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify_ready()
