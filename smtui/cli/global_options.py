"""The options of every operation besides its parameters: those of the aws CLI, and the ones that may precede a command.

Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from smtui.api.record import record
from smtui.cli.parser import ALLOW_DEBUG, OURS, parse_count

HELP_WIDTH = 78
OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")
SKELETONS = ("input", "yaml-input", "output")


@record
class IgnoredOption:
    """A global option of the aws CLI that has no meaning for a local vault. `settings` are those of argparse."""

    name: str
    settings: dict[str, Any]

    @property
    def takes_value(self) -> bool:
        return "action" not in self.settings


def _list_ignored() -> Iterable[IgnoredOption]:
    for name in ("--profile", "--endpoint-url", "--ca-bundle"):
        yield IgnoredOption(name, {})
    for name in ("--cli-read-timeout", "--cli-connect-timeout"):
        yield IgnoredOption(name, {"type": parse_count})
    yield IgnoredOption("--color", {"choices": ("on", "off", "auto")})
    yield IgnoredOption("--cli-error-format", {"choices": ("legacy", "json", "yaml", "text", "table", "enhanced")})
    for name in ("--no-cli-pager", "--no-sign-request", "--no-verify-ssl", "--cli-auto-prompt", "--no-cli-auto-prompt",
                 "--debug", "--v2-debug"):
        yield IgnoredOption(name, {"action": "store_true"})


IGNORED = tuple(_list_ignored())
# Global options that may precede the command, and whether each takes a value.
BEFORE_COMMAND = {
    ALLOW_DEBUG: False, **OURS, "--region": True, "--output": True, "--query": True, "--no-paginate": False,
    "--cli-binary-format": True,
    **{option.name: option.takes_value for option in IGNORED},
}


def declare_output(parser: argparse.ArgumentParser) -> None:
    """Adds the options of an operation that select and format its answer, and those that are ignored."""
    answer = parser.add_argument_group("output")
    answer.add_argument("--output", choices=OUTPUTS, default="json",
                        help="json (default), text, table, yaml, yaml-stream (an item for each page) or off")
    answer.add_argument("--query", metavar="JMESPATH", help="select a part of the response, such as SecretString")
    answer.add_argument("--generate-cli-skeleton", nargs="?", const="input", choices=SKELETONS,
                        help="only print a sample request in JSON (yaml-input: in YAML; output: a sample response)")
    answer.add_argument("--no-paginate", action="store_true", help=argparse.SUPPRESS)
    answer.add_argument("--cli-binary-format", choices=("base64", "raw-in-base64-out"), help=argparse.SUPPRESS)
    from textwrap import fill

    purpose = "The aws CLI has these options. They are accepted without effect: a local vault has no use for them."
    names = ", ".join(option.name for option in IGNORED)
    text = "\n".join(fill(part, HELP_WIDTH, break_on_hyphens=False) for part in (purpose, names))
    ignored = parser.add_argument_group("ignored", text)
    for option in IGNORED:
        ignored.add_argument(option.name, help=argparse.SUPPRESS, **option.settings)
