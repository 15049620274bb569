"""Comparison of the secrets of two contexts, and their promotion from one to the other.

`names` matches names, `state` is what a list tells about a secret, `sides` reads a side: a boto3-shaped client or the
entries of an import file; `differences` compares metadata, `compare` everything. Values are compared and not kept: a
result has names, keys and version IDs only. The package opens no context and shows no message.
"""
