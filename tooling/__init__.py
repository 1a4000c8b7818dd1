"""What runs before anything is installed: `make` calls it with the system's Python and its standard library alone."""

import sys

# Kept where even an old Python can read it: the modules beside this one use a later grammar.
if tuple(sys.version_info) < (3, 11):
    sys.exit("需要 Python 3.11 或更高版本（Debian 12 自带）· Python 3.11 or later is needed")
