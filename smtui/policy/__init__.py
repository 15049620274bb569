"""The language of resource policies: parser with positions, decision for a request, search for broad access.

The package does not know secrets, vaults or calls. A new element of the language goes into `grammar`, a new operator
into `conditions`.
"""
