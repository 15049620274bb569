"""The argument of the command `secret`: the name or ARN of a secret, and the names like one that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from smtui.api.arn import parse_secret_arn
from smtui.api.errors import ClientError, ResourceNotFoundException
from smtui.rules.fuzzy import Word, find_positions, score_positions
from smtui.tui.bridge import call

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.tui.session import Session

MAX_NAMES = 5_000
"""The number of names that complete an argument, or are compared with a name that does not exist."""
MAX_SUGGESTIONS = 3


async def load_names(session: Session) -> Sequence[str]:
    """Reads the first names of the Region, for completion. The audit log does not record it."""
    return await call(_read_names, session.client(record_reads=False))


async def load_secret_problem(session: Session, secret_id: str) -> str:
    """Returns why no secret can be opened by this name or ARN; empty if the screen of the secret can say more."""
    client = session.client(record_reads=False)
    try:
        await call(client.describe_secret, SecretId=secret_id)
    except ResourceNotFoundException:
        arn = parse_secret_arn(secret_id)
        name = arn.name if arn else secret_id
        near = find_similar_names(name, await call(_read_names, client))
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        return f"There is no secret named {name} in {session.region}.{hint}"
    except ClientError:
        pass
    return ""


def find_similar_names(name: str, names: Sequence[str]) -> list[str]:
    """Returns the names that a name may stand for, the likeliest first.

    These are the names that contain it, or else those spelled alike, or else those with its characters in order.
    """
    return (_find_matches(Word(name, is_exact=True), names) or get_close_matches(name, names, n=MAX_SUGGESTIONS)
            or _find_matches(Word(name), names))


def _find_matches(word: Word, names: Sequence[str]) -> list[str]:
    rated = [(-score_positions(each, at), len(each), each) for each in names if (at := find_positions(word, each))]
    return [each for *_, each in sorted(rated)[:MAX_SUGGESTIONS]]


def _read_names(client: Client) -> list[str]:
    """Reads the first names of the Region, in the vault's thread; none if the caller may not list them."""
    names: list[str] = []
    try:
        for page in client.get_paginator("list_secrets").paginate(MaxResults=100):
            names += [entry["Name"] for entry in page["SecretList"]]
            if len(names) >= MAX_NAMES:
                break
    except ClientError:
        return []
    return names
