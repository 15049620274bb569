"""What smtui costs, measured: each module is one command, `python -m benchmarks.NAME`; README.md here tells of all."""
