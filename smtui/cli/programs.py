"""Finds the program that a command runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from smtui.cli.exit_codes import CommandNotExecutableError, CommandNotFoundError


def find_program(word: str, environment: Mapping[str, str]) -> str:
    """The path of the command, looked up before any prompt.

    Raises:
        CommandNotExecutableError, CommandNotFoundError: if it cannot be run, or does not exist.
    """
    path = environment.get("PATH")
    found = shutil.which(word, path=path)
    if found is not None:
        return found
    if shutil.which(word, os.F_OK, path) is not None:
        raise CommandNotExecutableError(f"{word} cannot be run: it is not an executable program.")
    raise CommandNotFoundError(f"Command not found: {word}.")
