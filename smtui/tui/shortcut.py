"""A shortcut: an action with its keys and the place where they work. `keys` declares all of them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

PLACES = {
    "everywhere": "Everywhere",
    "list": "Lists",
    "secrets": "Secrets",
    "filter": "Filter",
    "saved": "Saved filters",
    "columns": "List columns",
    "secret": "Secret",
    "tabs": "Tabs of a secret",
    "versions": "Versions",
    "audit": "Audit log",
    "event": "Audit event",
    "health": "Health",
    "contexts": "Compare contexts",
    "vault": "Vault",
    "access": "Access",
    "regions": "Regions and vaults",
    "door": "Start",
    "account": "AWS account",
    "policy": "Policy",
    "rotation": "Rotation",
    "replication": "Replication",
    "replicas": "New replicas",
    "functions": "Rotation functions",
    "kms": "KMS keys",
    "settings": "Settings",
    "compare": "Comparison",
    "unlock": "Unlock",
    "recover": "Recover",
    "create": "New passphrase",
    "recovery": "Recovery code",
    "generator": "Password generator",
    "dialog": "Dialogs",
    "pick": "Lists to choose from",
    "copy": "Which key to copy",
    "code": "One-time code",
    "qr": "QR code",
    "import_plan": "Plan of an import",
    "answers": "Dialog buttons",
    "long_text": "Dialogs with long text",
    "job": "Background job",
    "form": "Value form",
    "tags": "Tag form",
    "fields": "Forms",
    "one_line": "Text input",
    "command": "Command line",
    "json": "JSON editor",
    "plan": "Bulk action",
    "deletion": "Recovery window",
    "undo": "Undo",
    "manual": "Manual",
    "help": "Help",
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One action and its keys.

    Attributes:
        id: the place and the name of the action, such as `list.down`.
        keys: Textual's names of the keys, separated by commas.
        action: the action that Textual runs on the screen.
        words: the label in the footer.
        tooltip: the description in the help and in the command palette.
        show: whether the footer shows it.
        priority: whether it takes precedence over the focused widget.
        command: the names on the command line, separated by spaces; empty means the second part of the id.
    """

    id: str
    keys: str
    action: str
    words: str
    tooltip: str
    show: bool = False
    priority: bool = False
    command: str = ""

    @property
    def command_names(self) -> tuple[str, ...]:
        """The names on the command line, such as `roll-back`; the first one is shown."""
        return tuple((self.command or self.id.partition(".")[2].replace("_", "-")).split())

    @property
    def place(self) -> str:
        """The key of `PLACES` where the shortcut works."""
        return self.id.partition(".")[0]

    def make_binding(self) -> Binding:
        """Returns the Textual binding."""
        return Binding(
            self.keys, self.action, self.words,
            id=self.id, tooltip=self.tooltip, show=self.show, priority=self.priority,
        )


def name_place(id: str) -> str:
    """Returns the name of the place where the shortcut with this id works."""
    return PLACES[id.partition(".")[0]]
