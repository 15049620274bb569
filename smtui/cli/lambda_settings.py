"""The options of `smtui functions add --lambda`, and the settings of the function that they describe."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from smtui.cli.exit_codes import UsageError
from smtui.system.paths import expand_home

if TYPE_CHECKING:
    from smtui.api.extension_types import EnvironmentVariable, LambdaSettings

HANDLER = "lambda_handler"
NEED_LAMBDA = ("env", "python", "may_read")


def declare(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("AWS Lambda functions, with add")
    group.add_argument("--lambda", dest="lambda_file", metavar="FILE[:HANDLER]",
                       help=f"run the handler of a rotation function for AWS, unmodified (default: {HANDLER})")
    group.add_argument("--env", metavar="KEY=VALUE", action="append", default=[],
                       help="environment variable of the function; may be repeated")
    group.add_argument("--python", metavar="INTERPRETER",
                       help="Python that has the function's modules (default: the one that runs smtui)")
    group.add_argument("--may-read", metavar="SECRET", nargs="+", action="extend", default=[],
                       help="another secret that it may read, like that of the superuser")


def parse_settings(args: argparse.Namespace) -> LambdaSettings:
    """The settings of the new function. Raises UsageError."""
    file, handler = _split_handler(args.lambda_file)
    settings: LambdaSettings = {
        "File": str(expand_home(file).absolute()), "Handler": handler, "Interpreter": _find_interpreter(args.python),
    }
    if args.env:
        settings["Environment"] = [_parse_variable(word) for word in args.env]
    if args.may_read:
        settings["MayRead"] = args.may_read
    if args.time_limit:
        settings["TimeoutInSeconds"] = args.time_limit
    return settings


def _split_handler(word: str) -> tuple[str, str]:
    """The file and the handler of FILE[:HANDLER]."""
    file, colon, handler = word.rpartition(":")
    is_split = bool(colon and file) and not Path(word).exists()
    file, handler = (file, handler) if is_split else (word, HANDLER)
    if not handler.isidentifier():
        raise UsageError("--lambda: expected FILE or FILE:HANDLER, with the name of a function as HANDLER.")
    return file, handler


def _find_interpreter(word: str | None) -> str:
    """The absolute path of an interpreter. A link is kept: that of a virtual environment must stay one."""
    if word is None:
        return sys.executable
    found = shutil.which(expand_home(word))
    if found is None:
        raise UsageError(f"--python: program not found: {word}.")
    return str(Path(found).absolute())


def _parse_variable(word: str) -> EnvironmentVariable:
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise UsageError("--env: expected KEY=VALUE.")
    return {"Name": name, "Value": value}
