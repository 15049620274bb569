"""The 23 operations as commands: `smtui <operation> --flags` is `aws secretsmanager <operation> --flags`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from smtui.api.model import OPERATIONS
from smtui.cli import output, pages, parameters, rendering, rotation_report, skeletons
from smtui.cli.agent_session import open_for_client
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.global_options import declare_output
from smtui.cli.parser import parse_count
from smtui.cli.unlocking import open_context_for

PAGE_OPTIONS = ("starting_token", "page_size", "max_items")
BY_COMMAND = {parameters.hyphenate(name): operation for name, operation in OPERATIONS.items()}


def declare(parser: argparse.ArgumentParser, command: str) -> None:
    operation = BY_COMMAND[command]
    parameters.declare(parser, operation)
    declare_output(parser)
    if operation.name in pages.PAGED_MEMBERS:
        _declare_pages(parser)


def _declare_pages(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("pages", "All pages are fetched and merged, unless --no-paginate is given.")
    group.add_argument("--max-items", metavar="N", type=parse_count, help="stop after N items and return a NextToken")
    group.add_argument("--page-size", metavar="N", type=parse_count, help="fetch N items per page")
    group.add_argument("--starting-token", metavar="TOKEN", help="continue from the NextToken of an earlier response")


def run(args: argparse.Namespace) -> Exit:
    """Runs one operation. Whatever can be refused without the vault is refused before it is opened."""
    operation = BY_COMMAND[args.command]
    if args.generate_cli_skeleton in ("input", "yaml-input"):
        sample = skeletons.make_skeleton(operation.request)
        output.write_line(json.dumps(sample, indent=4) if args.generate_cli_skeleton == "input"
                          else rendering.dump_yaml(sample))
        return Exit.DONE
    query = _compile_query(args.query)
    request = parameters.build_request(operation, vars(args))
    if args.generate_cli_skeleton:
        responses = [skeletons.make_skeleton(operation.response, names=True)]
    else:
        responses = _call(operation.name, request, args)
    for response in responses:
        answer = rendering.to_json_types(rendering.arrange(response, operation.response))
        text = rendering.render(query(answer), args.output, operation.name)
        if text is not None:
            output.write_line(text)
    return Exit.DONE


def _call(operation: str, request: dict[str, Any], args: argparse.Namespace) -> list[dict[str, Any]]:
    """The responses to print one after the other. Raises SmtuiError."""
    fetch = _choose_pages(operation, request, args)
    with (open_context_for if operation == "RotateSecret" else open_for_client)(args) as context:
        responses = fetch(getattr(context.client(region_name=args.region), args.command.replace("-", "_")))
        if operation == "RotateSecret" and context.can.has_rotation_runs:
            rotation_report.report_problem(context, request["SecretId"], args.region)
    return responses


def _choose_pages(
    operation: str, request: dict[str, Any], args: argparse.Namespace
) -> Callable[[pages.Method], list[dict[str, Any]]]:
    """The function that calls the operation: once, or for all pages. Raises UsageError."""
    if operation not in pages.PAGED_MEMBERS:
        return lambda method: [method(**request)]
    if args.no_paginate or {"MaxResults", "NextToken"} & set(request):
        given = [f"--{name.replace('_', '-')}" for name in PAGE_OPTIONS if getattr(args, name) is not None]
        if given:
            raise UsageError("Cannot specify --no-paginate along with pagination arguments: " + ", ".join(given),
                             hint="--max-results and --next-token also return a single page.")
        return lambda method: [method(**request)]
    if args.max_items == 0:
        raise UsageError("--max-items must be at least 1.")
    fetch = pages.fetch_parts if args.output in ("text", "yaml-stream") else pages.fetch_all
    settings = {"PageSize": args.page_size, "MaxItems": args.max_items, "StartingToken": args.starting_token or None}
    return lambda method: fetch(operation, method, request, settings)


def _compile_query(query: str | None) -> Any:
    """The function that applies --query to an answer. Raises UsageError."""
    if query is None:
        return lambda answer: answer
    import jmespath

    try:
        expression = jmespath.compile(query)
    except jmespath.exceptions.JMESPathError as error:
        raise UsageError(f"Bad value for --query: {_format_fault(error)}") from None

    def search(answer: Any) -> Any:
        try:
            return expression.search(answer)
        except jmespath.exceptions.JMESPathError as error:  # the message would quote the answer
            raise UsageError(f"--query does not fit the answer ({type(error).__name__}).") from None

    return search


def _format_fault(error: Exception) -> str:
    """What JMESPath says about an expression, in one line: without the expression that follows, as the user gave it."""
    return str(error).splitlines()[0].removesuffix(":").removesuffix(", for expression")
