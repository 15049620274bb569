"""Text functions: sanitizing text for display, and parsing, formatting and editing JSON.

Belongs here: functions on text that do not depend on secrets, vaults or screens. `sanitize` makes external text safe to
show, `json_reader` parses JSON, `json_object` reads and changes the keys of a JSON object, and `json_layout` indents
JSON. `typed_text` is about what a field can hold, `truncate` shortens names, `dates` formats dates and times. Does not
belong here: how values are presented (`smtui.tui.secret.values`), policies (`smtui.policy`), import files
(`smtui.transfer`).
"""
