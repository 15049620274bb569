"""Compares two values key by key: two versions of a secret, or two secrets. With one argument, it compares the
previous version of NAME with the current one.

    + KEY    only in the second value
    - KEY    only in the first value
    ~ KEY    in both, with different values

Values are shown only with --reveal. Values that are not JSON objects are compared as a whole. The exit code is 0 if the
values are the same and 1 if they differ; an error also exits with 1 or more, and prints a message on standard error.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from smtui.cli import output
from smtui.cli.commands.get import TARGET
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import TEXT_OR_JSON
from smtui.cli.rendering import to_json_types
from smtui.cli.target import Target, parse_version
from smtui.cli.unlocking import open_context_for
from smtui.text.value_diff import DiffState, KeyDiff, Value, compare_values, extract_path

EXAMPLE = "smtui diff prod/db~1 prod/db\nsmtui diff dev/db prod/db --reveal\nsmtui diff prod/db:blue#url prod/db#url"
FORMATTING = "~ formatting only (whitespace, order, escapes); the data is the same"
SAME_TEXT = "    the text is the same, the JSON types differ"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar=TARGET, help="first value: secret (name or ARN), its version, and a key")
    parser.add_argument("second", metavar=TARGET, nargs="?", help="second value (default: the current version)")
    parser.add_argument("--reveal", action="store_true", help="show the values that differ, in plain text")
    parser.add_argument("--output", choices=TEXT_OR_JSON, default="text", help="text (default) or json")


def run(args: argparse.Namespace) -> Exit:
    first, second = _parse_targets(args)
    with open_context_for(args) as vault:
        client = vault.client(region_name=args.region)
        before, after = first.read_value(client), second.read_value(client)
    differences = [each for each in compare_values(before, after) if each.state is not DiffState.SAME]
    if args.output == "json":
        output.write_line(json.dumps(_build_answer(before, after, differences, reveal=args.reveal), indent=4,
                                     ensure_ascii=False))
    else:
        for line in _format_lines(before, after, differences, reveal=args.reveal):
            output.write_line(line)
    return Exit.DONE if before == after else Exit.REFUSED


def _parse_targets(args: argparse.Namespace) -> tuple[Target, Target]:
    first = Target.parse(args.first)
    if args.second is not None:
        return first, Target.parse(args.second)
    secret_id = first.version.secret_id
    if first.version.is_current:
        first = Target(parse_version(f"{secret_id}~1"), first.key)
    return first, Target(parse_version(secret_id), first.key)


def _format_lines(before: Value, after: Value, differences: list[KeyDiff], *, reveal: bool) -> Iterator[str]:
    if before != after and not differences:
        yield FORMATTING
    for each in differences:
        yield f"{each.state.value} {_format_key(each)}"
        if reveal:
            yield from _format_change(*(extract_path(value, each.path, to_show=True) for value in (before, after)))


def _format_key(difference: KeyDiff) -> str:
    return ".".join(difference.path) or "entire value"


def _format_change(before: Value | None, after: Value | None) -> Iterator[str]:
    """The lines that differ, each behind `-` or `+`, without those around them."""
    old, new = (_split_lines(value) for value in (before, after))
    changed = list(unified_diff(old, new, n=0, lineterm=""))[2:]
    yield from (f"    {line[0]} {line[1:]}" for line in changed if not line.startswith("@@"))
    if not changed:
        yield SAME_TEXT


def _split_lines(value: Value | None) -> list[str]:
    if isinstance(value, bytes):
        return [f"binary, {len(value):,} bytes (--output json shows them in base64)"]
    return [] if value is None else value.split("\n")


def _build_answer(before: Value, after: Value, differences: list[KeyDiff], *, reveal: bool) -> dict[str, Any]:
    changes = []
    for each in differences:
        values = {name: to_json_types(extract_path(value, each.path, to_show=True))
                  for name, value in (("Before", before), ("After", after))} if reveal else {}
        changes.append({"Key": _format_key(each), "Path": list(each.path), "Change": each.state.name.lower(), **values})
    return {"Identical": before == after, "Differences": changes}

