"""Prints the credentials of the running endpoint as JSON, for `credential_process` in ~/.aws/config. Nothing secret is
on disk, and the answer stays correct when the endpoint is restarted.

    [profile local]
    region = us-east-1
    services = smtui
    credential_process = smtui credentials
    [services smtui]
    secrets_manager =
      endpoint_url = http://127.0.0.1:2773
"""

from __future__ import annotations

import argparse
import json

from smtui.cli import agent_session, output, serving
from smtui.cli.exit_codes import Exit

EXAMPLE = "smtui credentials\nsmtui credentials --caller alice"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--caller", metavar="NAME",
                        help="a caller of smtui callers, or of smtui serve --caller (default: the owner)")


def run(args: argparse.Namespace) -> Exit:
    from smtui.server.endpoint_environment import format_credentials

    serving.require_unix_sockets()
    with agent_session.require_agent(args) as vault:
        variables = agent_session.send_request(vault, "environment", caller=args.caller)
        output.write_line(json.dumps(format_credentials(variables, vault.now())))
    return Exit.DONE
