"""The resource policy of a secret: editor, validation, templates, preview, writes, and who has access.

Belongs here: a policy on the screen. Does not belong here: the decision of a policy (`smtui.policy`). A new template
goes into `templates`.
"""
