"""The operations of the service, and the pipeline that every call goes through.

What belongs here: the pipeline (check, begin, resolve, authorize, run, record, commit), the operations, and the rules
they use. What does not: screens, commands, SQL of a table with its own module in `vault`. A new operation is a
function in `operations/` with its declaration above it.
"""
