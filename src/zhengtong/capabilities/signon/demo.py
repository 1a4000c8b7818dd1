"""One outside system of the demo's district: applied for, approved, and one more that waits for the review."""

from django.utils import timezone

from zhengtong.capabilities.signon.applications.services import apply_for_application, approve_application
from zhengtong.capabilities.signon.demo_demands import set_demands
from zhengtong.core.identity.public import (
    Account,
    Organisation,
    Reach,
    appoint,
    create_staff_account,
    get_account_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.demo import DemoAccount, DemoContext
from zhengtong.kernel.policy import SYSTEM

title = "应用系统接入"
PASSWORD = "anlan-demo-2026"
ORGAN = "澄波区城市管理局"
OWNER, NAME = "app_owner", "汪雅琴"
ACCOUNTS = (DemoAccount(OWNER, PASSWORD, NAME, "应用系统管理员（接入、密钥）", ORGAN),)


def load(context: DemoContext) -> None:
    """Make the person who keeps the systems of the urban bureau, and two systems; say what administrators need."""
    set_demands(context)
    organ = Organisation.objects.get(name=ORGAN)
    post = open_post(actor=SYSTEM, organisation=organ, title="信息化岗")
    grant_role(actor=SYSTEM, post=post, role="application_owner", reach=Reach.OWN)
    staff = create_staff_account(actor=SYSTEM, username=OWNER, password=PASSWORD, name=NAME)
    appoint(actor=SYSTEM, staff=staff, post=post, start_date=timezone.localdate())
    owner = get_account_actor(staff.account)
    city = apply_for_application(
        actor=owner,
        name="澄波区城市运行管理平台",
        purpose="区、街道两级工作人员登录后受理、派遣和处置城市运行事件；需要姓名、机构和岗位来派单。",
        kind="web",
        audience="staff",
        scopes=["profile", "organisation"],
        redirect_addresses="http://localhost:9000/callback",
        after_logout_addresses="http://localhost:9000/",
        logout_address="http://localhost:9000/logged-out",
    )
    reviewer = get_account_actor(Account.objects.get(username="security"))
    approve_application(actor=reviewer, application=city, opinion="履行职责必需，同意接入", is_consent_waived=True)
    apply_for_application(
        actor=owner,
        name="市容随手拍",
        purpose="群众上报市容问题并查看处理结果；需要姓名和手机号以便回访。",
        kind="native",
        audience="citizen",
        scopes=["profile", "phone"],
        redirect_addresses="gov.anlan.snapshot:/callback",
        subject_kind="pairwise",
    )
