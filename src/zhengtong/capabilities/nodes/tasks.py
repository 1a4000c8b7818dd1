"""What links do by themselves: hand over what waits, try again, ask whether the other side is there."""

from zhengtong.kernel.jobs import job, periodic


@job("nodes.deliver")
def deliver(node_id: int) -> None:
    from zhengtong.capabilities.nodes.services.delivering import deliver_to

    deliver_to(node_id)


@periodic("nodes.deliver_due", "*/10 * * * * *")
def deliver_due(timestamp: int) -> None:
    from zhengtong.capabilities.nodes.services.delivering import deliver_due as run

    run()


@periodic("nodes.check_links", "* * * * *")
def check_links(timestamp: int) -> None:
    from zhengtong.capabilities.nodes.services.links import check_links as check
    from zhengtong.capabilities.nodes.services.own import point_files

    point_files()
    check()
