"""Serves the vault to every AWS SDK and the aws CLI of this machine, at http://127.0.0.1:2773 and http://[::1]:2773:
the 23 operations of AWS Secrets Manager, signed as for AWS, and the HTTP interface of AWS's Secrets Manager Agent and
Lambda extension. Each start creates a new key pair for you. The Region that a program signs for is the Region it sees.

    smtui serve -- CMD      runs a program with the endpoint, Region and credentials in its environment, and ends with
                            its exit code
    smtui serve --env       prints the variables as export lines, and serves until Ctrl+C; if an endpoint is running
                            already, it prints them and returns, as with --detach: eval "$(smtui serve --detach --env)"
    smtui serve             serves until Ctrl+C; programs get credentials from smtui credentials

--caller NAME=none adds a caller arn:aws:iam::ACCOUNT:user/NAME for this run, which may do what the policies of the
secrets allow; NAME=admin one that may do what they do not deny. smtui callers stores permanent callers. Each request is
recorded in the audit log, with its caller and user agent, and as a line on standard error without names of secrets.
smtui lock locks the vault: requests are then answered with 503.

If an agent is running for the vault, the agent serves it, and no passphrase is needed.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from smtui.cli import agent_session, diagnostics, output, serving, unlocking
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.parser import parse_count
from smtui.cli.programs import find_program
from smtui.server.limits import PORT

if TYPE_CHECKING:
    from smtui.backends.agent_client import AgentVault
    from smtui.server.credentials import IdentityPolicy

    Callers = Mapping[str, IdentityPolicy]

EXAMPLE = (
    "smtui serve -- python app.py\n"
    "smtui serve -- aws secretsmanager list-secrets\n"
    "smtui serve --port 8200 --caller alice=none"
)
MAX_PORT = 65535
_CALLER = re.compile(r"([\w+=,.@-]{1,64})=(none|admin)", re.ASCII)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=parse_count,
                        help=f"port on the loopback interface; 0 = a free one (default: {PORT})")
    parser.add_argument("--env", action="store_true", help="print the environment variables as export lines")
    parser.add_argument("--caller", metavar="NAME=none|admin", action="append", default=[],
                        help="a further caller, and what its identity policies allow; can be repeated")
    serving.declare_agent_options(parser)
    parser.set_defaults(behind=())


def run(args: argparse.Namespace) -> Exit | int:
    callers = dict(map(_parse_caller, args.caller))
    if args.port is not None and args.port > MAX_PORT:
        raise UsageError(f"argument --port: a port is at most {MAX_PORT:,}")
    if args.behind and (args.env or args.detach):
        raise UsageError("A command after -- gets its environment itself: omit --env and --detach.")
    program = find_program(args.behind[0], os.environ) if args.behind else ""
    is_alone = args.no_agent or serving.is_activated()
    agent = None if is_alone else agent_session.find_agent_of(unlocking.get_vault_path(args))
    if agent is not None:
        with agent:
            return _serve_through_agent(agent, args, callers, program)
    if args.detach and not args.detached:
        return _start_in_background(args)
    return _serve_here(args, callers, program)


def _parse_caller(word: str) -> tuple[str, IdentityPolicy]:
    found = _CALLER.fullmatch(word)
    if found is None:
        raise UsageError("argument --caller: expected NAME=none or NAME=admin")
    return found[1], "admin" if found[2] == "admin" else "none"


def _serve_here(args: argparse.Namespace, callers: Callers, program: str) -> Exit | int:
    log = None if args.behind or args.detached else serving.record_request
    with serving.run_agent(args, log=log, needs_socket=not args.behind) as agent:
        endpoint = agent.start_endpoint(_choose_port(args), callers)
        variables = agent.make_environment(endpoint)
        if args.behind:
            return serving.run_program(program, args.behind, variables)
        _report(args, endpoint.url, variables)
        serving.wait_for_end(agent)
    return Exit.DONE


def _serve_through_agent(
    vault: AgentVault, args: argparse.Namespace, callers: Callers, program: str
) -> Exit | int:
    """Lets the running agent serve for as long as this command runs."""
    if args.only or args.read_only or args.detach:
        raise UsageError("An agent is running for this vault: it serves with its own limits, while this command runs.",
                         hint="Stop it first: smtui agent stop. Or use --no-agent.")
    status = vault.read_status()
    if args.env and status["endpoints"] and not args.caller and args.port is None:
        output.write_line(serving.format_exports(agent_session.send_request(vault, "environment")))
        return Exit.DONE
    agent_session.unlock_agent(vault, args)
    started = agent_session.send_request(vault, "serve", port=_choose_port(args), callers=callers)
    if args.behind:
        return serving.run_program(program, args.behind, started["environment"])
    _report(args, started["url"], started["environment"])
    serving.wait_for_agent(vault.agent)
    return Exit.DONE


def _choose_port(args: argparse.Namespace) -> int:
    """The port to serve on. A program that gets the address anyway needs no fixed one."""
    if args.port is not None:
        return int(args.port)
    return PORT if not args.behind or serving.is_port_free(PORT) else 0


def _report(args: argparse.Namespace, url: str, variables: Mapping[str, str]) -> None:
    if args.env and not args.detached:
        output.write_line(serving.format_exports(variables))
        output.finish()
    serving.report_ready(args)
    diagnostics.note(f"serving at {url}; Ctrl+C ends it.")


def _start_in_background(args: argparse.Namespace) -> Exit | int:
    words = ["serve", *serving.list_agent_options(args), *(f"--caller={each}" for each in args.caller)]
    if args.port is not None:
        words.append(f"--port={args.port}")
    code = serving.start_in_background(args, words)
    if code == Exit.DONE and args.env:
        with agent_session.require_agent(args) as vault:
            output.write_line(serving.format_exports(agent_session.send_request(vault, "environment")))
    return code
