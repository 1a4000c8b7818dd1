"""The kinds of list as data: an office adds one by hand."""

from zhengtong.capabilities.powers.models import PowerList
from zhengtong.capabilities.powers.services.settling import REVIEW
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


@step()
def add_list(*, actor: Actor, code: str, name: str, note: str = "", position: int = 100) -> PowerList:
    """Add a kind of list. Raises Denied."""
    require(actor, REVIEW)
    made = PowerList.objects.create(code=code, name=name.strip(), note=note.strip(), position=position)
    record(actor, "powers.add_list", made, after={"code": code, "name": made.name, "note": made.note})
    return made


@step()
def amend_list(*, actor: Actor, power_list: PowerList, name: str, note: str = "", position: int = 100) -> PowerList:
    """Give a kind of list another name, note or place. Raises Denied."""
    require(actor, REVIEW)
    before = {"name": power_list.name, "note": power_list.note, "position": power_list.position}
    power_list.name, power_list.note, power_list.position = name.strip(), note.strip(), position
    power_list.save(update_fields=["name", "note", "position"])
    after = {"name": power_list.name, "note": power_list.note, "position": power_list.position}
    record(actor, "powers.amend_list", power_list, before=before, after=after)
    return power_list
