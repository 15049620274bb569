"""All shortcuts: the screens, the footer, the help, the command palette and the table in `docs/` use this list.

A letter has the same meaning everywhere. No single key destroys anything: an action that cannot be undone opens a
dialog whose first answer is "Cancel". The settings can replace keys by `id`, in the section `[keys]`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from textual.binding import BindingType

from smtui.tui import key_names
from smtui.tui.shortcut import PLACES, Shortcut

SHORTCUTS = (
    Shortcut("everywhere.help", "question_mark,f1", "help", "Help", "The keys that work here",
             show=True, priority=True),
    Shortcut("everywhere.palette", "ctrl+p,colon", "command_palette", "Commands",
             "Find an action of this screen by its name"),
    Shortcut("everywhere.generate", "p", "generate", "Password", "Open the password generator"),
    Shortcut("everywhere.undo", "u", "undo", "Undo", "Undo the last change of this session, which is shown first",
             show=True),
    Shortcut("everywhere.go", "o", "go", "Go to…", "Go to another place: the letter says which"),
    Shortcut("everywhere.switch", "c", "switch", "Regions, vaults", "To another Region, or another vault"),
    Shortcut("everywhere.job", "f9", "job", "Long work", "Show how far a long work is, or let it go on beside",
             priority=True),
    Shortcut("everywhere.allow_changes", "f10", "allow_changes", "Read-write (rw)",
             "Allow changes in a session that only reads"),
    Shortcut("everywhere.read_again", "f12", "read_again", "Read again",
             "Read anew what this screen shows, as after it could not be read"),
    Shortcut("everywhere.clear_clipboard", "Y", "clear_clipboard", "Clear clipboard",
             "Empty the clipboard now, if it still holds what was copied here"),
    Shortcut("everywhere.lock", "ctrl+l", "lock", "Lock", "Lock the vault now", priority=True),
    Shortcut("everywhere.put_aside", "ctrl+z", "put_aside", "To the shell",
             "Lock, and put the program aside; the shell's fg brings it back"),
    Shortcut("everywhere.quit", "q", "quit", "Quit", "Lock and leave"),
    Shortcut("everywhere.leave", "ctrl+q", "quit", "Quit", "Lock and leave, from anywhere", priority=True),

    Shortcut("list.down", "down,j", "move(1)", "Down", "To the next row"),
    Shortcut("list.up", "up,k", "move(-1)", "Up", "To the row before"),
    Shortcut("list.page_down", "pagedown,ctrl+d", "page(1)", "Page down", "A screenful down"),
    Shortcut("list.page_up", "pageup,ctrl+u", "page(-1)", "Page up", "A screenful up"),
    Shortcut("list.first", "home,g", "first", "First", "To the first row"),
    Shortcut("list.last", "end,G", "last", "Last", "To the last row"),

    Shortcut("secrets.filter", "slash", "filter", "Filter", "Narrow the list as you type", show=True),
    Shortcut("secrets.open", "enter,l", "open", "Open", "Open the secret under the cursor", show=True),
    Shortcut("secrets.copy", "y", "copy", "Copy", "Copy the value without showing it", show=True),
    Shortcut("secrets.add", "a", "add", "Add", "Make a new secret", show=True),
    Shortcut("secrets.sort", "s", "sort", "Sort", "Sort by the next column"),
    Shortcut("secrets.reverse", "S", "reverse", "Reverse", "Turn the order round"),
    Shortcut("secrets.columns", "C", "columns", "Columns…", "Choose the columns and their order"),
    Shortcut("secrets.saved", "F", "saved", "Saved filters", "Take a filter that was kept, or keep this one"),
    Shortcut("secrets.preview", "Z", "preview", "Preview", "Show or hide what is known about the secret"),
    Shortcut("secrets.select", "space", "select", "Mark", "Mark the secret, or take its mark away, and go on",
             show=True),
    Shortcut("secrets.select_range", "V", "select_range", "Mark range",
             "Begin a range here; again marks it from there to here"),
    Shortcut("secrets.invert_selection", "asterisk", "invert_selection", "Invert marks",
             "Mark those that are not, of all that are here"),
    Shortcut("secrets.tag", "t", "tag", "Tags", "Edit the tags of what is marked, or of the secret under the cursor"),
    Shortcut("secrets.delete", "d", "delete", "Delete…",
             "Plan the deletion of what is marked, or of the secret under the cursor"),
    Shortcut("secrets.planned", "x", "planned", "Planned deletions",
             "Show what will be deleted, and when; again goes back"),
    Shortcut("secrets.restore", "U", "restore", "Restore",
             "Cancel the planned deletion of what is marked, or of the secret under the cursor"),
    Shortcut("secrets.names", "n", "names", "Copy names", "Copy names or ARNs, not values"),
    Shortcut("secrets.export", "W", "export", "Export…", "Write what is marked to a file, in plain text"),
    Shortcut("secrets.back", "escape", "back", "Back", "Leave the filter; then end what is begun, marks, filter"),

    Shortcut("filter.leave", "enter", "leave", "To the list", "Keep the filter and go to the list", show=True),
    Shortcut("filter.down", "down", "move(1)", "Down", "To the next row of the list, while typing goes on"),
    Shortcut("filter.up", "up", "move(-1)", "Up", "To the previous row of the list, while typing goes on"),
    Shortcut("filter.copy", "ctrl+y", "copy", "Copy", "Copy the value under the cursor of the list, without showing it",
             show=True),
    Shortcut("filter.complete", "tab", "complete", "Complete", "Take the first suggestion, as → does", show=True),
    Shortcut("filter.save", "ctrl+s", "save", "Save filter", "Keep this filter under a name", show=True),

    Shortcut("saved.save", "ctrl+s", "save", "Save filter", "Keep the present filter under a name", show=True),
    Shortcut("saved.remove", "f8", "remove", "Remove", "Remove the filter under the cursor", show=True),

    Shortcut("columns.toggle_column", "space", "toggle_column", "On/off", "Show this column, or hide it", show=True),
    Shortcut("columns.up", "left,ctrl+up", "shift(-1)", "Left", "Move this column to the left", show=True),
    Shortcut("columns.down", "right,ctrl+down", "shift(1)", "Right", "Move this column to the right", show=True),
    Shortcut("columns.by_width", "ctrl+r", "by_width", "By width", "Leave it to the width, as at first", show=True),
    Shortcut("columns.save", "ctrl+s", "save", "Apply", "Show these, from now on", show=True),

    Shortcut("secret.copy", "y", "copy", "Copy", "Copy the value, or the key under the cursor, without showing it",
             show=True),
    Shortcut("secret.reveal", "r", "reveal", "Reveal", "Show the value for a while; again hides it", show=True),
    Shortcut("secret.edit", "e", "edit", "Edit", "Store a new version of the value", show=True),
    Shortcut("secret.edit_in_editor", "E", "edit_in_editor", "In $EDITOR",
             "Store a new version, typed in your own editor"),
    Shortcut("secret.from_file", "f", "from_file", "From file…", "Store the content of a file as a new version"),
    Shortcut("secret.to_file", "w", "to_file", "To file…",
             "Write the value, or the key under the cursor, to a new file that only you can read"),
    Shortcut("secret.change_key", "K", "change_key", "Key…", "Seal the secret under another KMS key"),
    Shortcut("secret.edit_description", "i", "edit_description", "Description", "Edit the description"),
    Shortcut("secret.tag", "t", "tag", "Tags", "Edit the tags"),
    Shortcut("secret.versions", "v", "versions", "Versions", "To the versions and their labels"),
    Shortcut("secret.delete", "d", "delete", "Delete…", "Plan the deletion of this secret"),
    Shortcut("secret.restore", "U", "restore", "Restore", "Cancel the planned deletion"),
    Shortcut("secret.back", "escape,h", "back", "Back", "Back to the list", show=True),

    *(
        Shortcut(f"tabs.{name.lower()}", str(number), f"tab({number})", name, f"Part of the secret: {tooltip}")
        for number, (name, tooltip) in enumerate((
            ("Value", "its value, hidden until asked for"),
            ("Versions", "its versions and their labels"),
            ("Policy", "its resource policy, and who can read it"),
            ("Rotation", "its schedule, its function, and how the last rotation went"),
            ("Replication", "its replicas in other Regions"),
            ("History", "who did what with it"),
        ), 1)
    ),

    Shortcut("versions.move_label", "m", "move_label", "Move label",
             "Pick a label up here; go to another version; Enter drops it there", show=True),
    Shortcut("versions.attach", "plus", "attach", "New label", "Put a label of your own on this version"),
    Shortcut("versions.remove", "minus", "remove_label", "Remove label", "Take a label away from this version"),
    Shortcut("versions.roll_back", "b", "roll_back", "Roll back", "Move AWSCURRENT to the previous version", show=True),
    Shortcut("versions.mark", "space", "mark", "Mark", "Mark this version, to compare another one with it"),
    Shortcut("versions.compare", "equals_sign", "compare", "Compare",
             "Which keys differ from the marked version, or else from AWSCURRENT", show=True),
    Shortcut("versions.deprecated", "full_stop", "deprecated", "Deprecated",
             "Show or hide versions that have no label"),

    Shortcut("audit.open", "enter,l", "open", "Open", "Show the event under the cursor, whole", show=True),
    Shortcut("audit.filter", "slash", "filter", "Filter", "Narrow the list as you type", show=True),
    Shortcut("audit.reads", "full_stop", "toggle_reads", "Reads", "Show reads too, or changes only", show=True),
    Shortcut("audit.export", "f6", "export", "Export", "Write the events of the filter to a file", show=True),
    Shortcut("audit.back", "escape,h", "back", "Back", "Leave the filter, clear it, then back to the list", show=True),
    Shortcut("event.copy", "y", "copy", "Copy", "Copy the event as it is", show=True),

    Shortcut("health.open", "enter,l", "open", "Open", "To the secret under the cursor", show=True),
    Shortcut("health.filter", "slash", "filter", "Filter", "Narrow the list as you type", show=True),
    Shortcut("health.look", "f5", "look", "Check values", "Check every current value; none is shown", show=True),
    Shortcut("health.back", "escape,h", "back", "Back", "Leave the filter, clear it, then back to the list", show=True),

    Shortcut("vault.open", "enter,l", "open", "Open", "Do what is under the cursor; it asks first", show=True),
    Shortcut("vault.back", "escape,h", "back", "Back", "Back to the list", show=True),

    Shortcut("regions.open", "enter,l", "open", "Open", "Look at this Region, or lock and go to this vault", show=True),
    Shortcut("regions.add", "a", "add", "Add", "A Region or a vault that is not in the list", show=True),
    Shortcut("regions.remove", "f8", "remove", "Remove", "Remember this vault no longer; its file stays", show=True),
    Shortcut("regions.back", "escape,h", "back", "Back", "Back to the list", show=True),

    Shortcut("door.another", "f3", "another", "Another vault", "Open another vault", show=True),
    Shortcut("unlock.again", "enter", "again", "Look again", "See whether it can be opened now", show=True),
    Shortcut("unlock.make", "f4", "make", "Make one", "Make a new vault here", show=True),
    Shortcut("unlock.recover", "f2", "recover", "Recover", "Open it with the recovery code", show=True),
    Shortcut("recover.show", "ctrl+r", "show", "Show/hide", "Show the code, or hide it", show=True),
    Shortcut("recover.back", "escape", "back", "Back", "Back, and change nothing", show=True),
    Shortcut("policy.edit", "e", "edit", "Edit", "Edit the policy; nothing is attached yet", show=True),
    Shortcut("policy.template", "B", "template", "Template", "Begin with a policy for a usual purpose", show=True),
    Shortcut("policy.store", "ctrl+s", "store", "Attach…", "See what changes, and attach it", show=True),
    Shortcut("policy.validate", "f3", "validate", "Validate", "Ask the service's checks about what is attached"),
    Shortcut("policy.next", "right_square_bracket", "go_to_diagnostic(1)", "Next finding",
             "To the next place with a finding"),
    Shortcut("policy.previous", "left_square_bracket", "go_to_diagnostic(-1)", "Previous finding",
             "To the previous place with a finding"),
    Shortcut("policy.remove", "f8", "remove", "Remove", "Remove the policy", show=True),
    Shortcut("policy.back", "escape,h", "back", "Back", "Edit no more; then back to the value", show=True),

    Shortcut("rotation.edit", "e", "edit", "Edit", "Edit schedule, window and function", show=True),
    Shortcut("rotation.rotate", "R", "rotate", "Rotate now", "Rotate now, or go on with a rotation that rests",
             show=True),
    Shortcut("rotation.cancel", "X", "cancel_rotation", "Cancel rotation…",
             "Rotate no more, and end the rotation that is under way", show=True),
    Shortcut("rotation.allow", "L", "allow", "Let run…", "See the command that rotates it, and let it run here"),
    Shortcut("rotation.back", "escape,h", "back", "Back", "Back to the value", show=True),

    Shortcut("replication.open", "enter,l", "open", "Open", "Look at this secret there", show=True),
    Shortcut("replication.add", "a", "add", "Add", "Replicate to more Regions", show=True),
    Shortcut("replication.retry", "T", "retry", "Try again", "Replicate once more where it failed", show=True),
    Shortcut("replication.promote", "P", "promote", "Promote…", "Make this replica a secret of its own", show=True),
    Shortcut("replication.delete", "d", "delete", "Delete…", "Remove this replica from its Region", show=True),
    Shortcut("replication.copy", "y", "copy", "Copy", "Copy the ARN there"),
    Shortcut("replication.back", "escape,h", "back", "Back", "Back to the value"),

    Shortcut("replicas.mark", "space", "mark", "Mark", "Replicate to this Region, or not", show=True),
    Shortcut("replicas.key", "enter", "key", "Key…", "Choose the key under which it is sealed there", show=True),
    Shortcut("replicas.filter", "slash", "filter", "Filter", "Narrow the list as you type", show=True),
    Shortcut("replicas.save", "ctrl+s", "save", "Replicate", "Replicate to what is marked", show=True),

    Shortcut("functions.open", "enter,l", "open", "Open", "To a secret that this function rotates", show=True),
    Shortcut("functions.add", "a", "add", "Add", "Make a function", show=True),
    Shortcut("functions.copy", "y", "copy", "Copy", "Copy the ARN of this function", show=True),
    Shortcut("functions.delete", "d", "delete", "Delete…", "Remove this function, which must rotate nothing",
             show=True),
    Shortcut("functions.allow", "L", "allow", "Let run…", "See the whole command, and let it run on this machine",
             show=True),
    Shortcut("functions.back", "escape,h", "back", "Back", "Back to the list", show=True),

    Shortcut("kms.open", "enter,l", "open", "Open", "To a secret that this key seals", show=True),
    Shortcut("kms.add", "a", "add", "Add", "Make a key", show=True),
    Shortcut("kms.edit", "e", "edit", "Edit", "Edit the description", show=True),
    Shortcut("kms.alias", "A", "alias", "Alias…", "Give this key an alias, or take one away", show=True),
    Shortcut("kms.switch_state", "z", "switch_state", "Disable/enable", "Put this key out of use, or back into use",
             show=True),
    Shortcut("kms.copy", "y", "copy", "Copy", "Copy the ARN of this key"),
    Shortcut("kms.delete", "d", "delete", "Delete…", "Plan the deletion of this key", show=True),
    Shortcut("kms.restore", "U", "restore", "Restore", "Cancel the planned deletion"),
    Shortcut("kms.back", "escape,h", "back", "Back", "Back to the list"),

    Shortcut("settings.edit", "enter,e", "edit", "Edit", "Change this setting, or press another key for this action",
             show=True),
    Shortcut("settings.default", "backspace", "default", "Default", "As it comes, without your choice", show=True),
    Shortcut("settings.back", "escape,h", "back", "Back", "Back to the list", show=True),

    Shortcut("compare.copy", "y", "copy", "Copy", "Copy what is under the cursor, without showing it", show=True),
    Shortcut("compare.reveal", "r", "reveal", "Reveal", "Show what is under the cursor for a while; again hides it",
             show=True),
    Shortcut("compare.back", "escape,h", "back", "Back", "Back to the versions", show=True),

    Shortcut("unlock.keyring", "ctrl+k", "keyring", "Use keyring", "Unlock with the key in the system's keyring",
             show=True),

    Shortcut("create.words", "ctrl+g", "words", "Generate", "Generate six random words as the passphrase", show=True),
    Shortcut("create.hide", "ctrl+r", "hide", "Hide words", "Hide or show the six words", show=True),

    Shortcut("recovery.copy", "y", "copy", "Copy", "Copy the recovery code", show=True),

    Shortcut("generator.next", "down", "choose(1)", "Next", "To the next password"),
    Shortcut("generator.previous", "up", "choose(-1)", "Before", "To the password before"),
    Shortcut("generator.regenerate", "ctrl+n", "regenerate", "Others", "Make other passwords", show=True),
    Shortcut("generator.show", "ctrl+r", "show", "Show/hide", "Hide the passwords, or show them", show=True),
    Shortcut("generator.copy", "ctrl+y", "copy", "Copy", "Copy the password", show=True),
    Shortcut("generator.use", "ctrl+s", "use", "Use as value", "Put the password into the form", show=True),
    Shortcut("generator.store", "f7", "store", "New secret", "Make a new secret of it", show=True),
    Shortcut("generator.close", "escape", "close", "Close", "Forget the password and close", show=True),

    Shortcut("dialog.cancel", "escape", "cancel", "Cancel", "Change nothing", show=True),

    Shortcut("answers.next", "right", "answer(1)", "Next answer", "To the next answer, as Tab goes"),
    Shortcut("answers.previous", "left", "answer(-1)", "Answer before", "To the answer before, as Shift+Tab goes"),
    Shortcut("answers.below", "down", "answer_row(1)", "Answer below", "To the answer in the row below"),
    Shortcut("answers.above", "up", "answer_row(-1)", "Answer above", "To the answer in the row above"),

    Shortcut("long_text.page_down", "pagedown", "scroll_text(1, True)", "More", "A screenful down in a long text",
             show=True),
    Shortcut("long_text.page_up", "pageup", "scroll_text(-1, True)", "Back", "A screenful up in a long text",
             show=True),
    Shortcut("long_text.down", "down", "scroll_text(1, False)", "Line down", "A line down in a long text"),
    Shortcut("long_text.up", "up", "scroll_text(-1, False)", "Line up", "A line up in a long text"),

    Shortcut("job.stop", "escape", "stop", "Stop", "Stop it: what it did so far is taken back", show=True),

    Shortcut("form.save", "ctrl+s", "save", "Store", "Store what is typed", show=True),
    Shortcut("form.show", "ctrl+r", "show", "Show", "Show what is typed, or hide it", show=True),
    Shortcut("form.generate", "ctrl+g", "generate", "Password", "Make a password and put it here", show=True),
    Shortcut("form.add", "ctrl+n", "add", "Add", "One more key with its value", show=True),
    Shortcut("form.remove", "f8", "remove", "Remove", "Remove the key under the cursor", show=True),
    Shortcut("form.toggle_text", "ctrl+t", "toggle_text", "Text/keys", "Edit the value as text, or key by key",
             show=True),

    Shortcut("tags.save", "ctrl+s", "save", "Apply", "Change the tags to what stands here", show=True),
    Shortcut("tags.add", "ctrl+n", "add", "Add", "One more tag", show=True),
    Shortcut("tags.remove", "f8", "remove", "Remove", "Remove the tag under the cursor", show=True),

    Shortcut("fields.save", "ctrl+s", "save", "Apply", "Do what the fields say", show=True),

    Shortcut("one_line.accept", "enter,ctrl+s", "accept", "OK", "Take this line", show=True),

    Shortcut("json.next", "ctrl+down", "go_to_diagnostic(1)", "Next finding", "To the next place with a finding"),
    Shortcut("json.previous", "ctrl+up", "go_to_diagnostic(-1)", "Previous finding",
             "To the previous place with a finding"),
    Shortcut("json.format", "ctrl+o", "format", "Format", "One member a line, indented"),
    Shortcut("json.start", "ctrl+home", "text_start", "Start of text", "To the start of the text"),
    Shortcut("json.end", "ctrl+end", "text_end", "End of text", "To the end of the text"),
    Shortcut("json.select_to_start", "ctrl+shift+home", "text_start(True)", "Select to start",
             "Select from here to the start of the text"),
    Shortcut("json.select_to_end", "ctrl+shift+end", "text_end(True)", "Select to end",
             "Select from here to the end of the text"),

    Shortcut("plan.page_down", "pagedown", "page(1)", "Page down", "Further down in the plan"),
    Shortcut("plan.page_up", "pageup", "page(-1)", "Page up", "Further up in the plan"),

    Shortcut("deletion.longer", "up", "days(1)", "Longer", "One more day in which it can be restored", show=True),
    Shortcut("deletion.shorter", "down", "days(-1)", "Shorter", "One day less", show=True),

    Shortcut("undo.back", "escape,h", "back", "Back", "Back to the list", show=True),

    Shortcut("manual.back", "escape,h", "back", "Back", "Back to the list", show=True),

    Shortcut("help.close", "escape,q", "close", "Close", "Back to where you were", show=True),
)


FIRST_IN_FOOTER = frozenset(
    shortcut.id for shortcut in SHORTCUTS if {"ctrl+s", "escape"} & set(shortcut.keys.split(","))
)
"""The shortcuts that save or close. A footer without room for all its keys drops the others first."""

IDS = frozenset(shortcut.id for shortcut in SHORTCUTS)


def list_bindings(place: str) -> list[BindingType]:
    """Returns the bindings of one place, for `BINDINGS`."""
    return [shortcut.make_binding() for shortcut in SHORTCUTS if shortcut.place == place]


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
