"""An electronic licence is sealed, shown, checked without the platform, suspended, and seen by others with consent."""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import CREDIT_CODE, PASSWORD, Cast
from zhengtong.capabilities.licences import public as licences
from zhengtong.capabilities.licences.sealing import find_place
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.papers.public import ensure_rendered, get_status
from zhengtong_verify import licence as line
from zhengtong_verify.sealing import Trust

pytestmark = pytest.mark.django_db
_VERIFY = "import sys; from zhengtong_verify.command import main; sys.exit(main())"


@pytest.fixture
def licence(cast: Cast) -> licences.Licence:
    case = cast.granted()
    return licences.Licence.objects.select_related("paper", "organisation").get(case=case)


def sign_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def certificates(client: Client) -> bytes:
    return client.get(reverse("licences_desk:certificates")).content


def test_a_code_is_judged_by_whoever_scans_it(cast: Cast, licence: licences.Licence) -> None:
    shown = licences.present_licence(actor=cast.owner, number=licence.number)
    judged = licences.judge_presented(shown.text)
    assert (judged.is_good, judged.sentence) == (True, "证照真实、有效，由持证人刚刚出示。")
    page = Client().get("/verify/shown/", {"c": shown.text}).content.decode()
    assert licence.number in page
    assert "证照真实、有效" in page
    head, facts, signature = shown.text.split(".")
    for text, said in (
        (f"{head}.{facts[:-4]}AAAA.{signature}", "签名不对"),
        (f"{head}.{facts}.{'A' * len(signature)}", "签名不对"),
        (shown.text[:60], "不是完整的证照码"),
        ("", "不是完整的证照码"),
    ):
        judged = licences.judge_presented(text)
        assert not judged.is_good
        assert said in judged.sentence or "不是完整的证照码" in judged.sentence


def test_a_picture_of_a_code_counts_for_a_minute_only(
    cast: Cast, licence: licences.Licence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = licences.present_licence(actor=cast.owner, number=licence.number)
    later = timezone.now() + timedelta(seconds=120)
    monkeypatch.setattr(timezone, "now", lambda: later)
    judged = licences.judge_presented(shown.text)
    assert not judged.is_good
    assert "可能是截图" in judged.sentence


def test_a_code_is_checked_without_the_platform(cast: Cast, licence: licences.Licence, tmp_path: Path) -> None:
    shown = licences.present_licence(actor=cast.owner, number=licence.number)
    roots, good, bad = tmp_path / "roots.pem", tmp_path / "code.txt", tmp_path / "bad.txt"
    roots.write_bytes(certificates(Client()))
    good.write_text(shown.address)
    bad.write_text(shown.address[:-3] + ("AAA" if not shown.address.endswith("AAA") else "BBB"))

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _VERIFY, "--root", str(roots), str(path)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    done = run(good)
    assert done.returncode == 0, done.stdout + done.stderr
    assert licence.number in done.stdout
    assert run(bad).returncode in (1, 2)


def test_each_fault_of_a_code_has_its_own_sentence(cast: Cast, licence: licences.Licence) -> None:
    shown = licences.present_licence(actor=cast.owner, number=licence.number)
    from asn1crypto import pem

    roots = tuple(der for _name, _headers, der in pem.unarmor(certificates(Client()), multiple=True))
    content, now = shown.text.encode(), datetime.now(UTC)
    assert line.can_read(content)
    assert line.check(content, Trust(roots), now=now).is_proven
    for moment, code in (
        (now + timedelta(minutes=5), "licence-stale"),
        (now - timedelta(minutes=5), "licence-ahead"),
        (now + timedelta(days=365 * 20), "licence-over"),
    ):
        assert code in line.check(content, Trust(roots), now=moment).codes
    # Its last day is over at midnight in China, when it is four in the afternoon in UTC.
    last = line.read_line(shown.text).valid_until
    assert last is not None
    midnight = datetime.combine(last + timedelta(days=1), time(), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    assert "licence-over" in line.check(content, Trust(roots), now=midnight).codes
    assert "licence-over" not in line.check(content, Trust(roots), now=midnight - timedelta(seconds=1)).codes
    assert line.check(content, Trust(), now=now).codes == ["licence-signer"]
    assert "licence-signer" in line.check(content, Trust(roots[1:]), now=now).codes


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        line.read_line(text)
    except line.Illegible:
        assert not line.can_read(text.encode(errors="replace"))


def test_the_holder_shows_her_licence_and_nobody_elses(cast: Cast, licence: licences.Licence) -> None:

    assert licences.present_licence(actor=cast.owner, number=licence.number).address.startswith("http")
    url = reverse("licences_desk:present", args=[licence.number])
    assert Client().get(url).status_code == 302
    assert sign_in("citizen").get(url).status_code == 404
    assert sign_in("reviewer").get(url).status_code == 403


def test_a_suspended_licence_is_not_in_force_until_it_is_resumed(cast: Cast, licence: licences.Licence) -> None:
    licences.suspend_licence(actor=cast.approver, licence=licence, reason="停业整顿期间")
    licence.paper.refresh_from_db()
    assert not get_status(licence.paper).is_valid
    assert "停业整顿期间" in get_status(licence.paper).sentence
    assert "暂停" in Client().get(reverse("hall:verify_code", args=[licence.paper.code])).content.decode()
    from zhengtong.kernel.policy import Denied

    with pytest.raises(Denied):
        licences.present_licence(actor=cast.owner, number=licence.number)
    with pytest.raises(Denied):
        licences.resume_licence(actor=cast.outsider, licence=licence, reason="整改完毕")
    licences.resume_licence(actor=cast.approver, licence=licence, reason="整改完毕")
    licence.paper.refresh_from_db()
    assert get_status(licence.paper).is_valid


def test_another_organ_sees_a_licence_when_its_holder_allows_it(cast: Cast, licence: licences.Licence) -> None:
    from zhengtong.capabilities.cases.public import Unacceptable

    with pytest.raises(Unacceptable):
        licences.ask_lookup(actor=cast.fire_reviewer, number=licence.number, holder_number="123", purpose="消防检查")
    asked = licences.ask_lookup(
        actor=cast.fire_reviewer, number=licence.number, holder_number=CREDIT_CODE, purpose="消防检查"
    )
    with pytest.raises(Unacceptable):
        licences.ask_lookup(
            actor=cast.fire_reviewer, number=licence.number, holder_number=CREDIT_CODE, purpose="再问一次"
        )
    with pytest.raises(Unacceptable):
        licences.open_lookup(actor=cast.fire_reviewer, lookup=asked)
    assert [each.pk for each in licences.list_asked_of(cast.owner)] == [asked.pk]
    assert not licences.list_asked_of(cast.citizen).exists()
    licences.answer_lookup(actor=cast.owner, lookup=asked, is_allowed=True)
    assert licences.open_lookup(actor=cast.fire_reviewer, lookup=asked).pk == licence.pk
    looked = AuditRecord.objects.get(action="licences.look_at_licence")
    assert (looked.purpose, bool(looked.subject)) == ("消防检查", True)
    desk = sign_in("fire_reviewer")
    assert licence.number in desk.get(reverse("licences_desk:lookup", args=[asked.pk])).content.decode()
    assert desk.get(reverse("licences_desk:lookup_file", args=[asked.pk]))["Content-Type"] == "application/pdf"
    assert sign_in("outsider").get(reverse("licences_desk:lookup", args=[asked.pk])).status_code == 404
    licences.answer_lookup(actor=cast.owner, lookup=asked, is_allowed=False)
    with pytest.raises(Unacceptable):
        licences.open_lookup(actor=cast.fire_reviewer, lookup=asked)


def test_the_seal_comes_to_lie_over_the_issuers_name(licence: licences.Licence) -> None:
    paper = ensure_rendered(licence.paper)
    assert paper.file is not None
    from zhengtong.core.files.public import open_bytes

    place = find_place(open_bytes(paper.file), paper.issuer_name)
    assert place.page == 1
    assert place.x_mm > 120
    assert 40 < place.y_mm < 150


def test_the_catalogue_says_how_many_there_are(cast: Cast, licence: licences.Licence) -> None:
    (found,) = licences.count_types(cast.approver)
    assert (found.title, found.issued, found.in_force, found.seal) == ("食品经营许可证", 1, 1, "")
    assert "食品经营许可证" in sign_in("approver").get(reverse("licences_desk:types")).content.decode()
