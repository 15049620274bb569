"""What touches keys and disk: the encrypted file, its tables, transactions, KMS-like keys, envelopes.

What lives here: everything that knows APSW, SQL, a key or the path of a vault. What may not: a rule of an operation,
or a word to a person beyond the sentence of an error. A new table gets a module of its own and a migration.
"""
