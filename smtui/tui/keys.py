"""All shortcuts: the screens, the footer, the help, the command palette and the table in `docs/` use this list.

A letter has the same meaning everywhere. No single key destroys anything: an action that cannot be undone opens a
dialog whose first answer is "Cancel". The settings can replace keys by `id`, in the section `[keys]`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from textual.binding import BindingType

from smtui.tui import key_names
from smtui.tui.dialog_keys import DIALOG_SHORTCUTS
from smtui.tui.shortcut import PLACES, Shortcut

SHORTCUTS = (
    Shortcut("everywhere.help", "question_mark,f1", "help", "Help", "Show the keys of this screen",
             show=True, priority=True, command="help h"),
    Shortcut("everywhere.command", "colon", "command", "Command",
             "Enter a command, such as health, region eu-west-1, vault team, rw or q"),
    Shortcut("everywhere.palette", "ctrl+p", "command_palette", "Commands", "Find a command by its name"),
    Shortcut("everywhere.generate", "p", "generate", "Password", "Open the password generator",
             command="generate password"),
    Shortcut("everywhere.undo", "u", "undo", "Undo", "Undo the last change of this session, after a preview",
             show=True),
    Shortcut("everywhere.go", "o", "go", "Go to…", "Go to another screen by its letter"),
    Shortcut("everywhere.recent", "H", "recent", "Recent", "Open one of the secrets opened recently in this session"),
    Shortcut("everywhere.previous_secret", "J", "previous_secret", "Previous secret",
             "Return to the secret opened before this one"),
    Shortcut("everywhere.favorites", "apostrophe", "favorites", "Favourites", "Open one of the favourite secrets"),
    Shortcut("everywhere.favorite", "I", "favorite", "Favourite",
             "Add this secret to the favourites of this machine, or remove it"),
    Shortcut("everywhere.switch", "c", "switch", "Regions, vaults", "Switch to another Region, vault or AWS account"),
    Shortcut("everywhere.previous_context", "0", "previous_context", "Previous context",
             "Return to the previous vault or AWS account, as you left it"),
    Shortcut("everywhere.job", "f9", "job", "Background job", "Show progress or send the job to the background",
             priority=True),
    Shortcut("everywhere.allow_changes", "f10", "allow_changes", "Read-write (rw)", "Leave read-only mode",
             command="rw"),
    Shortcut("everywhere.read_again", "f12", "read_again", "Refresh", "Reload the data of this screen"),
    Shortcut("everywhere.clear_clipboard", "Y", "clear_clipboard", "Clear clipboard",
             "Clear the clipboard if it still holds the copied text"),
    Shortcut("everywhere.lock", "ctrl+l", "lock", "Lock", "Lock the vault", priority=True),
    Shortcut("everywhere.put_aside", "ctrl+z", "put_aside", "Suspend",
             "Lock and suspend (fg resumes); in a text area, Ctrl+Z undoes typing", priority=True),
    Shortcut("everywhere.quit", "q", "quit", "Quit", "Lock and quit", command="quit q exit"),
    Shortcut("everywhere.leave", "ctrl+q", "quit", "Quit", "Lock and quit, even from a dialog", priority=True),

    Shortcut("list.down", "down,j", "move(1)", "Down", "Move to the next row"),
    Shortcut("list.up", "up,k", "move(-1)", "Up", "Move to the previous row"),
    Shortcut("list.page_down", "pagedown,ctrl+d", "page(1)", "Page down", "Scroll down one page"),
    Shortcut("list.page_up", "pageup,ctrl+u", "page(-1)", "Page up", "Scroll up one page"),
    Shortcut("list.first", "home,g", "first", "First", "Move to the first row"),
    Shortcut("list.last", "end,G", "last", "Last", "Move to the last row"),

    Shortcut("secrets.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("secrets.open", "enter,l", "open", "Open", "Open the secret under the cursor", show=True),
    Shortcut("secrets.copy", "y", "copy", "Copy", "Copy the value without showing it", show=True),
    Shortcut("secrets.copy_password", "ctrl+y", "copy_password", "Copy password",
             "Copy the password, or a value without keys, in one step", command="copy-password"),
    Shortcut("secrets.copy_user", "N", "copy_user", "Copy user name", "Copy the user name in one step"),
    Shortcut("secrets.code", "M", "code", "One-time code", "Copy and show the one-time code (TOTP)",
             command="code otp"),
    Shortcut("secrets.open_url", "O", "open_url", "Open URL…", "Open the URL in the browser, after confirmation"),
    Shortcut("secrets.qr_code", "Q", "qr_code", "QR code", "Show a key or the value as a QR code for a limited time",
             command="qr-code qr"),
    Shortcut("secrets.add", "a", "add", "Add", "Create a secret", show=True),
    Shortcut("secrets.sort", "s", "sort", "Sort", "Sort by the next column"),
    Shortcut("secrets.reverse", "S", "reverse", "Reverse order", "Reverse the sort order"),
    Shortcut("secrets.columns", "C", "columns", "Columns…", "Choose columns and their order"),
    Shortcut("secrets.saved", "F", "saved", "Saved filters", "Apply, save or remove a saved filter"),
    Shortcut("secrets.tree", "T", "tree", "Tree",
             "Show names as a tree, in groups such as prod/payments/; press again for a flat list", show=True),
    Shortcut("secrets.expand", "right", "expand", "Expand", "Expand the group of the tree, or move into it"),
    Shortcut("secrets.up_level", "left,h", "up_level", "Back", "Collapse the group of the tree, or go up one level"),
    Shortcut("secrets.preview", "Z", "preview", "Preview", "Show or hide the preview of the secret"),
    Shortcut("secrets.select", "space", "select", "Mark", "Mark or unmark the secret and move down", show=True),
    Shortcut("secrets.select_range", "V", "select_range", "Mark range", "Start a range; press again to mark it"),
    Shortcut("secrets.invert_selection", "asterisk", "invert_selection", "Invert marks",
             "Invert the marks in the list"),
    Shortcut("secrets.tag", "t", "tag", "Tags", "Edit tags of the marked secrets or of the one under the cursor"),
    Shortcut("secrets.delete", "d", "delete", "Delete…",
             "Schedule deletion of the marked secrets or of the one under the cursor"),
    Shortcut("secrets.planned", "x", "planned", "Scheduled deletions",
             "Show secrets scheduled for deletion; press again to return to the list"),
    Shortcut("secrets.restore", "U", "restore", "Restore",
             "Cancel scheduled deletion of the marked secrets or of the one under the cursor"),
    Shortcut("secrets.names", "n", "names", "Copy names", "Copy names or ARNs (no values)"),
    Shortcut("secrets.export", "W", "export", "Export…", "Export the marked secrets to a plain-text file"),
    Shortcut("secrets.compare", "equals_sign", "compare", "Compare",
             "Compare the marked secrets with another Region, vault or account, and promote them",
             command="compare-marked"),
    Shortcut("secrets.back", "escape", "back", "Back", "Leave filter; then clear range, marks, filter"),

    Shortcut("filter.open", "enter", "open", "Open", "Open the best match; with filters only, move to the list",
             show=True),
    Shortcut("filter.down", "down", "move(1)", "Down", "Move to the next row and keep typing"),
    Shortcut("filter.up", "up", "move(-1)", "Up", "Move to the previous row and keep typing"),
    Shortcut("filter.copy", "ctrl+y", "copy", "Copy password",
             "Copy the password of the secret under the cursor without showing it", show=True),
    Shortcut("filter.complete", "tab", "complete", "Complete", "Accept the first suggestion, like →", show=True),
    Shortcut("filter.save", "ctrl+s", "save", "Save filter", "Save this filter under a name", show=True),

    Shortcut("saved.save", "ctrl+s", "save", "Save filter", "Save the current filter under a name", show=True),
    Shortcut("saved.remove", "f8", "remove", "Remove", "Remove the saved filter under the cursor", show=True),

    Shortcut("columns.toggle_column", "space", "toggle_column", "On/off", "Show or hide this column", show=True),
    Shortcut("columns.up", "left,ctrl+up", "shift(-1)", "Left", "Move this column left", show=True),
    Shortcut("columns.down", "right,ctrl+down", "shift(1)", "Right", "Move this column right", show=True),
    Shortcut("columns.by_width", "ctrl+r", "by_width", "Automatic", "Use automatic columns", show=True),
    Shortcut("columns.save", "ctrl+s", "save", "Apply", "Apply and save the columns", show=True),

    Shortcut("secret.copy", "y", "copy", "Copy", "Copy the value or the key under the cursor without showing it",
             show=True),
    Shortcut("secret.copy_password", "ctrl+y", "copy_password", "Copy password",
             "Copy the password, or a value without keys, in one step", command="copy-password"),
    Shortcut("secret.copy_user", "N", "copy_user", "Copy user name", "Copy the user name in one step"),
    Shortcut("secret.code", "M", "code", "One-time code", "Copy and show the one-time code (TOTP)", command="code otp"),
    Shortcut("secret.open_url", "O", "open_url", "Open URL…", "Open the URL in the browser, after confirmation"),
    Shortcut("secret.qr_code", "Q", "qr_code", "QR code", "Show a key or the value as a QR code for a limited time",
             command="qr-code qr"),
    Shortcut("secret.reveal", "r", "reveal", "Reveal", "Reveal the value for a limited time, or hide it", show=True),
    Shortcut("secret.edit", "e", "edit", "Edit", "Edit the value and store a new version", show=True),
    Shortcut("secret.edit_in_editor", "E", "edit_in_editor", "In $EDITOR",
             "Edit the value in $EDITOR and store a new version"),
    Shortcut("secret.from_file", "f", "from_file", "From file…", "Store a file as a new version"),
    Shortcut("secret.to_file", "w", "to_file", "To file…",
             "Save the value or the key under the cursor to a private file"),
    Shortcut("secret.change_key", "K", "change_key", "KMS key…", "Re-encrypt with another KMS key"),
    Shortcut("secret.edit_description", "i", "edit_description", "Description", "Edit the description"),
    Shortcut("secret.tag", "t", "tag", "Tags", "Edit the tags"),
    Shortcut("secret.versions", "v", "versions", "Versions", "Show the versions and their labels"),
    Shortcut("secret.delete", "d", "delete", "Delete…", "Schedule deletion of this secret"),
    Shortcut("secret.restore", "U", "restore", "Restore", "Cancel the scheduled deletion"),
    Shortcut("secret.back", "escape,h", "back", "Back", "Return to the list", show=True),

    *(
        Shortcut(f"tabs.{name.lower()}", str(number), f"tab({number})", name, tooltip)
        for number, (name, tooltip) in enumerate((
            ("Value", "Show the value (hidden until revealed)"),
            ("Versions", "Show the versions and their labels"),
            ("Policy", "Show the resource policy and who has access"),
            ("Rotation", "Show the rotation schedule, function and last result"),
            ("Replication", "Show the replicas in other Regions"),
            ("History", "Show who changed and read the secret"),
        ), 1)
    ),

    Shortcut("versions.move_label", "m", "move_label", "Move label",
             "Pick up a label, select another version, press Enter to drop it", show=True),
    Shortcut("versions.attach", "plus", "attach", "Attach label", "Attach a staging label to this version"),
    Shortcut("versions.remove", "minus", "remove_label", "Remove label", "Remove a staging label from this version"),
    Shortcut("versions.roll_back", "b", "roll_back", "Roll back", "Move AWSCURRENT to the previous version", show=True),
    Shortcut("versions.mark", "space", "mark", "Mark", "Mark this version for comparison"),
    Shortcut("versions.compare", "equals_sign", "compare", "Compare",
             "Compare with the marked version, or with AWSCURRENT", show=True, command="compare-versions"),
    Shortcut("versions.deprecated", "full_stop", "deprecated", "Deprecated", "Show or hide versions without labels"),

    Shortcut("audit.open", "enter,l", "open", "Open", "Show all fields of the event", show=True),
    Shortcut("audit.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("audit.reads", "full_stop", "toggle_reads", "Reads", "Show or hide reads", show=True),
    Shortcut("audit.export", "f6", "export", "Export", "Export the filtered events to a file", show=True),
    Shortcut("audit.back", "escape,h", "back", "Back", "Leave filter; then clear it, then return to the list",
             show=True),
    Shortcut("event.copy", "y", "copy", "Copy", "Copy the event", show=True),

    Shortcut("health.open", "enter,l", "open", "Open", "Open the secret under the cursor", show=True),
    Shortcut("health.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("health.look", "f5", "look", "Check values", "Check all current values without showing them", show=True),
    Shortcut("health.back", "escape,h", "back", "Back", "Leave filter; then clear it, then return to the list",
             show=True),

    Shortcut("contexts.choose", "f5", "choose", "Compare with…", "Choose the other side, and compare the version IDs",
             show=True),
    Shortcut("contexts.open", "enter,l", "open", "Open", "Show what differs, without values", show=True),
    Shortcut("contexts.mark", "space", "mark", "Mark", "Mark this secret for promotion", show=True),
    Shortcut("contexts.reveal", "r", "reveal", "Reveal",
             "Compare the values of this secret key by key, and reveal one of them"),
    Shortcut("contexts.values", "f6", "values", "Compare values",
             "Compare the values of which the version IDs differ, without showing them", show=True),
    Shortcut("contexts.promote", "f7", "promote", "Promote…", "Bring marked secrets to the right side, after a plan",
             show=True),
    Shortcut("contexts.to_file", "w", "to_file", "To file…",
             "Write the plan of the marked secrets to a file, for smtui promote"),
    Shortcut("contexts.same", "full_stop", "toggle_same", "Same", "Show or hide secrets that are the same"),
    Shortcut("contexts.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("contexts.back", "escape,h", "back", "Back", "Leave filter; then clear it, then return to the list",
             show=True),

    Shortcut("vault.open", "enter,l", "open", "Open", "Start the task under the cursor, with confirmation", show=True),
    Shortcut("vault.back", "escape,h", "back", "Back", "Return to the list", show=True),

    Shortcut("access.start", "f5", "start", "Start", "Start an endpoint for AWS SDKs, and an agent if none is running",
             show=True),
    Shortcut("access.stop", "f6", "stop", "Stop…", "Stop the endpoint; if none is running, the agent", show=True),
    Shortcut("access.lock_agent", "f7", "lock_agent", "Lock agent", "Lock the agent; these screens stay unlocked",
             show=True),
    Shortcut("access.revoke", "f8", "revoke", "Revoke…", "Revoke the access key of this caller", show=True),
    Shortcut("access.copy", "y", "copy", "Copy", "Copy the environment variables for a program of this caller",
             show=True),
    Shortcut("access.names", "full_stop", "toggle_names", "Names", "Show or hide the names of the secrets", show=True),
    Shortcut("access.back", "escape,h", "back", "Back", "Return to the list", show=True),

    Shortcut("regions.open", "enter,l", "open", "Open", "Switch to this Region, vault or account; others stay open",
             show=True),
    Shortcut("regions.add", "a", "add", "Add", "Add a Region or vault to the list", show=True),
    Shortcut("regions.compare", "equals_sign", "compare", "Compare",
             "Compare the secrets of this Region with this Region, vault or account, which must be open",
             command="compare-with"),
    Shortcut("regions.remove", "f8", "remove", "Remove",
             "Remove this vault from the list (its file is kept), or delete the kept list of this account", show=True),
    Shortcut("regions.back", "escape,h", "back", "Back", "Return to the list", show=True),

    Shortcut("door.another", "f3", "another", "Another vault", "Open another vault", show=True),
    Shortcut("door.back", "escape", "back", "Back", "Return to the context that is still open", show=True),
    Shortcut("account.open", "enter", "open", "Sign in", "Sign in to the AWS account, or try again", show=True),
    Shortcut("unlock.again", "enter", "again", "Retry", "Try again to open the vault", show=True),
    Shortcut("unlock.make", "f4", "make", "Create vault", "Create a vault here", show=True),
    Shortcut("unlock.recover", "f2", "recover", "Recover", "Open the vault with the recovery code", show=True),
    Shortcut("recover.show", "ctrl+r", "show", "Show/hide", "Show or hide the code", show=True),
    Shortcut("recover.back", "escape", "back", "Back", "Go back without changes", show=True),
    Shortcut("policy.edit", "e", "edit", "Edit", "Edit a draft of the policy", show=True),
    Shortcut("policy.template", "B", "template", "Template", "Start from a policy template", show=True),
    Shortcut("policy.store", "ctrl+s", "store", "Attach…", "Review the changes and attach the policy", show=True),
    Shortcut("policy.validate", "f3", "validate", "Validate", "Validate the attached policy"),
    Shortcut("policy.next", "right_square_bracket", "go_to_diagnostic(1)", "Next finding", "Go to the next finding"),
    Shortcut("policy.previous", "left_square_bracket", "go_to_diagnostic(-1)", "Previous finding",
             "Go to the previous finding"),
    Shortcut("policy.remove", "f8", "remove", "Remove", "Remove the policy", show=True),
    Shortcut("policy.back", "escape,h", "back", "Back", "Stop editing; then return to the value", show=True),

    Shortcut("rotation.edit", "e", "edit", "Edit", "Edit schedule, window and function", show=True),
    Shortcut("rotation.rotate", "R", "rotate", "Rotate now", "Rotate now, or resume a paused rotation", show=True),
    Shortcut("rotation.cancel", "X", "cancel_rotation", "Cancel rotation…",
             "Turn rotation off and cancel a rotation in progress", show=True),
    Shortcut("rotation.allow", "L", "allow", "Allow…", "Review the rotation command and allow it on this machine"),
    Shortcut("rotation.back", "escape,h", "back", "Back", "Return to the value", show=True),

    Shortcut("replication.open", "enter,l", "open", "Open", "Open the secret in that Region", show=True),
    Shortcut("replication.add", "a", "add", "Add", "Replicate to more Regions", show=True),
    Shortcut("replication.retry", "f5", "retry", "Retry", "Retry failed replication", show=True),
    Shortcut("replication.promote", "P", "promote", "Promote…", "Make this replica a standalone secret", show=True),
    Shortcut("replication.delete", "d", "delete", "Delete…", "Delete this replica", show=True),
    Shortcut("replication.copy", "y", "copy", "Copy", "Copy the ARN in that Region"),
    Shortcut("replication.back", "escape,h", "back", "Back", "Return to the value", show=True),

    Shortcut("replicas.mark", "space", "mark", "Mark", "Mark or unmark this Region", show=True),
    Shortcut("replicas.key", "enter", "key", "Key…", "Choose the KMS key for this Region", show=True),
    Shortcut("replicas.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("replicas.save", "ctrl+s", "save", "Replicate", "Replicate to the marked Regions", show=True),

    Shortcut("functions.open", "enter,l", "open", "Open", "Open a secret that this function rotates", show=True),
    Shortcut("functions.add", "a", "add", "Add", "Create a rotation function", show=True),
    Shortcut("functions.edit", "e", "edit", "Edit", "Change the settings of this function", show=True),
    Shortcut("functions.copy", "y", "copy", "Copy", "Copy the ARN of this function", show=True),
    Shortcut("functions.delete", "d", "delete", "Delete…", "Delete this function if no secret uses it", show=True),
    Shortcut("functions.allow", "L", "allow", "Allow…", "Review the command and allow it on this machine", show=True),
    Shortcut("functions.back", "escape,h", "back", "Back", "Return to the list", show=True),

    Shortcut("kms.open", "enter,l", "open", "Open", "Open a secret encrypted with this key", show=True),
    Shortcut("kms.add", "a", "add", "Add", "Create a KMS key", show=True),
    Shortcut("kms.edit", "e", "edit", "Edit", "Edit the description", show=True),
    Shortcut("kms.alias", "A", "alias", "Alias…", "Add, move or remove an alias", show=True),
    Shortcut("kms.policy", "D", "policy", "Policy", "View and edit the policy of this key"),
    Shortcut("kms.tag", "t", "tag", "Tags", "Edit the tags of this key"),
    Shortcut("kms.switch_state", "z", "switch_state", "Disable/enable", "Disable or enable this key", show=True),
    Shortcut("kms.copy", "y", "copy", "Copy", "Copy the ARN of this key"),
    Shortcut("kms.delete", "d", "delete", "Delete…", "Schedule deletion of this key", show=True),
    Shortcut("kms.restore", "U", "restore", "Restore", "Cancel the scheduled deletion"),
    Shortcut("kms.back", "escape,h", "back", "Back", "Return to the list"),

    Shortcut("settings.edit", "enter,e", "edit", "Edit", "Edit this setting, or assign a key to this action",
             show=True),
    Shortcut("settings.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("settings.default", "backspace", "default", "Default", "Reset to default", show=True),
    Shortcut("settings.back", "escape,h", "back", "Back", "Return to the list", show=True),

    Shortcut("compare.copy", "y", "copy", "Copy", "Copy the value under the cursor without showing it", show=True),
    Shortcut("compare.reveal", "r", "reveal", "Reveal",
             "Reveal the value under the cursor for a limited time, or hide it", show=True),
    Shortcut("compare.back", "escape,h", "back", "Back", "Return to the versions", show=True),
    Shortcut("unlock.keyring", "ctrl+k", "keyring", "Use keyring", "Unlock with the key in the OS keyring", show=True),

    Shortcut("create.words", "ctrl+g", "words", "Generate", "Generate six random words as the passphrase", show=True),
    Shortcut("create.hide", "ctrl+r", "hide", "Hide words", "Show or hide the words", show=True),
    Shortcut("create.key_file", "f5", "key_file", "Key file", "Require a key file, or stop requiring one", show=True),
    Shortcut("create.costly", "f6", "costly", "Stronger key",
             "Use 256 MiB for key derivation instead of 64 MiB: guessing the passphrase costs more", show=True),

    Shortcut("recovery.copy", "y", "copy", "Copy", "Copy the recovery code", show=True),

    Shortcut("generator.next", "down", "choose(1)", "Next", "Select the next password"),
    Shortcut("generator.previous", "up", "choose(-1)", "Previous", "Select the previous password"),
    Shortcut("generator.regenerate", "ctrl+n", "regenerate", "Regenerate", "Generate new passwords", show=True),
    Shortcut("generator.show", "ctrl+r", "show", "Show/hide", "Show or hide the passwords", show=True),
    Shortcut("generator.copy", "ctrl+y", "copy", "Copy", "Copy the password", show=True),
    Shortcut("generator.use", "ctrl+s", "use", "Use as value", "Use the password as the value", show=True),
    Shortcut("generator.store", "f7", "store", "New secret", "Create a secret with this password", show=True),
    Shortcut("generator.close", "escape", "close", "Close", "Discard the password and close", show=True),
    *DIALOG_SHORTCUTS,
)


FIRST_IN_FOOTER = frozenset(
    shortcut.id for shortcut in SHORTCUTS if {"ctrl+s", "escape"} & set(shortcut.keys.split(","))
)
"""The shortcuts that save or close. A footer without room for all its keys drops the others first."""

UNLISTED = frozenset({"everywhere.command", "everywhere.leave"})
"""Shortcuts without a name on the command line: itself, and a second key for quitting."""
COMMAND_PLACES = frozenset(PLACES) - {"list", "answers", "import_plan", "long_text", "plan", "command"}
"""The places whose actions have a name on the command line. The others only move a cursor."""

IDS = frozenset(shortcut.id for shortcut in SHORTCUTS)


def list_bindings(place: str) -> list[BindingType]:
    """Returns the bindings of one place, for `BINDINGS`."""
    return [shortcut.make_binding() for shortcut in SHORTCUTS if shortcut.place == place]


def list_commands() -> list[Shortcut]:
    """Returns the shortcuts whose actions have a name on the command line."""
    return [shortcut for shortcut in SHORTCUTS if shortcut.place in COMMAND_PLACES and shortcut.id not in UNLISTED]


def select(ids: Collection[str]) -> list[BindingType]:
    """Returns the bindings with these ids, for a screen that shares actions with another place."""
    return [shortcut.make_binding() for shortcut in SHORTCUTS if shortcut.id in ids]


def find_key(id: str, own: Mapping[str, str]) -> str:
    """Returns the first key of a shortcut; empty if it has none. `own` maps ids to the user's keys."""
    declared = next(shortcut.keys for shortcut in SHORTCUTS if shortcut.id == id)
    return own.get(id, declared).split(",")[0]


def format_key_table() -> str:
    """Returns a Markdown table of all keys, for `docs/`."""
    rows = ["| where | key | what | id |", "| --- | --- | --- | --- |"]
    for shortcut in SHORTCUTS:
        keys = " ".join(f"`{key_names.spell(key)}`" for key in shortcut.keys.split(","))
        rows.append(f"| {PLACES[shortcut.place]} | {keys} | {shortcut.tooltip} | `{shortcut.id}` |")
    return "\n".join(rows) + "\n"
