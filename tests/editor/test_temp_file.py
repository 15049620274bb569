"""The file an editor gets: private, in memory where there is such a place, and gone on_success, whatever happens."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from smtui.editor.cleanup import PREFIX, remove_folder
from smtui.editor.temp_file import Location, create_temporary_file, find_location, read_back
from tests.waiting import wait_until

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")


@POSIX
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    with create_temporary_file(b"word", "value.txt", Location(tmp_path, True)) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert read_back(path, 10) == b"word"


def test_it_goes_with_all_that_an_editor_left_beside_it(tmp_path: Path) -> None:
    """Also where the block ends by an error."""
    with pytest.raises(RuntimeError), create_temporary_file(b"word", "value.txt", Location(tmp_path, True)) as path:
        (path.parent / ".value.txt.swp").write_bytes(b"word")
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_no_more_is_read_back_than_can_be_stored(tmp_path: Path) -> None:
    with create_temporary_file(b"x" * 100, "value.txt", Location(tmp_path, True)) as path:
        assert len(read_back(path, 10)) == 11
        path.unlink()
        assert read_back(path, 10) == b""


@POSIX
def test_it_goes_when_we_are_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no time for anything; another process does it."""
    code = (
        "import sys; from pathlib import Path; from smtui.editor.temp_file import Location, create_temporary_file\n"
        f"with create_temporary_file(b'word', 'value.txt', Location(Path({str(tmp_path)!r}), True)):\n"
        "    print('there', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        assert len(list(tmp_path.iterdir())) == 1
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: not list(tmp_path.iterdir()), "the copy to go")


def test_the_sweeper_removes_only_what_is_ours(tmp_path: Path) -> None:
    ours, other = tmp_path / f"{PREFIX}x", tmp_path / "other"
    for folder in (ours, other):
        folder.mkdir()
        remove_folder(folder)

    assert [each.name for each in tmp_path.iterdir()] == ["other"]


def test_memory_is_preferred(tmp_path: Path) -> None:
    """By what the system says is mounted there; the name of a folder promises nothing."""
    runtime = tmp_path / "run time"
    runtime.mkdir()
    mounts = tmp_path / "mounts"
    escaped = str(runtime).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\ntmpfs {escaped} tmpfs rw 0 0\n")

    assert find_location({"XDG_RUNTIME_DIR": str(runtime)}, mounts) == Location(runtime, True)
    mounts.write_text("/dev/sda / ext4 rw 0 0\n")
    assert not find_location({"XDG_RUNTIME_DIR": str(runtime)}, mounts).in_memory
    assert not find_location({}, tmp_path / "no such file").in_memory
