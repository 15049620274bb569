"""The options of `smtui functions add --lambda`, and the settings of the function that they describe."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from smtui.cli.exit_codes import UsageError
from smtui.rotation.lambda_input import (
    DEFAULT_HANDLER,
    LambdaInputError,
    find_interpreter,
    make_file_path,
    parse_variable,
)

if TYPE_CHECKING:
    from smtui.api.extension_types import LambdaSettings

Parsed = TypeVar("Parsed")
NEED_LAMBDA = ("env", "python", "may_read")


def declare(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("AWS Lambda functions, with add and change")
    group.add_argument("--lambda", dest="lambda_file", metavar="FILE[:HANDLER]",
                       help=f"run the handler of a rotation function for AWS, unmodified (default: {DEFAULT_HANDLER})")
    group.add_argument("--env", metavar="KEY=VALUE", action="append", default=[],
                       help="environment variable of the function; may be repeated")
    group.add_argument("--python", metavar="INTERPRETER",
                       help="Python that has the function's modules (default: the one that runs smtui)")
    group.add_argument("--may-read", metavar="SECRET", nargs="+", action="extend", default=[],
                       help="another secret that it may read, such as that of the superuser")


def parse_settings(args: argparse.Namespace) -> LambdaSettings:
    """The settings of the new function. Raises UsageError."""
    file, handler = _split_handler(args.lambda_file)
    settings: LambdaSettings = {
        "File": make_file_path(file), "Handler": handler,
        "Interpreter": _parse("--python", find_interpreter, args.python or ""),
    }
    if args.env:
        settings["Environment"] = [_parse("--env", parse_variable, word) for word in args.env]
    if args.may_read:
        settings["MayRead"] = args.may_read
    if args.time_limit:
        settings["TimeoutInSeconds"] = args.time_limit
    return settings


def _split_handler(word: str) -> tuple[str, str]:
    """The file and the handler of FILE[:HANDLER]."""
    file, colon, handler = word.rpartition(":")
    is_split = bool(colon and file) and not Path(word).exists()
    file, handler = (file, handler) if is_split else (word, DEFAULT_HANDLER)
    if not handler.isidentifier():
        raise UsageError("--lambda: expected FILE or FILE:HANDLER, with the name of a function as HANDLER.")
    return file, handler


def _parse(option: str, parse: Callable[[str], Parsed], word: str) -> Parsed:
    """Parses the argument of an option. Raises UsageError."""
    try:
        return parse(word)
    except LambdaInputError as error:
        raise UsageError(f"{option}: {error}") from None
