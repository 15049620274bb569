"""Validates tags, for CreateSecret and TagResource alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smtui.api.errors import InvalidParameterException, LimitExceededException
from smtui.api.limits import MAX_TAGS_PER_SECRET

RESERVED = "aws:"


def parse_tags(tags: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The tags of a request by key. Raises InvalidParameterException."""
    found: dict[str, str] = {}
    for tag in tags:
        key = tag.get("Key")
        if not key:
            raise InvalidParameterException("Each tag needs a Key.")
        if key.lower().startswith(RESERVED):
            raise InvalidParameterException(f"Tag keys can't start with {RESERVED}, which is reserved.")
        if key in found:
            raise InvalidParameterException("A tag key can be given only once in a request.")
        found[key] = tag.get("Value", "")
    return found


def merge_tags(present: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Both together. Raises LimitExceededException if a secret cannot have that many tags."""
    tags = {**present, **new}
    if len(tags) > MAX_TAGS_PER_SECRET:
        raise LimitExceededException(f"A secret can have at most {MAX_TAGS_PER_SECRET} tags.")
    return tags
