"""`python -m kg`."""

import os
import sys

# `python -m` looks for modules in the current folder first, and that may be a stranger's.
if not sys.flags.safe_path and os.path.abspath(sys.path[0]) == os.getcwd():
    del sys.path[0]

from kg.cli import main

main()
