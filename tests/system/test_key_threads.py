"""Tests that the stack of a thread that used keys is not given to another thread."""

from __future__ import annotations

import subprocess
import sys
import threading

from smtui.system.key_threads import KeyThreadPool

SCRIPT = """
import threading
from smtui.system import key_threads
from smtui.system.key_threads import KeyThreadPool

ended, goes_on = threading.Event(), threading.Event()

def wait(pool, numbers):  # the thread that ends after the others, and frees their stacks, waits
    pool.shutdown()
    ended.set()
    goes_on.wait()

def run_in(pool):  # where the stack of the thread is: glibc identifies a thread by an address in it
    return pool.submit(threading.get_ident).result()

key_threads._wait_for_threads = wait
pool, early = KeyThreadPool(1, "keys"), KeyThreadPool(1, "made before, started after")
stack = run_in(pool)
pool.end()
ended.wait()
found = [run_in(early), run_in(KeyThreadPool(1, "keys"))]
other = threading.Thread(target=lambda: found.append(threading.get_ident()))
other.start()
other.join()
goes_on.set()
print(len(found), stack in found)
"""


def test_no_other_thread_gets_the_stack() -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["3", "False"]


def test_a_call_that_runs_ends_before_its_thread() -> None:
    pool, goes_on = KeyThreadPool(1, "keys"), threading.Event()
    answer = pool.submit(goes_on.wait, 300)
    pool.end()
    goes_on.set()
    assert answer.result()
    assert threading.stack_size() == 0
