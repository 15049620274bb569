"""The parameters of an operation as options: made from the contract, read as the aws CLI reads them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smtui import strict_json
from smtui.api.shapes import Blob, Flag, Integer, List, Operation, Shape, Structure, Text
from smtui.cli import diagnostics, inputs, shorthand
from smtui.cli.exit_codes import UsageError
from smtui.cli.shorthand import ShorthandError
from smtui.strict_json import JsonError
from smtui.trail_words import kebab as kebab


@dataclass(frozen=True, slots=True)
class Parameter:
    """A member of a request and the option it is given by."""

    member: str
    shape: Shape
    required: bool

    @property
    def flag(self) -> str:
        return f"--{kebab(self.member)}"


def parameters(operation: Operation) -> list[Parameter]:
    request = operation.request
    return [Parameter(name, shape, name in request.required) for name, shape in request.members.items()]


def declare(parser: argparse.ArgumentParser, operation: Operation) -> None:
    """Adds the operation's options. Nothing is marked as required: --cli-input-json may supply it."""
    group = parser.add_argument_group("parameters of the operation")
    for parameter in parameters(operation):
        if isinstance(parameter.shape, Flag):
            _declare_flag(group, parameter)
            continue
        group.add_argument(
            parameter.flag, dest=parameter.member, metavar=_metavar(parameter.shape), help=_help(parameter),
            nargs="*" if isinstance(parameter.shape, List) else None,
        )
    group.add_argument("--cli-input-json", metavar="JSON",
                       help="the whole request as JSON, file://PATH or -; options given beside it win")


def _declare_flag(group: argparse._ArgumentGroup, parameter: Parameter) -> None:
    group.add_argument(parameter.flag, dest=parameter.member, action="store_const", const=True, help=_help(parameter))
    group.add_argument(f"--no-{parameter.flag[2:]}", dest=parameter.member, action="store_const", const=False,
                       help=argparse.SUPPRESS)


def _metavar(shape: Shape) -> str:
    match shape:
        case Integer():
            return "N"
        case Blob():
            return "BASE64|fileb://PATH|-"
        case Text(enum=words) if words:
            return "{" + ",".join(words) + "}"
        case Text():
            return "TEXT"
        case List(item=Structure() as item) | (Structure() as item):
            return _example(item)
    return "TEXT"


def _example(shape: Structure) -> str:
    return ",".join(f"{name}=..." for name in shape.members)


def _help(parameter: Parameter) -> str:
    facts = ["required"] if parameter.required else []
    if isinstance(parameter.shape, Flag):
        facts.append(f"or --no-{parameter.flag[2:]}")
    low, high = getattr(parameter.shape, "min", None), getattr(parameter.shape, "max", None)
    if high is not None and not isinstance(parameter.shape, List):
        facts.append(f"{low or 0} to {high:,}{'' if isinstance(parameter.shape, Integer) else ' long'}")
    return "; ".join(facts)


def request(operation: Operation, args: Mapping[str, Any]) -> dict[str, Any]:
    """The request that the typed options make. Raises UsageError."""
    found: dict[str, Any] = {}
    raw = args.get("cli_binary_format") == "raw-in-base64-out"
    if args.get("cli_input_json") is not None:
        found = _input_json(operation, args["cli_input_json"], raw=raw)
    for parameter in parameters(operation):
        typed = args.get(parameter.member)
        if typed is not None:
            found[parameter.member] = value(parameter, typed, raw=raw)
    missing = [each.flag for each in parameters(operation) if each.required and each.member not in found]
    if missing:
        raise UsageError(f"the following arguments are required: {', '.join(missing)}")
    return found


def value(parameter: Parameter, typed: Any, *, raw: bool = False) -> Any:
    """What was typed for one parameter. Raises UsageError."""
    try:
        match parameter.shape:
            case Flag():
                return typed
            case Integer() as shape:
                return shorthand.scalar(typed, shape)
            case Blob(sensitive=sensitive):
                return inputs.blob(typed, parameter.flag, raw=raw, sensitive=sensitive)
            case Text(sensitive=sensitive):
                return inputs.text(typed, parameter.flag, sensitive=sensitive)
            case List() as shape:
                return _list(parameter.flag, shape, typed)
            case Structure() as shape:
                return _structure(shape, inputs.text(typed, parameter.flag))
    except (ShorthandError, JsonError) as error:
        raise UsageError(f"Error parsing parameter '{parameter.flag}': {error}.") from None
    raise AssertionError(f"no way to give {parameter.member} on a command line")


def _list(flag: str, shape: List, words: list[str]) -> list[Any]:
    if len(words) == 1:
        words = [inputs.text(words[0], flag)]
        if words[0].lstrip().startswith("["):
            return _as_list(strict_json.plain(strict_json.read(words[0])))
    if isinstance(shape.item, Structure):
        return [_structure(shape.item, word) for word in words]
    return words


def _as_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise JsonError("a list is wanted")
    return value


def _structure(shape: Structure, word: str) -> Any:
    if word.lstrip().startswith("{"):
        return strict_json.plain(strict_json.read(word))
    return shorthand.read(word, shape)


def _input_json(operation: Operation, word: str, *, raw: bool) -> dict[str, Any]:
    name = "--cli-input-json"
    try:
        found = strict_json.plain(strict_json.read(inputs.text(word, name)))
    except JsonError as error:
        raise UsageError(f"{name}: {error}.") from None
    if not isinstance(found, dict):
        raise UsageError(f"{name}: an object is wanted.")
    for member, shape in operation.request.members.items():
        if member in found and getattr(shape, "sensitive", False) and not word.startswith("file") and word != "-":
            diagnostics.warn(inputs.VISIBLE, inputs.BETTER)
        if isinstance(shape, Blob) and isinstance(found.get(member), str):
            found[member] = inputs.base64_bytes(found[member].encode(), f"{member} in {name}", raw=raw)
    return found


def skeleton(shape: Shape) -> Any:
    """A request with every member in its place, for --generate-cli-skeleton."""
    match shape:
        case Structure():
            return {name: skeleton(member) for name, member in shape.members.items()}
        case List():
            return [skeleton(shape.item)]
        case Integer():
            return 0
        case Flag():
            return True
        case Text(enum=words) if words:
            return words[0]
    return ""
