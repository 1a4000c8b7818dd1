"""Every page, as people with weak sight or a small phone meet it: axe finds nothing grave, nothing is cut off.

The hand-written pages by their list, the declared screens by the registry.
"""

from collections.abc import Iterable, Sequence
from datetime import time, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page

from tests.cast import ITEM, PASSWORD, Cast
from tests.conformance.rooms import SCREENS, SHOWN, Room, list_permissions
from tests.conformance.samples import sign_in as employ
from tests.conformance.test_records_of_writes import sheet_of
from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from tests.lobby import group_of, make_hall, window_of
from zhengtong.capabilities.reservations.public import (
    book_slot,
    call_next,
    issue_kiosk_link,
    list_slots,
    open_window,
    take_number,
)
from zhengtong.core.identity.public import Account, Organisation, get_account_actor
from zhengtong.kernel.models import CalendarDay
from zhengtong.kernel.policy import SYSTEM
from zhengtong.screens.declaration import CITIZEN, PUBLIC, STAFF, ModelScreens
from zhengtong.screens.sheets.services import check_sheet

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FIND = """() => axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations
    .map(rule => rule.id + ": " + rule.nodes.slice(0, 3).map(node => node.target.join(" ")).join(", ")))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def sign_in(page: Page, platform: Platform, person: str) -> None:
    page.goto(f"{platform.url}/account/login/")
    page.fill("[name=login]", platform.cast.accounts[person].username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form:has([name=password]) button[type=submit]")
    page.wait_for_url(lambda url: "/login/" not in url)


def act_for_the_enterprise(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/hall/cases/")
    page.locator("main form:has(input[name=capacity]) button[type=submit]").last.click()
    page.wait_for_load_state()


def faults(page: Page, url: str) -> list[str]:
    """Return what is wrong with the page at ``url`` at both widths, as somebody who turns her tablet sees it."""
    found = []
    page.set_viewport_size(PHONE_SCREEN)  # type: ignore[arg-type]  # a plain dict is a ViewportSize
    answer = page.goto(url)
    # An error page is looked at on purpose only.
    assert answer is not None
    assert answer.ok or url.endswith("/nowhere/"), url
    for screen in (PHONE_SCREEN, DESK_SCREEN):
        page.set_viewport_size(screen)  # type: ignore[arg-type]  # a plain dict is a ViewportSize
        where = f"{url} at {screen['width']}: "
        found += [where + fault for fault in page.evaluate(FIND)]
        if (wider := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{where}{wider} px wider than the screen")
    return found


def visit(platform: Platform, person: str, paths: Iterable[str]) -> list[str]:
    page = platform.open()
    page.context.add_init_script(path=AXE)
    if person:
        sign_in(page, platform, person)
    if person == "owner":
        act_for_the_enterprise(page, platform)
    found = [fault for path in paths for fault in faults(page, platform.url + path)]
    page.context.close()
    return found


def pages(cast: Cast) -> dict[str, list[str]]:
    """Return the addresses that each person visits; nobody is the visitor who hasn't signed in."""
    item = f"/hall/items/{ITEM}/"
    lobby = make_lobby(cast)
    draft, submitted, reviewing = cast.draft(), cast.submitted(), cast.reviewing()
    granted = cast.granted()
    drafts = f"/hall/drafts/{draft.public_id}/"
    return {
        "": [
            *("/", "/hall/?q=开面馆", "/hall/?q=zzzz", item, "/hall/progress/", "/hall/publicity/", "/hall/help/"),
            *("/verify/", "/account/login/", "/account/signup/", "/account/password/reset/", "/account/privacy/"),
            *("/demo/inbox/", "/nowhere/", *lobby[""]),
        ],
        "owner": [
            *("/", f"{item}apply/", drafts, f"{drafts}materials/", f"{drafts}review/", "/hall/cases/"),
            *(f"/hall/cases/{submitted.public_id}/", f"/hall/cases/{submitted.public_id}/receipt/"),
            *(f"/hall/cases/{granted.public_id}/", "/hall/licences/", "/messages/"),
            *("/account/", "/account/profile/", "/account/enterprises/", "/account/sessions/"),
        ],
        "counter": [
            *("/desk/lobby/", "/desk/window/", "/desk/window/new/", f"/desk/window/cases/{submitted.number}/"),
            *(f"/desk/window/cases/{submitted.number}/{act}/" for act in ("corrections", "correct", "not-competent")),
        ],
        "reviewer": [
            *("/desk/", "/desk/?scope=office", "/desk/done/", "/desk/cases/", f"/desk/cases/{reviewing.number}/"),
            f"/desk/cases/{reviewing.number}/recommend/",
            f"/desk/cases/{reviewing.number}/consult/",
        ],
        "supervisor": ["/desk/late/"],
        "legal": ["/desk/administration/templates/", "/desk/administration/templates/cases.acceptance/"],
        "citizen": lobby["citizen"],
        "hall_guide": ["/desk/lobby/reception/"],
        "hall_manager": ["/desk/lobby/statistics/?by=day"],
    }


def make_lobby(cast: Cast) -> dict[str, list[str]]:
    """Return the pages of a hall that is always open, where somebody waits and somebody was called."""
    hall = make_hall(sessions=((time(0), time(23, 59)),), days=range(7), is_on_days_off=True)
    tomorrow = timezone.localdate() + timedelta(days=1)
    CalendarDay.objects.filter(date__range=(timezone.localdate(), tomorrow)).delete()
    group, window = group_of(hall, "A"), window_of(hall, 1)
    first, second = (take_number(actor=SYSTEM, group=group, name="赵大") for _person in range(2))
    open_window(actor=cast.counter, window_id=window.pk)
    call_next(actor=cast.counter, window_id=window.pk)
    kiosk = f"/open/lobby/kiosk/{issue_kiosk_link(actor=cast.hall_guide, hall=hall)}/"
    # The day's last slot: shortly before midnight tomorrow's first one can't be changed any more.
    slot = max((each for each in list_slots(group, tomorrow) if each.left), key=lambda each: each.starts_at)
    booked = book_slot(actor=cast.citizen, group=group, starts_at=slot.starts_at)
    own = f"/hall/appointments/{booked.public_id}/"
    choice = f"/hall/appointments/new/?hall={hall.code}&group=A&day={tomorrow}"
    return {
        "": [
            *("/hall/appointments/", "/open/lobby/", f"/open/lobby/{hall.code}/", f"/open/lobby/{hall.code}/screen/"),
            *(kiosk, f"{kiosk}?ticket={second.public_id}", f"/open/lobby/tickets/{first.public_id}/"),
        ],
        "citizen": ["/hall/appointments/new/", choice, own, f"{own}change/?day={tomorrow}", f"{own}slip/"],
    }


@pytest.mark.django_db(transaction=True)
def test_no_page_shuts_anybody_out(platform: Platform) -> None:
    found = [fault for person, paths in pages(platform.cast).items() for fault in visit(platform, person, paths)]
    assert not found, "\n".join(found)


def import_something(room: Room, holder: Account) -> str:
    """Have a file checked of which one row stays as it is and one is refused; return the page that shows it."""
    good = sheet_of(room, room.row).decode()
    rows = f"{good}{good.splitlines()[1]}x\n".encode()
    run = check_sheet(room.screens, get_account_actor(holder), SimpleUploadedFile("rows.csv", rows))
    return room.url("import_run", run=run.public_id)


def hire(cast: Cast, name: str, screens: Sequence[ModelScreens]) -> None:
    """Let there be a clerk who may do all that the screens offer."""
    needed = dict.fromkeys(permission for each in screens for permission in list_permissions(each))
    employ(name, Organisation.objects.get(name="澄波区人民政府"), *needed)
    cast.accounts[name] = Account.objects.get(username=name)


def furnish(cast: Cast) -> dict[str, list[str]]:
    """Put rows into every declared screens; return the pages by the person who opens them.

    Each module has a clerk of its own, with a menu of usual length; the longest menu there is has a page as well.
    """
    found = {"clerk": ["/desk/"]}
    readers = {CITIZEN: "citizen", PUBLIC: ""}
    staff = [screens for screens in SCREENS if screens.audience == STAFF]
    hire(cast, "clerk", staff)
    for module in dict.fromkeys(screens.module for screens in staff):
        hire(cast, f"clerk_{module}", [screens for screens in staff if screens.module == module])
    for number, screens in enumerate(SCREENS):
        reader = readers.get(screens.audience, f"clerk_{screens.module}")
        room = Room(screens, cast, first=10 * number + 1)
        routes = [route for route in room.routes if route.verb in (*SHOWN, "act")]
        addresses = found.setdefault(reader, [])
        addresses += [address for _verb, address in room.addresses(routes)]
        if screens.sheet:
            addresses.append(import_something(room, cast.accounts[reader]))
    return found


@pytest.mark.django_db(transaction=True)
def test_no_declared_page_shuts_anybody_out(platform: Platform) -> None:
    addresses = furnish(platform.cast)
    assert sum(map(len, addresses.values())) > 100
    found = [fault for person, paths in addresses.items() for fault in visit(platform, person, paths)]
    assert not found, "\n".join(found)
