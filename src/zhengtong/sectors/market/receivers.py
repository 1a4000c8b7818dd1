"""Who got a business licence stands in the register of legal entities."""

from zhengtong.capabilities.licences.public import LicenceIssued
from zhengtong.kernel.events import receives
from zhengtong.sectors.market.services import enter_into_register


@receives(LicenceIssued)
def enter(event: LicenceIssued) -> None:
    enter_into_register(licence=event.licence)
