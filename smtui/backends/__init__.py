"""Contexts: what a front end opens to get a client.

What belongs here: the local vault (`local`, `opening`) and other contexts with the same client shape. What does not:
screens, commands, rules of an operation.
"""
