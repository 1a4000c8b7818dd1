"""``python -m zhengtong``: the same as the command ``zhengtong``."""

from zhengtong.config.command import main

main()
