"""Folders with a secret in each file, as Docker and Kubernetes mount them. The name of a file is that of the secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from smtui.system.bounded_read import TooLargeError, read_bounded
from smtui.transfer.entry import Entry, make_unreadable_error
from smtui.transfer.item import LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import to_value

NAME = "secrets"
"""The name by which such a folder is recognised, as in `/run/secrets`; others need `--format folder`."""
MOUNTED = "..data"
"""A link in every folder that Kubernetes mounts."""
OTHERS = {"hidden file or folder": "hidden files and folders", "subfolder": "subfolders",
          "special file": "special files"}
"""What else is in such a folder, one and several."""
MAX_BYTES = 1 << 20
MAX_FILES = 10_000


def recognise(file: SourceFile) -> bool:
    if not file.is_folder or file.path is None:
        return False
    is_mount = file.path.resolve().name == NAME or (file.path / MOUNTED).is_symlink()
    return is_mount and any(map(_is_value, _list_paths(file)))


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    if not file.is_folder:
        raise make_unreadable_error(file.name, "it is not a folder")
    content = SourceContent("folder of secrets")
    others: Counter[str] = Counter()
    breaks = 0
    for path in _list_paths(file):
        if not _is_value(path):
            if not path.name.startswith(".."):
                others[_describe(path)] += 1
            continue
        try:
            raw = read_bounded(path, MAX_BYTES)
        except TooLargeError:
            raise make_unreadable_error(str(path), f"it is larger than {MAX_BYTES:,} bytes") from None
        except OSError as error:
            raise make_unreadable_error(str(path), f"it cannot be read ({error.strerror})") from None
        breaks += raw.endswith(b"\n")
        content.entries.append(Entry(path.name, to_value(raw), str(path)))
    content.left_behind += (LeftBehind(number, one, OTHERS[one]) for one, number in others.items())
    if breaks:
        content.notes.append(f"{file.name}: {breaks:,} value{'' if breaks == 1 else 's'} with a line break at the end, "
                             "which is kept.")
    return content


def _list_paths(file: SourceFile) -> Iterator[Path]:
    try:
        paths = sorted(file.path.iterdir()) if file.path else []
    except OSError as error:
        raise make_unreadable_error(file.name, f"it cannot be read ({error.strerror})") from None
    if len(paths) > MAX_FILES:
        raise make_unreadable_error(file.name, f"it has more than {MAX_FILES:,} files")
    yield from paths


def _describe(path: Path) -> str:
    """The key of `OTHERS` for what is not a value."""
    if path.name.startswith("."):
        return "hidden file or folder"
    return "subfolder" if path.is_dir() else "special file"


def _is_value(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")
