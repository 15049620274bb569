"""The list of secrets: filter, columns, pages, selection, preview, and bulk actions with their plans.

Belongs here: finding secrets, and operations on several of them. Does not belong here: operations on one secret
(`smtui.tui.secret`). To add a column, add a row to `columns`; to add a filter word, add a row to `local_filters`.
"""
