"""The parameters of an operation as command-line options: built from the API model, parsed as the aws CLI parses them.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smtui.api.shapes import Blob, Flag, Integer, List, Operation, Shape, Structure, Text
from smtui.cli import diagnostics, inputs, shorthand
from smtui.cli.exit_codes import UsageError
from smtui.cli.shorthand import ShorthandError
from smtui.rules.audit_query import hyphenate as hyphenate
from smtui.text import strict_json
from smtui.text.strict_json import StrictJsonError


@dataclass(frozen=True, slots=True)
class Parameter:
    """A member of a request, and the option that sets it."""

    member: str
    shape: Shape
    required: bool

    @property
    def flag(self) -> str:
        return f"--{hyphenate(self.member)}"


def list_parameters(operation: Operation) -> list[Parameter]:
    """The parameters of an operation, in the order of its request."""
    request = operation.request
    return [Parameter(name, shape, name in request.required) for name, shape in request.members.items()]


def declare(parser: argparse.ArgumentParser, operation: Operation) -> None:
    """Adds the operation's options. None is marked as required: --cli-input-json may supply it."""
    group = parser.add_argument_group("parameters of the operation")
    for parameter in list_parameters(operation):
        if isinstance(parameter.shape, Flag):
            _declare_flag(group, parameter)
            continue
        group.add_argument(
            parameter.flag, dest=parameter.member, metavar=_format_metavar(parameter.shape), help=_describe(parameter),
            nargs="*" if isinstance(parameter.shape, List) else None,
        )
    group.add_argument("--cli-input-json", metavar="JSON",
                       help="entire request as JSON, file://PATH or -; other options take precedence")
    group.add_argument("--cli-input-yaml", metavar="YAML", help="the same as YAML")


def _declare_flag(group: argparse._ArgumentGroup, parameter: Parameter) -> None:
    group.add_argument(parameter.flag, dest=parameter.member, action="store_const", const=True,
                       help=_describe(parameter))
    group.add_argument(f"--no-{parameter.flag[2:]}", dest=parameter.member, action="store_const", const=False,
                       help=argparse.SUPPRESS)


def _format_metavar(shape: Shape) -> str:
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
            return _format_example(item)
    return "TEXT"


def _format_example(shape: Structure) -> str:
    return ",".join(f"{name}=..." for name in shape.members)


def _describe(parameter: Parameter) -> str:
    facts = ["required"] if parameter.required else []
    if isinstance(parameter.shape, Flag):
        facts.append(f"or --no-{parameter.flag[2:]}")
    low, high = getattr(parameter.shape, "min", None), getattr(parameter.shape, "max", None)
    if high is not None and not isinstance(parameter.shape, List):
        facts.append(f"{low or 0} to {high:,}{'' if isinstance(parameter.shape, Integer) else ' characters'}")
    return "; ".join(facts)


def build_request(operation: Operation, args: Mapping[str, Any]) -> dict[str, Any]:
    """Builds the request from parsed options. Raises UsageError."""
    found: dict[str, Any] = {}
    raw = args.get("cli_binary_format") == "raw-in-base64-out"
    documents = [(name, args[name]) for name in _READERS if args.get(name) is not None]
    if len(documents) > 1:
        raise UsageError("Only one --cli-input- parameter may be specified.")
    for name, word in documents:
        found = _read_document(operation, name, word, raw=raw)
    for parameter in list_parameters(operation):
        typed = args.get(parameter.member)
        if typed is not None:
            found[parameter.member] = parse_value(parameter, typed, raw=raw)
    missing = [each.flag for each in list_parameters(operation) if each.required and each.member not in found]
    if missing:
        raise UsageError(f"the following arguments are required: {', '.join(missing)}")
    return found


def parse_value(parameter: Parameter, typed: Any, *, raw: bool = False) -> Any:
    """Parses the argument of one parameter; with `raw`, binary text is not base64. Raises UsageError."""
    try:
        match parameter.shape:
            case Flag():
                return typed
            case Integer() as shape:
                return shorthand.parse_scalar(typed, shape)
            case Blob(sensitive=sensitive):
                return inputs.read_blob(typed, parameter.flag, raw=raw, sensitive=sensitive)
            case Text(sensitive=sensitive):
                return inputs.read_text(typed, parameter.flag, sensitive=sensitive)
            case List() as shape:
                return _parse_list(parameter.flag, shape, typed)
            case Structure() as shape:
                return _parse_structure(shape, inputs.read_text(typed, parameter.flag))
    except (ShorthandError, StrictJsonError) as error:
        raise UsageError(f"Error parsing parameter '{parameter.flag}': {error}.") from None
    raise AssertionError(f"the command line has no syntax for {parameter.member}")


def _parse_list(flag: str, shape: List, words: list[str]) -> list[Any]:
    if len(words) == 1:
        words = [inputs.read_text(words[0], flag)]
        if words[0].lstrip().startswith("["):
            return _require_list(strict_json.convert_numbers(strict_json.parse_strict_json(words[0])))
    if isinstance(shape.item, Structure):
        return [_parse_structure(shape.item, word) for word in words]
    return words


def _require_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise StrictJsonError("expected a list")
    return value


def _parse_structure(shape: Structure, word: str) -> Any:
    if word.lstrip().startswith("{"):
        return strict_json.convert_numbers(strict_json.parse_strict_json(word))
    return shorthand.parse(word, shape)


def _parse_json(text: str) -> Any:
    try:
        return strict_json.parse_strict_json(text)
    except StrictJsonError as error:
        raise ValueError(f"{error}.") from None


def _parse_yaml(text: str) -> Any:
    from smtui.transfer.yaml_reader import YamlError, parse_documents

    try:
        found = parse_documents(text, "text")
    except YamlError as error:
        raise ValueError(f"{str(error).removeprefix('text: ')}.") from None
    if len(found) != 1:
        raise ValueError("expected one YAML document.")
    return found[0]


_READERS = {"cli_input_json": (_parse_json, "a JSON object"), "cli_input_yaml": (_parse_yaml, "a YAML mapping")}


def _read_document(operation: Operation, option: str, word: str, *, raw: bool) -> dict[str, Any]:
    """The request in the document that --cli-input-json or --cli-input-yaml gives. Raises UsageError."""
    name = f"--{option.replace('_', '-')}"
    parse, kind = _READERS[option]
    try:
        found = strict_json.convert_numbers(parse(inputs.read_text(word, name)))
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{name}: expected {kind}.")
    for member, shape in operation.request.members.items():
        if member in found and getattr(shape, "sensitive", False) and not word.startswith("file") and word != "-":
            diagnostics.warn(inputs.VISIBLE_VALUE, inputs.VISIBLE_VALUE_HINT)
        if isinstance(shape, Blob) and isinstance(found.get(member), str):
            found[member] = inputs.decode_base64(found[member].encode(), f"{member} in {name}", raw=raw)
    return found
