"""The operations, by subject: each one function, its declaration above it.

What may not live here: a guard that the road already keeps (existence, planned deletion, authorization, recording).
"""
