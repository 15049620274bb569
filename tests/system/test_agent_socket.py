"""Tests of the place of an agent's socket."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smtui.system import agent_socket

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs Unix sockets")


@pytest.mark.parametrize("given", ["", "relative", "/" + "x" * 90, "/does/not/exist"])
def test_without_a_usable_runtime_folder_the_temporary_one_serves(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", given)
    monkeypatch.setenv("TMPDIR", "/tmp")
    assert agent_socket.get_runtime_folder() == f"/tmp/smtui-{os.geteuid()}"


def test_the_folder_of_another_user_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As after `su`, which keeps the variable."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    monkeypatch.setenv("TMPDIR", "/tmp")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert agent_socket.get_runtime_folder() == f"/tmp/smtui-{os.geteuid()}"
    assert agent_socket.connect(str(tmp_path / "no.vault")) is None


def test_the_path_fits_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    path = agent_socket.get_socket_path("/a" * 500)
    assert path.startswith("/tmp/smtui/")
    assert len(path) < agent_socket.MAX_PATH_BYTES
