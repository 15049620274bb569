"""Prints a secret's value: the entire value, or one key of a JSON object.

    NAME           the current version
    NAME:LABEL     the version with this staging label, or whose ID begins with this
    NAME~1         the previous version; NAME~2 the one before
    NAME#KEY       one key; also NAME:LABEL#KEY and NAME~1#KEY

A pipe or a file gets exactly the value, without a line break at the end. On a terminal, control characters are shown as
symbols.
"""

from __future__ import annotations

import argparse
from typing import Any

from smtui.cli import output
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.target import Target
from smtui.cli.unlocking import open_for

EXAMPLE = "smtui get prod/db#password\nsmtui get prod/db~1#password\nsmtui get tls/key > key.pem"
TARGET = "NAME[:LABEL|~N][#KEY]"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar=TARGET,
                        help="secret (name or ARN), its version, and a key of its JSON object")
    parser.add_argument("--version-stage", metavar="LABEL", help="the version with this label (default: AWSCURRENT)")
    parser.add_argument("--version-id", metavar="ID", help="the version with this id")


def run(args: argparse.Namespace) -> Exit:
    output.write_value(fetch_value(args))
    return Exit.DONE


def fetch_value(args: argparse.Namespace) -> str | bytes:
    """The value that the options select. Raises SmtuiError."""
    target = Target.parse(args.target)
    options = {"VersionId": args.version_id, "VersionStage": args.version_stage}
    given: Any = {member: value for member, value in options.items() if value is not None}
    if given and not target.version.is_current:
        raise UsageError(f"{target.name} names a version already: omit --version-stage and --version-id.")
    with open_for(args) as vault:
        client = vault.client(region_name=args.region)
        request: Any = {**target.version.build_request(client), **given}
        return target.get_value(client.get_secret_value(**request))
