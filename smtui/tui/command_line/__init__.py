"""The command line, opened with `:`, as in vim and k9s.

Belongs here: the commands by their names, completion and history. Does not belong here: what an action does, and its
key and name, which `smtui.tui.keys` declares. To add a command without a key, add it to `session_commands`.
"""
