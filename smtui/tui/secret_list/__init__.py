"""The list of secrets: filter, columns, pages, selection, preview, and bulk actions with their plans.

Belongs here: finding secrets, and what is done to several at once. Does not belong here: what is done to one
(`smtui.tui.secret`). A new column gets a row in `columns`, a new word of the filter a row in `local_filters`.
"""
