"""The audit log as a place: its filter, its table, one event, export and retention.

Belongs here: everything that shows audit events. Does not belong here: recording them (`smtui.engine`) and the words
of a query that the command line shares (`smtui.rules.audit_query`).
"""
