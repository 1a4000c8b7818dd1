"""An office with a seal: the people of its life, and a seal brought to any stage through the real services."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from zhengtong.capabilities.pki.public import prepare_trust
from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.documents import Place
from zhengtong.capabilities.seals.models import Seal, SealApplication, SealUse
from zhengtong.core.identity.public import (
    Account,
    AccountKind,
    Appointment,
    Organisation,
    OrganisationKind,
    Post,
    PostRole,
    Reach,
    Region,
    RegionLevel,
    StaffMember,
    get_account_actor,
)
from zhengtong.kernel.policy import Actor

ROLES = ("seal_applicant", "seal_keeper", "seal_reviewer", "seal_approver", "seal_maker")
PLACE = Place(1, 120.0, 220.0)


@cache
def blank_pdf(pages: int = 1, note: str = "") -> bytes:
    """Return a PDF of empty A4 pages; another ``note`` is another document."""
    writer = PdfFileWriter()
    box = generic.ArrayObject(generic.NumberObject(each) for each in (0, 0, 595, 842))
    for _page in range(pages):
        stream = generic.StreamObject(stream_data=f"% {note}\nq Q".encode())
        writer.insert_page(PageObject(contents=writer.add_object(stream), media_box=box))
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.TextStringObject(note or "测试文件")}))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def upload(content: bytes, name: str = "通知.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


@dataclass
class Office:
    """One organisation and its people by role; ``chief`` keeps seals there as well."""

    organisation: Organisation
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def appointment(self, name: str) -> Appointment:
        return Appointment.objects.select_related("staff", "post").get(pk=self.people[name].held_appointment)

    def apply(self, **changes: object) -> SealApplication:
        wanted = {
            "organisation": self.organisation,
            "kind": "special",
            "text": self.organisation.name,
            "line": "行政审批专用章",
            "reason": "开展行政审批需要",
            "keeper": self.appointment("keeper"),
            **changes,
        }
        return seals.apply_for_seal(actor=self.applicant, **wanted)  # type: ignore[arg-type]  # what a form gives

    def made(self, application: SealApplication | None = None) -> SealApplication:
        application = application or self.apply()
        seals.review_application(actor=self.reviewer, application=application, opinion="材料齐全")
        seals.approve_application(actor=self.approver, application=application, opinion="同意")
        seals.make_seal(actor=self.maker, application=application)
        return application

    def enabled(self, application: SealApplication | None = None) -> Seal:
        application = self.made(application)
        seals.file_seal(actor=self.reviewer, application=application, filing_number="备2026001")
        seals.enable_seal(actor=self.keeper, application=application)
        return Seal.objects.get(pk=application.seal_id)

    def asked(self, seal: Seal, content: bytes | None = None, **changes: object) -> SealUse:
        file = seals.take_document(actor=self.applicant, upload=upload(content or blank_pdf()))
        wanted = {"title": "关于开展检查的通知", "reason": "印发", **changes}
        use = seals.start_use(actor=self.applicant, seal=seal, file=file, **wanted)  # type: ignore[arg-type]
        return seals.submit_use(actor=self.applicant, use=use, places=[PLACE])

    def approved(self, seal: Seal, content: bytes | None = None, **changes: object) -> SealUse:
        return seals.approve_use(actor=self.keeper, use=self.asked(seal, content, **changes))

    def sealed(self, seal: Seal, content: bytes | None = None, **changes: object) -> SealUse:
        return seals.seal_use(actor=self.applicant, use=self.approved(seal, content, **changes))


def add_person(office: Office, name: str, *roles: str) -> Actor:
    """Put somebody into the office's people, with a post that has ``roles``."""
    username = f"{name}-{office.organisation.pk}"
    account = Account.objects.create(username=username, kind=AccountKind.STAFF, password="!")
    staff = StaffMember.objects.create(account=account, name=name)
    post = Post.objects.create(organisation=office.organisation, title=name)
    PostRole.objects.bulk_create(PostRole(post=post, role=role, reach=Reach.SUBTREE) for role in roles)
    Appointment.objects.create(staff=staff, post=post, start_date=date(2020, 1, 1))
    office.people[name] = get_account_actor(account)
    return office.people[name]


def make_office(name: str = "安澜市水务局", code: str = "990102000000") -> Office:
    """Return an office with a person for each role. Certificates need their authority first."""
    prepare_trust()
    region, _made = Region.objects.get_or_create(
        code=code, defaults={"name": "澄波区", "level": RegionLevel.COUNTY, "path": f"r{code}"}
    )
    organisation = Organisation.objects.create(
        name=name, short_name=name[-4:], kind=OrganisationKind.DEPARTMENT, region=region, credit_code=None
    )
    Organisation.objects.filter(pk=organisation.pk).update(path=str(organisation.pk))
    organisation.refresh_from_db()
    office = Office(organisation)
    for role in ROLES:
        add_person(office, role.removeprefix("seal_"), role)
    return office
