"""A process that outlives ours, to remove a folder which an editor worked in: `python -m smtui.editor.sweeper FOLDER`.

It waits for the end of its standard input, whose other end is ours alone.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PREFIX = "smtui-edit-"


def sweep(folder: Path) -> None:
    if folder.name.startswith(PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    sweep(Path(sys.argv[1]))
