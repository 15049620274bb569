"""Reading a value from a file and writing one to a new file, byte for byte."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from smtui.api.limits import MAX_VALUE_BYTES
from smtui.system.bounded_read import open_for_reading
from smtui.transfer.errors import UnreadableFileError
from smtui.transfer.private_file import write_private_file
from smtui.tui.secret.values import Value

PIPE_HINT = "To read from a pipe, use the shell: smtui set NAME --file PATH."


def read_value_file(path: Path) -> Value:
    """Reads text if the file is UTF-8, otherwise bytes. It refuses a pipe, which could block the screen.

    Raises:
        UnreadableFileError: there is no such regular file, it is empty, or it is larger than a value may be.
    """
    try:
        with os.fdopen(open_for_reading(path), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableFileError(f"{path} is not a regular file.", hint=PIPE_HINT)
            data = file.read(MAX_VALUE_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableFileError(f"File not found: {path}.") from None
    except IsADirectoryError:
        raise UnreadableFileError(f"{path} is a folder, not a file.") from None
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror}.") from None
    if not data:
        raise UnreadableFileError(f"{path} is empty. A value cannot be empty.")
    if len(data) > MAX_VALUE_BYTES:
        raise UnreadableFileError(
            f"{path} exceeds the maximum of {MAX_VALUE_BYTES:,} bytes."
        )
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def write_value_file(path: Path, value: Value) -> None:
    """Writes a value to a new file with mode 0600.

    Raises:
        FileNotWrittenError: the file exists, or it cannot be written.
    """
    with write_private_file(path) as file:
        file.write(value.encode() if isinstance(value, str) else value)
