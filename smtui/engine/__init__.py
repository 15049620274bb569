"""The verbs: the operations of the service and the one road they all travel.

What lives here: `road` (check, begin, resolve, authorize, run, record, commit), the operations, and beside them the
rules they use, pure and tested alone. What may not: screens, commands, SQL of a table that has its own module in
`vault`. A new operation is a function in `operations/` with its declaration above it.
"""
