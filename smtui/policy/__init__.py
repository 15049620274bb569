"""The policy language of resources: text to statements with positions, what they decide, and whom they let in.

Knows nothing of secrets, vaults or calls: a policy, a request, a verdict. A new element of the language goes into
`grammar`, a new operator into `conditions`.
"""
