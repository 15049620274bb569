"""What is done with the vault as a whole, or with files: each a deed that goes on when its screen is left.

A deed is a coroutine that is read top to bottom: ask, work, say. `app.do(deed)` begins it, and `long` of `long_work`
carries out its long part beside the screens. What a person looks at is no deed, and lives in `screens/`.
"""
