"""What this module refuses, in words for the person who asked."""

from django.utils.functional import Promise


class Refused(Exception):
    """What was asked can't be done as asked. ``message`` tells a person what to do, next to ``field`` ("" for all)."""

    def __init__(self, code: str, message: str | Promise, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
