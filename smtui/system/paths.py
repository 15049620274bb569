"""Paths as users type them. Unlike the methods of `Path`, these functions raise for no text."""

from __future__ import annotations

import os
from pathlib import Path


def expand_home(typed: str | Path) -> Path:
    """Expands `~` and `~user` at the start to the home folder; returns the path unchanged if there is none."""
    return Path(os.path.expanduser(typed))  # noqa: PTH111  # Path.expanduser raises without a home folder


def is_folder(path: Path) -> bool:
    """Whether there is a folder at `path`; False if that cannot be found out, as for a name that is too long."""
    return os.path.isdir(path)  # noqa: PTH112  # Path.is_dir raises


def is_file(path: Path) -> bool:
    """Whether there is a regular file at `path`; False if that cannot be found out."""
    return os.path.isfile(path)  # noqa: PTH113  # Path.is_file raises


def is_taken(path: Path) -> bool:
    """Whether there is anything at `path`, a broken link included; False if that cannot be found out."""
    return os.path.lexists(path)


def is_absent(path: Path) -> bool:
    """Whether there is certainly nothing at `path`; False if that cannot be found out."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
