"""A shortcut: an action with its keys and the place where they work. `keys` declares all of them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

PLACES = {
    "everywhere": "Everywhere",
    "list": "In lists",
    "secrets": "Secrets",
    "filter": "Filter",
    "saved": "Saved filters",
    "columns": "Columns of the list",
    "secret": "A secret",
    "tabs": "Parts of a secret",
    "versions": "Versions of a secret",
    "audit": "Audit log",
    "event": "An event of the audit log",
    "health": "Health",
    "vault": "The vault as a whole",
    "regions": "Regions and vaults",
    "door": "Before a vault is open",
    "policy": "Policy of a secret",
    "rotation": "Rotation of a secret",
    "replication": "Replication of a secret",
    "replicas": "Regions to replicate to",
    "functions": "Rotation functions",
    "kms": "KMS keys",
    "settings": "Settings",
    "compare": "Two versions compared",
    "unlock": "Unlock",
    "recover": "Recover",
    "create": "New passphrase",
    "recovery": "Recovery code",
    "generator": "Password generator",
    "dialog": "Questions",
    "answers": "Answers of a question",
    "long_text": "Questions with a long text",
    "job": "Long work",
    "form": "Form of a value",
    "tags": "Form of tags",
    "fields": "Form of a few fields",
    "one_line": "One line",
    "json": "JSON text",
    "plan": "Plan for several",
    "deletion": "Plan of a deletion",
    "undo": "What can be undone",
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
    """

    id: str
    keys: str
    action: str
    words: str
    tooltip: str
    show: bool = False
    priority: bool = False

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
