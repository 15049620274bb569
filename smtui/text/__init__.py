"""Text as such: what of it may be shown, reading JSON, finding its members, changing one of them.

What belongs here: rules about text that need no secret, no vault and no screen. `sanitize` is the only way from
outside text to a screen; `json_reader` says whether a text is JSON and where it is not; `json_object` is the one answer
to "which keys does this value have", with changes of one key that keep every other byte; `json_layout` indents. What
does not: what a value is to a person (`smtui.tui.secret.values`), policies (`smtui.policy`), and import files
(`smtui.transfer`). A new thing about JSON in values goes here, so that no two parts of the program can disagree.
"""
