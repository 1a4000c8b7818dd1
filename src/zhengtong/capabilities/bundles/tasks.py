"""Jobs of bundles: parts are started one after another, each in its own transaction; the whole is closed."""

from zhengtong.kernel.jobs import job, periodic


@job("bundles.start_parts")
def start_parts(parent_id: int) -> None:
    """Start whatever can be started now; killed in the middle, it goes on with what is left."""
    from zhengtong.capabilities.bundles.services.parts import start_next_part

    while start_next_part(parent_id=parent_id):
        continue


@job("bundles.complete")
def complete_bundle(parent_id: int) -> None:
    from zhengtong.capabilities.bundles.services.following import complete

    complete(parent_id=parent_id)


@periodic("bundles.refresh", "5 0 * * *")
def refresh(timestamp: int) -> None:
    """Every night: dated thresholds that come into force change what bundles ask."""
    from zhengtong.capabilities.bundles.services.publishing import refresh_bundles

    refresh_bundles()
