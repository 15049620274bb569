"""Keeps the vault unlocked, so that get, copy, exec, ls and the operations need no passphrase and no key derivation.
Without ACTION it runs until Ctrl+C, or in the background with --detach; `status` describes the agent that is running
for this vault, `stop` ends it.

While the vault is unlocked, every program of your user can read every secret without the passphrase: that is what an
agent gives up. The audit log records each use with the process ID and the program. The agent locks after 15
minutes without a call, after 8 hours in any case, when the machine was suspended, at SIGHUP, and with smtui lock. Then
it holds no key, and the next command asks for the passphrase and hands it over.

--only PREFIX and --read-only limit what it answers; --confirm asks about each program. The agent also rotates what is
due, as smtui rotate-due does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from smtui.cli import agent_session, diagnostics, output, serving, unlocking
from smtui.cli.exit_codes import Exit, RefusedError, UsageError
from smtui.system import agent_socket

EXAMPLE = (
    "smtui agent --detach\n"
    "smtui agent --detach --only dev/ --idle-lock 3600\n"
    "smtui agent status"
)
RUN = "run"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", nargs="?", default=RUN, choices=(RUN, "status", "stop"))
    parser.add_argument("--confirm", action="store_true",
                        help="ask at this terminal before a program first uses the vault, again after each lock")
    parser.add_argument("--json", action="store_true", help="with status: as JSON")
    serving.declare_agent_options(parser)


def run(args: argparse.Namespace) -> Exit:
    if args.action == "status":
        return _show_status(args)
    if args.action == "stop":
        with agent_session.require_agent(args) as vault:
            vault.agent.request("stop")
        return Exit.DONE
    serving.require_unix_sockets()
    if args.confirm and args.detach:
        raise UsageError("--confirm asks at this terminal: omit --detach.")
    if not serving.is_activated() and agent_session.find_agent_of(unlocking.get_vault_path(args)) is not None:
        raise RefusedError("An agent for this vault is already running.", hint="smtui agent status describes it.")
    if args.detach and not args.detached:
        return Exit(serving.start_in_background(args, ["agent", *serving.list_agent_options(args)]))
    with serving.run_agent(args, confirms=args.confirm) as agent:
        serving.report_ready(args)
        diagnostics.note(f"the agent keeps {agent.shared.path} unlocked; Ctrl+C or smtui agent stop ends it.")
        serving.wait_for_end(agent)
    return Exit.DONE


def _show_status(args: argparse.Namespace) -> Exit:
    path = unlocking.get_vault_path(args)
    vault = agent_session.find_agent_of(path)
    if vault is None:
        if not args.json:
            raise agent_session.make_no_agent_error(path)
        socket = agent_socket.get_socket_path(str(path)) if agent_socket.IS_SUPPORTED else None
        output.write_line(json.dumps({"running": False, "vault": str(path), "socket": socket}))
        return Exit.REFUSED
    with vault:
        status = vault.read_status()
    if args.json:
        output.write_line(json.dumps({"running": True, **status}, indent=4))
    else:
        for line in _list_lines(status):
            output.write_line(line)
    return Exit.DONE


def _list_lines(status: Mapping[str, Any]) -> Iterator[str]:
    yield f"vault:     {status['vault']}"
    yield f"process:   {status['pid']}"
    if status["locked"]:
        yield f"state:     locked. {status['lock_reason']}"
    else:
        left = status["seconds_left"]
        yield f"state:     unlocked, {'without a limit' if left is None else f'locks in {left:,} s'}"
    limits = [*(["read-only"] if status["read_only"] else []),
              *([f"only names that start with {status['only']}"] if status["only"] else [])]
    if limits:
        yield f"limits:    {', '.join(limits)}"
    yield f"calls:     {status['calls']:,}"
    for each in status["endpoints"]:
        yield f"endpoint:  {each['url']}, {each['connections']:,} connections"
    if status["endpoints"]:
        yield f"requests:  {status['requests_done']:,} done, {status['requests_refused']:,} refused"
