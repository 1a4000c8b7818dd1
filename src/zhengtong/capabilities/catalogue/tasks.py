"""Jobs of the catalogue. Each finds nothing when it is run again at once."""

from zhengtong.capabilities.catalogue import tasks_finding

__all__ = ["tasks_finding"]
