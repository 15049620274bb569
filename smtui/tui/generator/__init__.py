"""The password generator: its options, its choices, and how much chance is in a password.

Belongs here: everything around GetRandomPassword on the screen. Does not belong here: making the password
(`smtui.engine.passwords`).
"""
