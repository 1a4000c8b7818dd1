"""``python -m zhengtong_verify``: the same as ``zhengtong-verify``."""

import sys

from zhengtong_verify.command import main

sys.exit(main())
