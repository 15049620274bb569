"""The encrypted vault file: tables, transactions, KMS-like keys, envelope encryption, audit log.

What belongs here: everything that uses APSW, SQL, a key or the path of a vault. What does not: rules of an operation,
and text for a person beyond the sentence of an error. A new table gets a module of its own and a migration.
"""
