"""The audit log: its filter, table and screen, one event, export and retention.

Belongs here: everything that shows audit events. Does not belong here: recording them (`smtui.engine`), and parsing
the values of a query, which the command line shares (`smtui.rules.audit_query`).
"""
