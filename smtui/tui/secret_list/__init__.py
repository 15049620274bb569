"""The list of secrets: filter, columns, pages, selection, preview, and bulk actions with their plans.

`list_model`, `query`, `results` and `selection` hold what is shown and in which order, without a widget; `loader` reads
it. `list_widget` draws it, `status` words it, `listing` puts the screen together, and `screen` has the actions of the
keys. Belongs here: finding secrets, and operations on several of them. Does not belong here: operations on one secret
(`smtui.tui.secret`). To add a column, add a row to `columns`; to add a filter word, add a row to `local_filters`.
"""
