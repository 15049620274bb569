"""The contract, in AWS's words: shapes, errors, the client protocol.

What lives here: facts of the API 2017-10-17 as data, and the errors any front may meet. What may not: behaviour,
or an import of ours. A new operation of the service starts here, by generating the model again.
"""
