"""A separate process that removes an editor's folder when smtui has ended: `python -m smtui.editor.cleanup FOLDER`.

It waits for the end of its standard input; only smtui has the other end.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PREFIX = "smtui-edit-"


def remove_folder(folder: Path) -> None:
    """Removes a folder that `temp_file` created, and no other one."""
    if folder.name.startswith(PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    remove_folder(Path(sys.argv[1]))
