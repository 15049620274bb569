"""Names of secrets for completion, from a vault that opens without a question: an agent's, or with a stored key."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from smtui.api.limits import MAX_PAGE_SIZE
from smtui.cli import agent_session, chosen_context, unlocking

if TYPE_CHECKING:
    from smtui.api.types import Client

MAX_NAMES = 1000
"""More names than this help nobody to choose."""


def list_names(args: argparse.Namespace, prefix: str) -> Iterator[str]:
    """The first names that begin with a prefix, in order; none if the vault is locked. Raises SmtuiError."""
    with _open_client(args) as client:
        if client is None:
            return
        found = 0
        pages = client.get_paginator("list_secrets").paginate(
            Filters=[{"Key": "name", "Values": [prefix]}] if prefix else [], SortBy="name", SortOrder="asc",
            MaxResults=MAX_PAGE_SIZE)
        for page in pages:
            for secret in page["SecretList"]:
                if secret["Name"].startswith(prefix):
                    yield secret["Name"]
                    found += 1
            if found >= MAX_NAMES:
                return


@contextmanager
def _open_client(args: argparse.Namespace) -> Iterator[Client | None]:
    """A client of the vault that the options select; None where it would take a question, or a call to AWS."""
    context = chosen_context.find_context(args)
    if context is not None and context.is_aws:
        yield None
        return
    agent = agent_session.find_agent(args)
    if agent is not None:
        with agent:
            yield None if agent.read_status()["locked"] else agent.client(region_name=args.region)
        return
    args.read_only = True
    vault = unlocking.open_with_keyring(unlocking.get_vault_path(args), args)
    if vault is None:
        yield None
        return
    with vault:
        is_older = vault.maintenance.missing_commits  # of which a command would ask
        yield None if is_older else vault.client(region_name=args.region)
