"""The JSON editor: the text area, its tokens and diagnostics, and the diff of two texts.

Belongs here: editing JSON, whatever it is for. Does not belong here: reading JSON (`smtui.text`), values
(`smtui.tui.secret`), what is wrong with a policy (`smtui.tui.policy`).
"""
