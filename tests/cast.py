"""The fixed cast of house.md in a small county, and a case brought to any stage through the real services."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django.procrastinate_app import current_app

from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.letters import public as letters
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM, Actor

PASSWORD = "correct-horse-9"
PHONE = "13900001234"
CREDIT_CODE = "91350100M000100Y43"  # GB 32100's own example
PERSON = identity.make_citizen_number("990102", date(1990, 5, 17), 12)
ITEM = "food-business-licence"
BUSINESS, FIRE, SIGN = "business-licence", "public-gathering-fire-check", "shop-sign"


def photo(name: str = "photo.jpg", size: tuple[int, int] = (320, 240)) -> SimpleUploadedFile:
    """Return a real JPEG, each name a different one."""
    content = io.BytesIO()
    Image.new("RGB", size, (sum(name.encode()) % 256, 200, 180)).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def answers(**changes: Any) -> dict[str, Any]:
    """Return the answers of a complete application."""
    return {
        "operator_name": "澜水面馆",
        "credit_code": CREDIT_CODE,
        "legal_representative": "王晓岚",
        "legal_representative_id": PERSON,
        "residence": "澄波区滨江路66号",
        "premises": "澄波区滨江路66号1-3号商铺",
        "premises_area": "86.5",
        "staff_count": "4",
        "business_form": "餐饮服务经营者",
        "business_items": ["热食类食品制售", "冷食类食品制售"],
        "safety_manager_name": "王晓岚",
        "safety_manager_id": PERSON,
        "safety_manager_phone": PHONE,
        "safety_manager_post": "食品安全员",
        "contact_name": "王晓岚",
        "contact_phone": PHONE,
        "delivery_method": "只要电子证",
        "is_truthful": "on",
        **changes,
    }


@dataclass
class Cast:
    """People, by what they do. Each is an :class:`Actor`; ``accounts`` has what they sign in with."""

    citizen: Actor
    owner: Actor
    counter: Actor
    second_counter: Actor
    reviewer: Actor
    inspector: Actor
    approver: Actor
    second_approver: Actor
    head: Actor
    supervisor: Actor
    security: Actor
    outsider: Actor
    fire_reviewer: Actor
    fire_inspector: Actor
    fire_approver: Actor
    urban_reviewer: Actor
    urban_inspector: Actor
    urban_approver: Actor
    compiler: Actor
    legal: Actor
    publisher: Actor
    city_compiler: Actor
    city_publisher: Actor
    process_compiler: Actor
    operator12345: Actor
    dispatcher: Actor
    letter_handler: Actor
    letter_approver: Actor
    hall_guide: Actor
    hall_manager: Actor
    cashier: Actor
    refund_approver: Actor
    keeper1: Actor
    keeper2: Actor
    keeper3: Actor
    ca_officer: Actor
    ca_approver: Actor
    office: cases.ItemOffice
    accounts: dict[str, identity.Account] = field(default_factory=dict)

    @property
    def offices(self) -> dict[str, cases.ItemOffice]:
        """The county's offices by the code of their item; that of the food licence is ``office``."""
        related = ("item", "region", "organisation", "window")
        found = cases.ItemOffice.objects.select_related(*related).filter(region=self.office.region)
        return {office.item.code: office for office in found}

    def appointment(self, actor: Actor) -> identity.Appointment:
        return identity.Appointment.objects.select_related("staff").get(pk=actor.held_appointment)

    # A case at each stage

    def draft(self, **changes: Any) -> cases.Case:
        case = cases.start_draft(actor=self.owner, office=self.office, form={}, reused=[("business_licence", "法人库")])
        cases.save_draft(actor=self.owner, case_id=case.pk, answers=answers(**changes))
        for key in ("premises_plan", "safety_rules", "health_certificates"):
            cases.attach_file(actor=self.owner, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
        case.refresh_from_db()
        return case

    def submitted(self, **changes: Any) -> cases.Case:
        return fresh(cases.submit_case(actor=self.owner, case_id=self.draft(**changes).pk))

    def accepted(self, **changes: Any) -> cases.Case:
        return fresh(cases.accept_case(actor=self.counter, case_id=self.submitted(**changes).pk))

    def reviewing(self, **changes: Any) -> cases.Case:
        case = self.accepted(**changes)
        task = cases.get_open_task(case, cases.TaskNode.REVIEW)
        assert task is not None
        cases.claim_task(actor=self.reviewer, task_id=task.pk)
        return fresh(case)

    def recommended(self, outcome: str = "grant", **changes: Any) -> cases.Case:
        case = self.reviewing(**changes)
        cases.recommend(actor=self.reviewer, case_id=case.pk, outcome=outcome, opinion="材料齐全，符合条件")
        return fresh(case)

    def granted(self, **changes: Any) -> cases.Case:
        case = self.recommended(**changes)
        cases.grant_case(actor=self.approver, case_id=case.pk, reasons="符合法定条件")
        return fresh(case)

    def visit(self, case: cases.Case, days: int = 5, at: datetime | None = None) -> cases.SiteVisit:
        officers = [self.appointment(self.reviewer), self.appointment(self.inspector)]
        return cases.arrange_site_visit(
            actor=self.reviewer,
            case_id=case.pk,
            officers=officers,
            planned_at=at or timezone.now() + timedelta(days=1),
            place="澄波区滨江路66号",
            allowed_days=days,
        )


def fresh(case: cases.Case) -> cases.Case:
    """Return the case as it is now in the database."""
    return cases.Case.objects.select_related("item_version__item", "office__region", "organisation").get(pk=case.pk)


@cache
def _hashed() -> str:
    """Return the hash of the one password: made to be slow, so made once."""
    return make_password(PASSWORD)


def _staff(username: str, name: str, organisation: identity.Organisation, roles: dict[str, str]) -> identity.Account:
    account = identity.Account.objects.create(username=username, kind=identity.AccountKind.STAFF)
    account.password = _hashed()
    account.save()
    member = identity.StaffMember.objects.create(
        account=account, name=name, organisation=organisation, enforcement_number=f"99{account.pk:08d}"
    )
    post = identity.Post.objects.create(organisation=organisation, title=name)
    identity.PostRole.objects.bulk_create(
        identity.PostRole(post=post, role=role, reach=reach) for role, reach in roles.items()
    )
    identity.Appointment.objects.create(staff=member, post=post, start_date=date(2020, 1, 1))
    return account


def _citizen(username: str, name: str, phone: str, number: str) -> identity.Account:
    account = identity.Account.objects.create(username=username)
    account.password = _hashed()
    account.save()
    now = timezone.now()
    identity.Citizen.objects.create(
        account=account,
        phone=phone,
        phone_digest=digest(phone),
        phone_verified_at=now,
        name=name,
        id_number=number,
        id_digest=digest(number),
        verified_at=now,
    )
    return account


def _organisation(
    name: str, kind: str, region: identity.Region, parent: identity.Organisation | None
) -> identity.Organisation:
    made = identity.Organisation.objects.create(
        name=name, short_name=name.replace("场监督管理", "监"), kind=kind, region=region, parent=parent
    )
    made.path = f"{parent.path}.{made.pk}" if parent else str(made.pk)
    made.save(update_fields=["path"])
    return made


def make_cast() -> Cast:
    """Make the county, its people and the offices that handle the items."""
    kinds, own, region_wide = identity.OrganisationKind, identity.Reach.OWN, identity.Reach.REGION
    city = identity.Region.objects.create(code="990100", name="安澜市", level="city", path="990100")
    counties = [
        identity.Region.objects.create(code=code, name=name, level="county", parent=city, path=f"990100.{code}")
        for code, name in (("990102", "澄波区"), ("990122", "禾溪县"))
    ]
    city_hall = _organisation("安澜市人民政府", kinds.GOVERNMENT, city, None)
    data_bureau = _organisation("安澜市政务服务数据管理局", kinds.DEPARTMENT, city, city_hall)
    city_bureau = _organisation("安澜市市场监督管理局", kinds.DEPARTMENT, city, city_hall)
    hall, other_hall = (
        _organisation(f"{county.name}人民政府", kinds.GOVERNMENT, county, city_hall) for county in counties
    )
    bureau = _organisation("澄波区市场监督管理局", kinds.DEPARTMENT, counties[0], hall)
    centre = _organisation("澄波区政务服务中心", kinds.SERVICE_CENTRE, counties[0], hall)
    other_bureau = _organisation("禾溪县市场监督管理局", kinds.DEPARTMENT, counties[1], other_hall)
    fire = _organisation("澄波区消防救援局", kinds.DEPARTMENT, counties[0], hall)
    urban = _organisation("澄波区城市管理局", kinds.DEPARTMENT, counties[0], hall)
    justice = _organisation("澄波区司法局", kinds.DEPARTMENT, counties[0], hall)

    accounts = {
        "counter": _staff("counter", "周敏", centre, {"window_clerk": region_wide, "hall_window_officer": own}),
        "second_counter": _staff(
            "second_counter", "钱一", centre, {"window_clerk": region_wide, "hall_window_officer": own}
        ),
        "reviewer": _staff("reviewer", "林国栋", bureau, {"reviewer": own}),
        "inspector": _staff("inspector", "何志刚", bureau, {"reviewer": own}),
        "approver": _staff("approver", "沈立新", bureau, {"approver": own}),
        "second_approver": _staff("second_approver", "孙二", bureau, {"approver": own}),
        "head": _staff("head", "高婉清", bureau, {"organ_head": own}),
        "security": _staff("security", "邓静怡", data_bureau, {"security_administrator": region_wide}),
        "supervisor": _staff("supervisor", "方明辉", data_bureau, {"supervisor": region_wide}),
        "outsider": _staff(
            "outsider", "罗建军", other_bureau, {"reviewer": own, "approver": own, "window_clerk": region_wide}
        ),
        "fire_reviewer": _staff("fire_reviewer", "秦海涛", fire, {"reviewer": own}),
        "fire_inspector": _staff("fire_inspector", "陶丽娟", fire, {"reviewer": own}),
        "fire_approver": _staff("fire_approver", "贺永刚", fire, {"approver": own}),
        "urban_reviewer": _staff("urban_reviewer", "龚伟民", urban, {"reviewer": own}),
        "urban_inspector": _staff("urban_inspector", "丁晓芸", urban, {"reviewer": own}),
        "urban_approver": _staff("urban_approver", "潘建平", urban, {"approver": own}),
        "legal": _staff("legal", "韩正平", justice, {"legal_reviewer": region_wide, "template_publisher": region_wide}),
        "compiler": _staff(
            "compiler",
            "苗春燕",
            bureau,
            {"item_clerk": own, "power_compiler": own, "process_compiler": own, "template_compiler": own},
        ),
        "publisher": _staff("publisher", "葛长青", bureau, {"item_publisher": own}),
        "city_compiler": _staff("city_compiler", "毕书航", city_bureau, {"item_clerk": region_wide}),
        "city_publisher": _staff("city_publisher", "车玉梅", city_bureau, {"item_publisher": region_wide}),
        "process_compiler": _staff("process_compiler", "薛明哲", bureau, {"process_compiler": own}),
        "operator12345": _staff(
            "operator12345",
            "苗秀英",
            data_bureau,
            {"letter_operator": region_wide, "letter_publisher": region_wide, "letter_manager": region_wide},
        ),
        "dispatcher": _staff("dispatcher", "温志远", data_bureau, {"letter_dispatcher": region_wide}),
        "letter_handler": _staff("letter_handler", "殷素芬", bureau, {"letter_handler": own}),
        "letter_approver": _staff("letter_approver", "鲁建业", bureau, {"letter_approver": own}),
        "hall_guide": _staff("hall_guide", "夏雨荷", centre, {"hall_guide": own}),
        "hall_manager": _staff("hall_manager", "梁启明", centre, {"hall_manager": own}),
        "cashier": _staff("cashier", "沙丽萍", centre, {"cashier": region_wide}),
        "refund_approver": _staff("refund_approver", "毛建平", centre, {"refund_approver": region_wide}),
        "keeper1": _staff("keeper1", "卢静安", data_bureau, {"key_custodian": region_wide}),
        "keeper2": _staff("keeper2", "项海波", data_bureau, {"key_custodian": region_wide}),
        "keeper3": _staff("keeper3", "祝玉兰", data_bureau, {"key_custodian": region_wide}),
        "ca_officer": _staff("ca_officer", "钟书敏", data_bureau, {"ca_officer": region_wide}),
        "ca_approver": _staff("ca_approver", "严立群", data_bureau, {"ca_approver": region_wide}),
        "citizen": _citizen(
            "citizen", "李秋", "13900005678", identity.make_citizen_number("990102", date(1985, 1, 2), 3)
        ),
        "owner": _citizen("owner", "王晓岚", PHONE, PERSON),
    }
    letters.set_reception(actor=SYSTEM, region=city, organisation=data_bureau)
    entity = identity.LegalEntity.objects.create(credit_code=CREDIT_CODE, name="澜水面馆")
    mandate = identity.Mandate.objects.create(
        citizen=accounts["owner"].citizen, legal_entity=entity, kind="legal_representative", verified_at=timezone.now()
    )
    handlers = {ITEM: bureau, BUSINESS: bureau, FIRE: fire, SIGN: urban}
    offices = {
        item.code: cases.open_office(
            actor=SYSTEM,
            item=item,
            organisation=centre if item.kind == cases.CaseKind.BUNDLE else handlers[item.code],
            window=centre,
            address="澄波区滨江路1号政务服务中心一楼",
            hours="工作日 9:00—12:00，13:30—17:00",
            phone="0990-2100001",
            supervision_phone="0990-12345",
        )
        for item in cases.list_items()
        if item.kind == cases.CaseKind.BUNDLE or item.code in handlers
    }
    actors = {name: identity.get_account_actor(account) for name, account in accounts.items() if name != "owner"}
    owner = identity.get_citizen_actor(accounts["owner"], mandate=mandate)
    return Cast(**actors, owner=owner, office=offices[ITEM], accounts=accounts)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def forget_jobs() -> None:
    """Empty the queue: a test's rollback doesn't reach the jobs that tests with real transactions left behind."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def run_jobs(db: None) -> Callable[[], None]:
    """Return a function that runs every job that waits, in order, inside the test's transaction."""
    forget_jobs()

    def run() -> None:
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = "
                    "(SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1) "
                    "RETURNING task_name, args::text"
                )
                row = cursor.fetchone()
            if row is None:
                return
            current_app.tasks[row[0]](**json.loads(row[1]))

    return run
