"""Ways to a session: whatever a front end can open to get a client.

What lives here: the local vault (`local`), later AWS through boto3. What may not: screens, commands, rules of an
operation. A new kind of account to work on goes here, as a module that gives the same client shape.
"""
