"""Supervision of sharing in the demo city: who supervises, and the months counted so far."""

from datetime import timedelta

from django.utils import timezone

from zhengtong.capabilities.sharing import starting_rows
from zhengtong.capabilities.sharing.counting import keep_months
from zhengtong.capabilities.sharing.models import MonthFigure
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Organisation,
    Reach,
    appoint,
    create_staff_account,
    grant_role,
    open_post,
)
from zhengtong.kernel.demo import DemoAccount, DemoContext
from zhengtong.kernel.policy import SYSTEM

title = "共享监督"
PASSWORD = "anlan-demo-2026"
# User name, name, post, role, organ.
_PEOPLE = (
    ("share_supervisor", "凌致远", "共享监督员", "sharing_supervisor", "安澜市政务服务数据管理局"),
    ("share_contact", "舒兰亭", "共享工作联络员", "sharing_contact", "安澜市民政局"),
)
ACCOUNTS = tuple(DemoAccount(user, PASSWORD, name, post, organ) for user, name, post, _role, organ in _PEOPLE)


def load(context: DemoContext) -> None:
    """Appoint the people and count the months."""
    starting_rows.load(actor=SYSTEM)
    for user, name, title, role, organ in _PEOPLE:
        post = open_post(actor=SYSTEM, organisation=Organisation.objects.get(name=organ), title=title)
        reach = Reach.REGION if role == "sharing_supervisor" else Reach.OWN
        grant_role(actor=SYSTEM, post=post, role=role, reach=reach)
        staff = create_staff_account(actor=SYSTEM, username=user, password=PASSWORD, name=name)
        appoint(actor=SYSTEM, staff=staff, post=post, start_date=context.today - timedelta(days=400))
    keep_months(timezone.now())
    record(SYSTEM, "demo.load", ("sharing", context.seed), after={"months": MonthFigure.objects.count()})
