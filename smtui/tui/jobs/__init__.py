"""Background work: jobs with progress, vaults for background threads, the rotation worker, the verifier.

Belongs here: how work runs while the screens stay usable. Does not belong here: what a job does; that is in its
place. A new job is a coroutine of its place that calls `run_job`.
"""
