"""What the sectors bring holds together: items, limits, powers, processes; a case of each family goes to its end."""

import tomllib
import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import PERSON, PHONE, Cast, _organisation, _staff, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import (
    FieldSpec,
    ItemDefinition,
    ItemFile,
    RuleFile,
    get_definition,
    get_live_version,
    parse_definition,
    read_item,
)
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.identity import public as identity
from zhengtong.core.papers.public import describe, open_pdf
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM

SECTORS = Path(cases.__file__).parents[2] / "sectors"
FILES = sorted(SECTORS.glob("*/seed/items/*.toml"))
GUIDE = {"can_i", "what_do_i_need", "how_long", "how_much", "where", "law"}
SPARE = {
    "address": "澄波区滨江路66号",
    "boolean": "on",
    "credit_code": "91350100M000100Y43",
    "date": "2027-03-01",
    "id_number": PERSON,
    "phone": PHONE,
}


def answer(spec: FieldSpec, option: int = 0) -> Any:
    if spec.type == "choice":
        return spec.options[option % len(spec.options)]
    if spec.type == "multichoice":
        return list(spec.options)
    if spec.type == "number":
        return f"{max(spec.minimum or 1, 1):g}"
    return spec.example or SPARE.get(spec.type, "王晓岚")


def fill(definition: ItemDefinition, option: int = 0) -> dict[str, Any]:
    """Return answers to all that is asked; ``option`` chooses among those of a choice."""
    form: dict[str, Any] = {}
    while asked := [s for each in definition.list_asked(form) for s in each.fields if s.key not in form]:
        form |= {spec.key: answer(spec, option) for spec in asked}
    return form


def test_there_are_sixty_and_each_is_declared() -> None:
    assert len(FILES) == 60
    assert {each.path for each in registry.of(ItemFile)} == set(FILES)
    codes = [read_item(path)["code"] for path in FILES]
    assert codes == [path.stem for path in FILES]
    assert len({read_item(path)["name"] for path in FILES}) == 60


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_item_is_published_and_all_of_it_is_reachable(path: Path) -> None:
    item = cases.get_item(path.stem)
    assert item is not None
    definition = get_definition(get_live_version(item).pk)
    text = definition.text
    assert set(text["guide"]) >= GUIDE
    assert all(text["guide"][part].strip() for part in GUIDE)
    assert text["life_events"]
    assert 2 <= len(text["faq"]) <= 5
    assert all(basis["title"] and basis["article"] and basis["text"] for basis in text["legal_basis"])
    assert "use" not in str(text["form"][0].keys())
    fields, materials = set(), set()
    for option in range(8):
        form = fill(definition, option)
        asked = {spec.key for section in definition.list_asked(form) for spec in section.fields}
        _cleaned, errors = cases.clean_form(definition, {key: form[key] for key in asked})
        assert errors == []
        fields |= asked
        materials |= {spec.key for spec in definition.materials if spec.is_asked(form)}
    # What depends on figures (a large restaurant, a large sign) has its own tests.
    by_figure = {each["key"] for each in text["materials"] if "at_least" in str(each.get("condition", ""))}
    assert fields == {spec.key for spec in definition.fields()}
    assert materials | by_figure == {spec.key for spec in definition.materials}


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_promise_keeps_within_the_law(path: Path) -> None:
    limits = read_item(path)["limits"]
    limit = cases.get_rulebook().limit(limits["statutory"], timezone.localdate())
    assert 0 <= limits["promised_days"] <= limit.budget
    assert limit.article


@pytest.mark.django_db
def test_every_term_that_an_item_names_is_a_dated_rule() -> None:
    assert any(registry.of(RuleFile))
    for path in FILES:
        if term := read_item(path).get("licence_term"):
            assert cases.get_rulebook().term(term, timezone.localdate()).years > 0


def test_every_material_that_an_earlier_licence_replaces_names_one_that_there_is() -> None:
    texts = [read_item(path) for path in FILES]
    kinds = {text["licence_kind"] for text in texts}
    wanted = {material["e_licence"] for text in texts for material in text["materials"] if material.get("e_licence")}
    assert wanted <= kinds


def test_the_powers_that_the_sectors_bring_are_exercised_by_their_items() -> None:
    entries = {
        entry["code"]: entry
        for path in SECTORS.glob("*/seed/*powers.toml")
        for entry in tomllib.loads(path.read_text("utf-8"))["powers"]
    }
    used = {read_item(path)["power"]: read_item(path) for path in FILES}
    for code, text in used.items():
        if code in entries:
            assert entries[code]["organ"] == text["authority"], code
    own = {code for code, entry in entries.items() if "responsibilities" in entry and code[:2] in _ORGANS}
    assert own <= set(used)
    assert {code for code in used if code[:2] in _ORGANS} <= set(entries)


_ORGANS = {"SJ", "CG", "CL", "FG", "GA", "HJ", "JT", "JY", "MZ", "NY", "RS", "SW", "WJ", "WL", "YB", "YC", "ZG", "ZJ"}


def test_every_process_that_an_item_names_is_drawn() -> None:
    drawn = {path.stem: path for path in SECTORS.glob("*/seed/processes/*.bpmn")}
    named = {read_item(path)["process"] for path in FILES if "process" in read_item(path)}
    assert named == set(drawn)
    for path in drawn.values():
        root = ElementTree.fromstring(path.read_text("utf-8"))
        ids = {each.get("id") for each in root.iter() if each.tag.endswith(("Task", "Event", "Gateway", "Flow"))}
        shown = {each.get("bpmnElement") for each in root.iter() if each.tag.endswith(("Shape", "Edge"))}
        assert ids == shown, path.stem


def test_a_licence_that_names_no_field_is_refused() -> None:
    raw = read_item(SECTORS / "market" / "seed" / "items" / "tobacco-retail.toml")
    for change, says in (({"fields": ["nothing"]}, "nothing"), ({"number": "{year}"}, "sequence")):
        broken = {**raw, "licence": {**raw["licence"], **change}}
        with pytest.raises(ValueError, match=says):
            parse_definition(broken)


# One of each family, from the draft to the licence


@pytest.fixture
def handlers(cast: Cast) -> dict[str, Any]:
    """Return the officers of an organ for each family, by the item's code."""
    region = cast.office.region
    parent = cast.office.organisation.parent
    made: dict[str, Any] = {}
    for code, title in (
        ("tobacco-retail", "烟草专卖局"),
        ("construction-permit", "住房和城乡建设局"),
        ("elderly-allowance", "民政局"),
    ):
        organ = _organisation(region.name + title, identity.OrganisationKind.DEPARTMENT, region, parent)
        staff = {
            role: identity.get_account_actor(_staff(f"{role}-{code}", role, organ, {role: identity.Reach.OWN}))
            for role in ("reviewer", "approver")
        }
        item = cases.get_item(code)
        assert item is not None
        office = cases.open_office(
            actor=SYSTEM,
            item=item,
            organisation=organ,
            window=cast.office.window,
            address="澄波区滨江路1号",
            hours="9:00—17:00",
            phone="0990-2100001",
            supervision_phone="0990-12345",
        )
        made[code] = {**staff, "office": office}
    return made


@pytest.mark.parametrize(
    ("code", "prefix", "years"),
    [
        ("tobacco-retail", "990102", 5),
        ("construction-permit", "990102", None),
        ("elderly-allowance", "高津990102", None),
    ],
)
def test_a_case_of_each_family_is_walked_to_its_licence(
    cast: Cast, handlers: dict[str, Any], run_jobs: Any, code: str, prefix: str, years: int | None
) -> None:
    people = handlers[code]
    applicant = cast.citizen if people["office"].item.audience == "person" else cast.owner
    case = cases.start_draft(actor=applicant, office=people["office"], form={})
    definition = get_definition(case.item_version_id)
    form = fill(definition, 1)
    cases.save_draft(actor=applicant, case_id=case.pk, answers=form)
    for spec in definition.materials:
        if spec.is_asked(form):
            cases.attach_file(actor=applicant, case_id=case.pk, key=spec.key, upload=photo(f"{spec.key}.jpg"))
    cases.submit_case(actor=applicant, case_id=case.pk)
    # The organ came after the cast: whom the window serves is asked anew.
    cases.accept_case(actor=identity.get_account_actor(cast.accounts["counter"]), case_id=case.pk)
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=people["reviewer"], task_id=task.pk)
    cases.recommend(actor=people["reviewer"], case_id=case.pk, outcome="grant", opinion="符合条件")
    cases.grant_case(actor=people["approver"], case_id=case.pk, reasons="符合规定条件")
    licence = Licence.objects.get(case=case)
    assert licence.number.startswith(prefix)
    assert licence.kind == definition.text["licence_kind"]
    assert licence.paper.title == definition.text["licence_name"]
    if years:
        assert licence.valid_until is not None
        assert licence.valid_until.year in (date.today().year + years, date.today().year + years - 1)
    run_jobs()
    assert open_pdf(licence.paper).startswith(b"%PDF-")
    assert describe(licence.paper).status.is_valid
    decision = definition.text.get("decision", {}).get("grant")
    if decision:
        paper = fresh(case).documents.get(paper__kind="cases.grant").paper
        assert paper.title == f"{decision}通知书"
