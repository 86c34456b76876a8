"""Runs the shop's tasks until it is stopped: `work.py START_METHOD`.

The runner uses the main thread, and no other thread exists when it forks.
"""

from __future__ import annotations

import multiprocessing
import sys

import shop

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1], force=True)
    shop.app.runner.run()
