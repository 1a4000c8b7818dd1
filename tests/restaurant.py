"""A restaurant that opens in the cast's county: the bundle's application brought to any stage through the services."""

from dataclasses import dataclass
from typing import Any

from tests.cast import FIRE, PERSON, PHONE, SIGN, Cast, fresh, photo
from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.bundles.services.following import complete
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import Case, FieldSpec, get_definition
from zhengtong.kernel.policy import SYSTEM, Actor

BUNDLE = "open-restaurant"
SITUATION = {
    "has_licence": "还没有",
    "floor_area": "350",
    "seats": "80",
    "street": "主要大街或重点路段",
    "sells_alcohol": "是",
}
_BY_TYPE = {
    "address": "澄波区滨江路66号1-3号商铺",
    "boolean": "on",
    "credit_code": "91350100M000100Y43",
    "date": "2027-03-01",
    "id_number": PERSON,
    "phone": PHONE,
}
KNOWN = {
    "operator_name": "秋实饭店",
    "delivery_method": "只要电子证",
    "legal_representative": "李秋",
    "contact_name": "李秋",
}


def answer(spec: FieldSpec) -> Any:
    """Return an answer that the field takes."""
    if spec.key in KNOWN:
        return KNOWN[spec.key]
    if spec.type == "choice":
        return spec.options[0]
    if spec.type == "multichoice":
        return [spec.options[0]]
    if spec.type == "number":
        return f"{max(spec.minimum or 0, min(3, spec.maximum or 3)):g}"
    return _BY_TYPE.get(spec.type, "三层楼")


def fill(case: Case, situation: dict[str, str]) -> dict[str, Any]:
    """Return answers to everything that the situation leaves to be asked."""
    definition = get_definition(case.item_version_id)
    form: dict[str, Any] = dict(situation)
    while open_fields := [
        spec for section in definition.list_asked(form) for spec in section.fields if spec.key not in form
    ]:
        form |= {spec.key: answer(spec) for spec in open_fields}
    return form


@dataclass
class Restaurant:
    """One application for the bundle; ``cast.citizen`` applies."""

    cast: Cast
    parent: Case

    def part(self, code: str) -> bundles.BundlePart:
        return next(part for part in bundles.list_parts(self.parent.pk) if part.item.code == code)

    def case(self, code: str) -> Case:
        found = self.part(code).case
        assert found is not None, f"{code} hasn't begun"
        return fresh(found)

    def state(self) -> str:
        """Let the worker do what waits for it, and return the state of the whole."""
        self.start()
        complete(parent_id=self.parent.pk)
        return fresh(self.parent).state

    def reviewer(self, code: str) -> Actor:
        return {FIRE: self.cast.fire_reviewer, SIGN: self.cast.urban_reviewer}.get(code, self.cast.reviewer)

    def approver(self, code: str) -> Actor:
        return {FIRE: self.cast.fire_approver, SIGN: self.cast.urban_approver}.get(code, self.cast.approver)

    def start(self) -> None:
        """Do what the worker does after the submission and after a grant that others wait for."""
        while bundles.start_next_part(parent_id=self.parent.pk):
            continue

    def accept(self, *codes: str) -> None:
        for code in codes:
            cases.accept_case(actor=self.cast.counter, case_id=self.case(code).pk)

    def review(self, code: str, outcome: str = "grant") -> None:
        case = self.case(code)
        task = cases.get_open_task(case, cases.TaskNode.REVIEW)
        assert task is not None
        cases.claim_task(actor=self.reviewer(code), task_id=task.pk)
        cases.recommend(actor=self.reviewer(code), case_id=case.pk, outcome=outcome, opinion="已审查")

    def grant(self, code: str) -> None:
        self.review(code)
        self.decide(code)

    def refuse(self, code: str) -> None:
        self.review(code, "refuse")
        self.decide(code, "refuse")

    def decide(self, code: str, outcome: str = "grant") -> None:
        case, approver = self.case(code), self.approver(code)
        if outcome == "grant":
            cases.grant_case(actor=approver, case_id=case.pk, reasons="符合法定条件")
        else:
            cases.refuse_case(actor=approver, case_id=case.pk, reasons="不符合法定条件", legal_basis="《行政许可法》")

    def deliver(self, code: str) -> None:
        cases.deliver_case(actor=SYSTEM, case_id=self.case(code).pk)


def draft_restaurant(cast: Cast, **situation: str) -> Restaurant:
    """Return a complete draft."""
    said = SITUATION | situation
    case = cases.start_draft(actor=cast.citizen, office=cast.offices[BUNDLE], form={})
    form = fill(case, said)
    cases.save_draft(actor=cast.citizen, case_id=case.pk, answers=form)
    for spec in bundles.outline(get_definition(case.item_version_id), form).materials:
        kind = "pdf" if "jpg" not in spec.kinds else "jpg"
        assert kind == "jpg", f"{spec.key} takes no picture"
        cases.attach_file(actor=cast.citizen, case_id=case.pk, key=spec.key, upload=photo(f"{spec.key}.jpg"))
    return Restaurant(cast, fresh(case))


def open_restaurant(cast: Cast, **situation: str) -> Restaurant:
    """Return a submitted application whose parts have begun, as far as they can."""
    restaurant = draft_restaurant(cast, **situation)
    bundles.submit_application(actor=cast.citizen, case_id=restaurant.parent.pk)
    restaurant.start()
    restaurant.parent = fresh(restaurant.parent)
    return restaurant
