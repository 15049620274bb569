"""Health checks: findings about secrets and KMS keys, such as weak, repeated, overdue or public ones.

Belongs here: the checks and their order, which the screen Health and `smtui health` share. `metadata` checks the
entries of ListSecrets and ListKeys, `secrets` what is read for each secret, `values` the values; `finding` has the
kinds and their order. A new check yields a `HealthFinding` of a new kind. Does not belong here: verifying the vault
file (`smtui.vault.check`).
"""
