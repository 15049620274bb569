"""`ExportOptions`: how an export names variables, what protects it, and what it had to leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from smtui.system.ambient import Ambient
from smtui.text.json_object import JsonMember
from smtui.transfer.variables import DEFAULT_NAMING, Naming


@dataclass(slots=True)
class ExportOptions:
    """The options of one export.

    Attributes:
        prefix: the beginning that names omit, in formats of variables and of Kubernetes.
        naming: how variables are named.
        passphrase: protects the export, in formats that are encrypted.
        ambient: gives random bytes for an encrypted format.
        left_out: counts what the format cannot carry, by its description.
        omitted: how many secrets it cannot carry at all; they are in `left_out` too.
    """

    prefix: str = ""
    naming: Naming = DEFAULT_NAMING
    passphrase: str | None = field(default=None, repr=False)
    ambient: Ambient = field(default_factory=Ambient, repr=False)
    left_out: Counter[str] = field(default_factory=Counter)
    omitted: int = 0

    def omit_secret(self, why: str) -> None:
        """Counts a secret that is not written."""
        self.left_out[why] += 1
        self.omitted += 1

    def count_metadata(self, tags: Collection[str], description: str | None) -> None:
        """Counts a secret whose description and tags are not written."""
        if tags or description:
            self.left_out["descriptions and tags of secrets"] += 1

    def count_member(self, member: JsonMember) -> None:
        """Counts a member of a JSON object that is written as text."""
        if not member.is_text:
            self.left_out["types of JSON values that are not text, which become text"] += 1
