"""The user interface: the only package that imports Textual.

Belongs here: the app and what all screens share. `app` puts the program together, `keys` declares all shortcuts,
`bridge` runs blocking calls, and `session` holds the state between unlock and lock, with its `undo_history`. Each
screen has a subpackage with its forms, dialogs, texts and models; its style sheet has the same name as its module.
Dialogs that several subpackages use are in `dialogs`, and widgets that depend only on data are in `widgets`. Does not
belong here: any import of `smtui.engine` or `smtui.vault`.
"""
