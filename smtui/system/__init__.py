"""The operating system: clock and randomness, subprocesses, hardening, private files, settings, recent vaults.

Belongs here: what asks the system for something, behind one function. Does not belong here: anything that knows
secrets, vaults or screens. A new call to the clock, to randomness or to a child process goes into `ambient` or
`subprocesses`; a new file of ours is written with `private_files`; a new setting gets a row in `settings`.
"""
