"""The settings of a Lambda function as a user types them: file, handler, interpreter, variables of its environment."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.api.extensions import LAMBDA
from smtui.api.shapes import List, Structure, Text
from smtui.system.paths import expand_home

if TYPE_CHECKING:
    from smtui.api.extension_types import EnvironmentVariable

DEFAULT_HANDLER = "lambda_handler"


class LambdaInputError(ValueError):
    """A setting cannot be understood. The message says why, and quotes no value of a variable."""


def _find_name_pattern() -> str:
    variables = LAMBDA.members["Environment"]
    assert isinstance(variables, List)
    assert isinstance(variables.item, Structure)
    name = variables.item.members["Name"]
    assert isinstance(name, Text)
    return name.pattern or ""


_NAME = re.compile(_find_name_pattern())


def make_file_path(typed: str) -> str:
    """The absolute path of a file."""
    return str(expand_home(typed).absolute())


def find_interpreter(typed: str) -> str:
    """The absolute path of a Python interpreter; without text that of the one that runs smtui.

    A link is kept, because that of a virtual environment must stay one. Raises LambdaInputError.
    """
    if not typed:
        return sys.executable
    found = shutil.which(expand_home(typed))
    if found is None:
        raise LambdaInputError(f"program not found: {typed}.")
    return str(Path(found).absolute())


def parse_variable(word: str) -> EnvironmentVariable:
    """Parses KEY=VALUE. Raises LambdaInputError."""
    name, equals, value = word.partition("=")
    if not equals or not _NAME.fullmatch(name):
        raise LambdaInputError("expected KEY=VALUE.")
    return {"Name": name, "Value": value}


def parse_variables(line: str) -> list[EnvironmentVariable]:
    """Parses `KEY=VALUE KEY='two words'`, quoted as for a shell. Raises LambdaInputError."""
    return [parse_variable(word) for word in split_words(line)]


def format_variables(variables: Iterable[EnvironmentVariable]) -> str:
    """The line that `parse_variables` parses to these variables."""
    return " ".join(f"{each['Name']}={shlex.quote(each['Value'])}" for each in variables)


def split_words(line: str) -> Sequence[str]:
    """Splits a line as a shell does. Raises LambdaInputError."""
    try:
        return shlex.split(line)
    except ValueError:
        raise LambdaInputError("a quotation mark is not closed, or a backslash ends the line.") from None
