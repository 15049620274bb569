"""The shortcuts of dialogs, forms, the command line, editors and help. `keys` has them in the list of all shortcuts."""

from __future__ import annotations

from smtui.tui.shortcut import Shortcut

DIALOG_SHORTCUTS = (
    Shortcut("dialog.cancel", "escape", "cancel", "Cancel", "Cancel without changes", show=True),
    Shortcut("copy.choose", "y", "choose", "Copy", "Choose the row under the cursor", show=True),
    Shortcut("code.copy", "y", "copy", "Copy", "Copy the current code", show=True),
    Shortcut("qr.widen", "space", "widen", "Larger",
             "Draw the code larger, for fonts that show gaps in it, or smaller again", show=True),

    Shortcut("import_plan.exclude", "space", "exclude", "Exclude",
             "Exclude this secret from the import, or include it again", show=True),
    Shortcut("import_plan.rename", "e", "rename", "Edit", "Give this secret another name", show=True),
    Shortcut("import_plan.prefix", "f2", "prefix", "Prefix…", "Change the prefix of all names", show=True),
    Shortcut("import_plan.history", "f3", "switch('history')", "Older values", "Import older values as older versions"),
    Shortcut("import_plan.attachments", "f4", "switch('attachments')", "Attachments", "Import attached files too"),
    Shortcut("import_plan.trash", "f5", "switch('trash')", "Trash", "Import deleted and archived items too"),
    Shortcut("import_plan.split", "f6", "switch('split')", "Split", "Import each field of an item as a secret"),
    Shortcut("import_plan.last", "f7", "switch('last')", "Last value", "Use the last of several values of a variable"),
    Shortcut("import_plan.upper", "f8", "switch('upper')", "Capitals", "Write the names of variables in capitals"),
    Shortcut("import_plan.expand", "dollar_sign", "switch('expand')", "Expand", "Replace ${NAME} by its value"),

    Shortcut("answers.yes", "y", "confirm(True)", "Yes", "Answer yes", show=True),
    Shortcut("answers.no", "n", "confirm(False)", "No", "Answer no, like Esc", show=True),
    Shortcut("answers.next", "right", "answer(1)", "Next button", "Focus the next button, like Tab"),
    Shortcut("answers.previous", "left", "answer(-1)", "Previous button", "Focus the previous button, like Shift+Tab"),
    Shortcut("answers.below", "down", "answer_row(1)", "Button below", "Focus the button below"),
    Shortcut("answers.above", "up", "answer_row(-1)", "Button above", "Focus the button above"),

    Shortcut("long_text.page_down", "pagedown", "scroll_text(1, True)", "More", "Scroll the text down one page",
             show=True),
    Shortcut("long_text.page_up", "pageup", "scroll_text(-1, True)", "Page up", "Scroll the text up one page",
             show=True),
    Shortcut("long_text.down", "down", "scroll_text(1, False)", "Line down", "Scroll the text down one line"),
    Shortcut("long_text.up", "up", "scroll_text(-1, False)", "Line up", "Scroll the text up one line"),
    Shortcut("job.stop", "escape", "stop", "Cancel", "Cancel the job and roll back its changes", show=True),

    Shortcut("form.save", "ctrl+s", "save", "Store", "Store the value", show=True),
    Shortcut("form.show", "ctrl+r", "show", "Show", "Show or hide the value", show=True),
    Shortcut("form.generate", "ctrl+g", "generate", "Password", "Generate a password for this field", show=True),
    Shortcut("form.add", "ctrl+n", "add", "Add", "Add a key", show=True),
    Shortcut("form.remove", "f8", "remove", "Remove", "Remove the key under the cursor", show=True),
    Shortcut("form.toggle_text", "ctrl+t", "toggle_text", "Text/keys", "Switch between text and keys", show=True),

    Shortcut("tags.save", "ctrl+s", "save", "Apply", "Apply the tags", show=True),
    Shortcut("tags.add", "ctrl+n", "add", "Add", "Add a tag", show=True),
    Shortcut("tags.remove", "f8", "remove", "Remove", "Remove the tag under the cursor", show=True),
    Shortcut("fields.save", "ctrl+s", "save", "Apply", "Apply the form", show=True),
    Shortcut("one_line.accept", "enter,ctrl+s", "accept", "OK", "Accept the text", show=True),

    Shortcut("command.run", "enter", "run", "Run", "Run the command", show=True),
    Shortcut("command.complete", "tab", "complete", "Complete", "Complete the command, or insert the next suggestion",
             show=True),
    Shortcut("command.previous", "up", "recall(-1)", "History", "Recall the previous command of this session",
             show=True),
    Shortcut("command.next", "down", "recall(1)", "Next command", "Recall the next command of this session"),
    Shortcut("command.close", "escape", "close", "Close", "Close the command line", show=True),

    Shortcut("json.next", "ctrl+down", "go_to_diagnostic(1)", "Next finding", "Go to the next finding"),
    Shortcut("json.previous", "ctrl+up", "go_to_diagnostic(-1)", "Previous finding", "Go to the previous finding"),
    Shortcut("json.format", "ctrl+o", "format", "Format", "Format as indented JSON"),
    Shortcut("json.undo", "ctrl+z", "undo", "Undo typing", "Undo typing; elsewhere, Ctrl+Z locks and suspends",
             command="undo-typing"),
    Shortcut("json.redo", "ctrl+y", "redo", "Redo typing", "Redo typing that was undone", command="redo-typing"),
    Shortcut("json.start", "ctrl+home", "text_start", "Start of text", "Move to the start of the text"),
    Shortcut("json.end", "ctrl+end", "text_end", "End of text", "Move to the end of the text"),
    Shortcut("json.select_to_start", "ctrl+shift+home", "text_start(True)", "Select to start",
             "Select to the start of the text"),
    Shortcut("json.select_to_end", "ctrl+shift+end", "text_end(True)", "Select to end",
             "Select to the end of the text"),

    Shortcut("plan.page_down", "pagedown", "page(1)", "More", "Scroll down one page", show=True, priority=True),
    Shortcut("plan.page_up", "pageup", "page(-1)", "Page up", "Scroll up one page", show=True, priority=True),

    Shortcut("deletion.longer", "up", "days(1)", "Longer", "Lengthen the window by one day", show=True),
    Shortcut("deletion.shorter", "down", "days(-1)", "Shorter", "Shorten the window by one day", show=True),
    Shortcut("undo.back", "escape,h", "back", "Back", "Return to the list", show=True),
    Shortcut("manual.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("manual.back", "escape,h", "back", "Back", "Leave filter; then return to the list", show=True),
    Shortcut("pick.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),

    Shortcut("help.filter", "slash", "filter", "Filter", "Filter the list as you type", show=True),
    Shortcut("help.close", "escape,q", "close", "Close", "Close the help", show=True),
)
