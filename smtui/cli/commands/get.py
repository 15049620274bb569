"""Prints a secret's value: the entire value, or one key of a JSON object.

    NAME           the current version
    NAME:LABEL     the version with this staging label, or whose ID starts with it
    NAME~1         the previous version; NAME~2 the one before
    NAME#KEY       one key; also NAME:LABEL#KEY and NAME~1#KEY

--otp prints the one-time code (TOTP) of an otpauth:// URI or a Base32 seed: of the entire value or NAME#KEY, or of the
key of a JSON object that holds one, such as totp or otp.

A pipe or a file gets exactly the value, without a line break at the end. On a terminal, control characters are shown as
symbols.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smtui.cli import output
from smtui.cli.agent_session import open_for_client
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.cli.target import Target

EXAMPLE = ("smtui get prod/db#password\nsmtui get prod/db~1#password\nsmtui get tls/key > key.pem\n"
           "smtui get mail/admin --otp")
TARGET = "NAME[:LABEL|~N][#KEY]"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar=TARGET,
                        help="secret (name or ARN), its version, and a key of its JSON object")
    parser.add_argument("--version-stage", metavar="LABEL", help="the version with this label (default: AWSCURRENT)")
    parser.add_argument("--version-id", metavar="ID", help="the version with this ID")
    parser.add_argument("--otp", action="store_true", help="the one-time code (TOTP) instead of its seed")


def run(args: argparse.Namespace) -> Exit:
    output.write_value(fetch_value(args))
    return Exit.DONE


def fetch_value(args: argparse.Namespace) -> str | bytes:
    """The value that the options select. Raises SmtuiError."""
    target = Target.parse(args.target)
    options = {"VersionId": args.version_id, "VersionStage": args.version_stage}
    given: Any = {member: value for member, value in options.items() if value is not None}
    if given and not target.version.is_current:
        raise UsageError(f"{target.name} already names a version: omit --version-stage and --version-id.")
    with open_for_client(args) as vault:
        client = vault.client(region_name=args.region)
        request: Any = {**target.version.build_request(client), **given}
        response = client.get_secret_value(**request)
        return _compute_code(target, response, vault.now()) if args.otp else target.get_value(response)


def _compute_code(target: Target, response: Mapping[str, Any], now: datetime) -> str:
    """The one-time code at `now`. Raises InvalidSeedError, RefusedError."""
    from smtui.rules.one_time_code import find_seed, parse_seed
    from smtui.text.json_object import read_object

    value = target.get_value(response)
    held = read_object(value) if target.key is None and isinstance(value, str) else None
    if held is not None:
        at = find_seed([(member.key, member.text) for member in held.members])
        if at is None:
            raise RefusedError(f"No key of {target.name} holds a one-time code seed.",
                               hint=f"smtui get {target.name}#KEY --otp reads the seed in KEY.")
        value = held.members[at].text
    if isinstance(value, bytes):
        raise RefusedError("This value is binary. One-time codes need an otpauth:// URI or a Base32 seed.")
    return parse_seed(value).compute_code(now).code
