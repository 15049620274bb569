"""Access to the operating system: clock, randomness, subprocesses, hardening, private files, settings, recent vaults.

Belongs here: functions that call the operating system. Does not belong here: code that depends on secrets, vaults or
screens. New calls to the clock or to randomness go into `ambient`, and new child processes into `subprocesses`. New
files are written with `private_files`, and new settings are fields of `settings.Settings`.
"""
