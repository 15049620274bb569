"""The long form: `python -m tests.fuzz TARGET SECONDS`, or `all`, each target for so many seconds.

Where atheris is installed (`pip install atheris`) it is guided by coverage; elsewhere inputs are made as in the short
form, for as long. A finding ends with its exception; the input is printed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.targets import TARGETS


def guided(name: str, seconds: int) -> None:
    """Begins at the target's seeds, and knows the words of the trade. Leaves its own process at the end."""
    import atheris

    from tests.fuzz.harming import WORDS

    folder = Path(tempfile.mkdtemp(prefix="smtui-fuzz-"))
    (corpus := folder / "corpus").mkdir()
    for number, seed in enumerate(TARGETS[name].seeds):
        (corpus / str(number)).write_bytes(seed)
    words = ("".join(f"\\x{byte:02x}" for byte in word) for word in WORDS if 0 < len(word) < 100)
    (folder / "words").write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")
    atheris.instrument_all()
    arguments = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=20", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *arguments, f"-dict={folder / 'words'}", str(corpus)], TARGETS[name].run)
    atheris.Fuzz()


def unguided(name: str, seconds: int) -> int:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from tests.fuzz.harming import make_harmed

    fuzzed, end, tried = TARGETS[name], time.monotonic() + seconds, 0

    @settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=400), make_harmed(fuzzed.seeds)))
    def look(data: bytes) -> None:
        nonlocal tried
        tried += 1
        if time.monotonic() < end:
            fuzzed.run(data)

    while time.monotonic() < end:
        look()
    return tried


def main(name: str, seconds: int) -> int:
    if name == "all":
        return max(subprocess.run([sys.executable, "-m", "tests.fuzz", each, str(seconds)], check=False).returncode
                   for each in TARGETS)
    if find_spec("atheris"):
        guided(name, seconds)
    else:
        print(f"{name}: {unguided(name, seconds):,} inputs, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
