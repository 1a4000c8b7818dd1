"""Jobs of the authority: lists before their time is over, certificates before their end."""

from zhengtong.kernel.jobs import periodic


@periodic("pki.publish_lists", "7 * * * *")
def publish_lists(timestamp: int) -> None:
    """Every hour: the lists whose turn it is."""
    from zhengtong.capabilities.pki.services.lists import publish_due_lists

    publish_due_lists()


@periodic("pki.watch_expiry", "25 8 * * *")
def watch_expiry(timestamp: int) -> None:
    """Every morning: the next certificates of services, and warnings to holders and officers."""
    from zhengtong.capabilities.pki.services.expiring import renew_services, warn_of_expiry

    renew_services()
    warn_of_expiry()
