"""`ExportOptions`: how an export names variables, what protects it, and what it had to leave out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from smtui.system.ambient import Ambient
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
    """

    prefix: str = ""
    naming: Naming = DEFAULT_NAMING
    passphrase: str | None = field(default=None, repr=False)
    ambient: Ambient = field(default_factory=Ambient, repr=False)
    left_out: Counter[str] = field(default_factory=Counter)
