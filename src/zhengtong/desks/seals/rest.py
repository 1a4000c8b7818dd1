"""What the desk tells programs."""

from zhengtong.desks.seals.checking.rest import router

__all__ = ["router"]
