"""Prints a secret's value: the whole, or one key where it holds a JSON object.

Into a pipe or file goes exactly the value, without a line break behind it. To a terminal it goes in a form that
cannot drive the terminal.
"""

from __future__ import annotations

import argparse

from smtui.cli import output
from smtui.cli.exit_codes import Exit
from smtui.cli.target import Target
from smtui.cli.unlocking import opened

EXAMPLE = "smtui get prod/db#password\nsmtui get tls/key > key.pem"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME[#KEY]", help="the secret (name or ARN), and a key of its JSON object")
    declare_version(parser)


def declare_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version-stage", metavar="LABEL", help="the version with this label (default: AWSCURRENT)")
    parser.add_argument("--version-id", metavar="ID", help="the version with this id")


def run(args: argparse.Namespace) -> Exit:
    output.value(fetched(args))
    return Exit.DONE


def fetched(args: argparse.Namespace) -> str | bytes:
    """The value that the options name."""
    target = Target.of(args.target)
    asked = {"VersionId": args.version_id, "VersionStage": args.version_stage}
    with opened(args) as vault:
        client = vault.client(region_name=args.region)
        response = client.get_secret_value(
            SecretId=target.name, **{member: value for member, value in asked.items() if value is not None}
        )
    return target.value_in(response)
