"""The password generator: its options, the generated passwords and their entropy.

Belongs here: GetRandomPassword on the screen. Does not belong here: the generation of passwords
(`smtui.engine.passwords`).
"""
