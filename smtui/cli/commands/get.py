"""Prints a secret's value: the entire value, or one key of a JSON object.

A pipe or a file gets exactly the value, without a line break at the end. On a terminal, control characters are shown as
symbols.
"""

from __future__ import annotations

import argparse

from smtui.cli import output
from smtui.cli.exit_codes import Exit
from smtui.cli.target import Target
from smtui.cli.unlocking import open_for

EXAMPLE = "smtui get prod/db#password\nsmtui get tls/key > key.pem"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME[#KEY]", help="secret (name or ARN), and a key of its JSON object")
    declare_version(parser)


def declare_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version-stage", metavar="LABEL", help="the version with this label (default: AWSCURRENT)")
    parser.add_argument("--version-id", metavar="ID", help="the version with this id")


def run(args: argparse.Namespace) -> Exit:
    output.value(fetch_value(args))
    return Exit.DONE


def fetch_value(args: argparse.Namespace) -> str | bytes:
    """The value that the options select. Raises SmtuiError."""
    target = Target.parse(args.target)
    selection = {"VersionId": args.version_id, "VersionStage": args.version_stage}
    with open_for(args) as vault:
        client = vault.client(region_name=args.region)
        response = client.get_secret_value(
            SecretId=target.name, **{member: value for member, value in selection.items() if value is not None}
        )
    return target.value_in(response)
