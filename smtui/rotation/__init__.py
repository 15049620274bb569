"""Who turns the keys: carries rotations through their four steps, by functions that are registered in the vault.

Knows the calling shape of boto3 and the few calls of our own beside it, nothing of engine, vault file or screens. A
new kind of function goes into a module of its own here.
"""
