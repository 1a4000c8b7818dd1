"""The bundles that sectors bring: compiled when all items are published."""

from zhengtong.capabilities.bundles.services.publishing import publish_declared as load

__all__ = ["load"]
