"""``python -m zhengtong_client``: try a service from a terminal."""

import sys

from zhengtong_client.command import main

sys.exit(main())
