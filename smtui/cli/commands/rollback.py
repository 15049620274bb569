"""Moves AWSCURRENT back to the previous version; AWSPREVIOUS moves to the version that was current, so that a second
rollback reverses the first. With NAME~N or NAME:LABEL, AWSCURRENT moves to that version.

No value changes. If someone else moves AWSCURRENT at the same time, the rollback is refused.
"""

from __future__ import annotations

import argparse

from smtui.cli import output
from smtui.cli.exit_codes import Exit, RefusedError
from smtui.cli.target import parse_version
from smtui.cli.unlocking import open_context_for
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT
from smtui.rules.version_spec import VersionSpec

EXAMPLE = "smtui rollback prod/db\nsmtui rollback prod/db~2"
SHORT_LENGTH = 8


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="NAME[:LABEL|~N]", help="secret (name or ARN), and the version to return to")


def run(args: argparse.Namespace) -> Exit:
    version = parse_version(args.target)
    if version.is_current:
        version = VersionSpec(version.text, version.secret_id, back=1)
    with open_context_for(args) as vault:
        client = vault.client(region_name=args.region)
        labels = read_labels(client, version.secret_id)
        current = labels.get(AWSCURRENT)
        if current is None:
            raise RefusedError(f"{version.secret_id} has no current version to roll back from.")
        wanted = version.find_version_id(client, labels)
        if wanted == current:
            raise RefusedError(f"{version.text} is already the current version. Nothing was changed.")
        client.update_secret_version_stage(SecretId=version.secret_id, VersionStage=AWSCURRENT,
                                           RemoveFromVersionId=current, MoveToVersionId=wanted)
    move = f"from {current[:SHORT_LENGTH]} to {wanted[:SHORT_LENGTH]}"
    output.write_line(f"{version.secret_id}: {AWSCURRENT} moved {move}")
    return Exit.DONE
