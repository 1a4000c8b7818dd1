"""The interface for outside systems: seals one may use, asking for use, documents in, sealed documents out.

A system proves itself by the token that a keeper registered it with. What it sends acts for its own organisation only.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from ninja import File, Form, Header, Path, Router, Schema
from ninja.files import UploadedFile
from ninja.security import HttpBearer
from pydantic import Field

from zhengtong.capabilities.seals.documents import Place
from zhengtong.capabilities.seals.engines.material import SealingRefused
from zhengtong.capabilities.seals.models import CopyState, OutsideSystem, Render, Seal, SealUse, StateWords, UseState
from zhengtong.capabilities.seals.services.sealing import seal_use
from zhengtong.capabilities.seals.services.standing import take_use
from zhengtong.capabilities.seals.services.systems import count_sent_today, find_system
from zhengtong.capabilities.seals.services.using import start_use, submit_use, take_document
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable
from zhengtong.core.files.public import UploadRefused, file_response
from zhengtong.core.identity.public import Refused, client_address
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.kernel.steps import step

router = Router(tags=["seals"])
REFUSALS = (Refused, SealingRefused, SignerRefused, UploadRefused)
CONFLICTS = frozenset({"not-now", "not-approved", "other-document"})


class BySystem(HttpBearer):
    """The token of a registered system."""

    openapi_description = "接入系统的令牌，由印章保管人登记时给出"

    def authenticate(self, request: HttpRequest, token: str) -> OutsideSystem | None:
        return find_system(token)


class SealAnswer(Schema):
    code: str = Field(description="印章编码")
    name: str
    kind: str = Field(
        description="statutory 法定名称章，special 专用章，representative 法定代表人名章，personal 个人签名"
    )
    width_mm: float
    height_mm: float
    document_kinds: list[str] = Field(description="已为本系统设立常设授权的文件种类")


class SealList(Schema):
    organisation: str
    seals: list[SealAnswer]


class CopyAnswer(Schema):
    copy_number: int = Field(description="第几份")
    render: Literal["pdf", "ofd"]
    state: str = Field(description="waiting 待用印，sealed 已用印，failed 未能用印，cancelled 已取消")
    sha256: str = Field(description="用印后文件的摘要，没有用印为空")


class UseAnswer(Schema):
    number: str = Field(description="用印编号")
    state: str = Field(
        description="waiting 待批准，approved 已批准，sealed 已用印，refused 不同意，"
        "withdrawn 已撤回，failed 未能用印，expired 批准已过期，draft 未送出"
    )
    seal: str
    title: str
    sha256: str = Field(description="收到的文件的摘要")
    binding: str = Field(description="批准的内容摘要（SM3），未批准为空")
    opinion: str
    failure: str
    valid_until: datetime | None
    copies: list[CopyAnswer]


Number = Annotated[str, Path(pattern=r"^YY[0-9]{10}$", description="用印编号")]
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=8, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$", description="幂等键"),
]


@router.get(
    "/sealing/seals", auth=BySystem(), response=SealList, operation_id="list_usable_seals", summary="可用的印章"
)
def list_usable_seals(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """The seals in use of the system's organisation."""
    system = _system(request)
    add_never_cache_headers(response)
    found = Seal.objects.filter(organisation=system.organisation, state=StateWords.ACTIVE).order_by("code")
    today = timezone.localdate()
    return {
        "organisation": system.organisation.name,
        "seals": [
            {
                "code": seal.code,
                "name": seal.name,
                "kind": seal.kind,
                "width_mm": float(seal.width_mm),
                "height_mm": float(seal.height_mm),
                "document_kinds": list(
                    seal.authorisations.filter(system=system, revoked_at=None, valid_until__gte=today)
                    .order_by("document_kind")
                    .values_list("document_kind", flat=True)
                ),
            }
            for seal in found
        ],
    }


@router.post(
    "/sealing/uses", auth=BySystem(), response=UseAnswer, operation_id="ask_for_seal", summary="送文件、申请用印"
)
def ask_for_seal(
    request: HttpRequest,
    response: HttpResponse,
    key: Key,
    file: Annotated[UploadedFile, File(description="PDF，内容已定稿")],
    seal: Annotated[str, Form(pattern=r"^[0-9]{13}$", description="印章编码")],
    title: Annotated[str, Form(min_length=1, max_length=200)],
    reason: Annotated[str, Form(min_length=2, max_length=500, description="用印事由")],
    page: Annotated[int, Form(ge=1, le=100_000, description="盖在第几页，从 1 数起")],
    x_mm: Annotated[float, Form(ge=0, le=5000, description="印章左上角距页面左边")],
    y_mm: Annotated[float, Form(ge=0, le=5000, description="印章左上角距页面上边")],
    copies: Annotated[int, Form(ge=1, le=50)] = 1,
    with_ofd: Annotated[bool, Form(description="同时要 OFD")] = False,
    document_kind: Annotated[
        str, Form(max_length=60, pattern=r"^[a-z0-9-]*$", description="有常设授权的文件种类；空：送保管人批准")
    ] = "",
) -> Any:
    """Ask for use. Of an authorised kind the document is sealed at once, otherwise the keeper is asked.

    The same key with the same document returns what came of it; with another document it is a conflict.
    """
    system = _system(request)
    add_never_cache_headers(response)
    content = file.read()
    file.seek(0)
    found = SealUse.objects.filter(system=system, document_kind=document_kind, idempotency_key=key).first()
    if found is not None:
        return _again(found, content)
    if count_sent_today(system) >= system.daily_quota:
        answer = _problem(429, "quota", _("今天已到 %(n)s 份的上限，请明天再送。") % {"n": system.daily_quota})
        answer.headers["Retry-After"] = str(_seconds_left())
        return answer
    owned = Seal.objects.filter(code=seal, organisation=system.organisation).first()
    if owned is None:
        return _problem(404, "not-found", _("本单位没有这枚印章。"))
    place = [Place(page, x_mm, y_mm)]
    actor = _actor(request, system)
    try:
        if document_kind:
            use = take_use(
                actor=actor,
                organisation=system.organisation,
                kind=document_kind,
                pdf=content,
                title=title,
                places=place,
                reason=reason,
                copies=copies,
                with_ofd=with_ofd,
                system=system,
                idempotency_key=key,
            )
            use = seal_use(actor=actor, use=use)
        else:
            use = _ask(
                actor, system, owned, file, place, title=title, reason=reason, copies=copies, with_ofd=with_ofd, key=key
            )
    except IntegrityError:
        # The same key came twice at once, and the other was first.
        return _again(SealUse.objects.get(system=system, document_kind=document_kind, idempotency_key=key), content)
    except REFUSALS as error:
        return _refuse(error)
    except SignerUnavailable as error:
        return _problem(503, "signer-away", str(error))
    except ValueError:
        return _problem(422, "not_pdf", _("这不是 PDF 文件，请上传 PDF 文件。"))
    return _describe(use)


@step()
def _ask(
    actor: Actor,
    system: OutsideSystem,
    seal: Seal,
    file: UploadedFile,
    places: list[Place],
    *,
    title: str,
    reason: str,
    copies: int,
    with_ofd: bool,
    key: str,
) -> SealUse:
    stored = take_document(actor=actor, upload=file)
    use = start_use(
        actor=actor,
        seal=seal,
        file=stored,
        title=title,
        reason=reason,
        copies=copies,
        with_ofd=with_ofd,
        system=system,
        idempotency_key=key,
    )
    return submit_use(actor=actor, use=use, places=places)


@router.get("/sealing/uses/{number}", auth=BySystem(), response=UseAnswer, operation_id="get_use", summary="用印的进度")
def get_use(request: HttpRequest, response: HttpResponse, number: Number) -> Any:
    """Where an application for use stands."""
    add_never_cache_headers(response)
    return _describe(_find(request, number))


@router.post(
    "/sealing/uses/{number}/seal", auth=BySystem(), response=UseAnswer, operation_id="seal_document", summary="加盖印章"
)
def seal_document(request: HttpRequest, response: HttpResponse, number: Number) -> Any:
    """Seal what was approved. What is sealed already is answered as it is."""
    add_never_cache_headers(response)
    use = _find(request, number)
    if use.state == UseState.SEALED:
        return _describe(use)
    try:
        return _describe(seal_use(actor=_actor(request, _system(request)), use=use))
    except REFUSALS as error:
        return _refuse(error)
    except SignerUnavailable as error:
        return _problem(503, "signer-away", str(error))


@router.get(
    "/sealing/uses/{number}/copies/{copy_number}/{render}",
    auth=BySystem(),
    operation_id="fetch_sealed",
    summary="取回盖好的文件",
    openapi_extra={
        "responses": {
            200: {
                "description": "盖好的文件",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def fetch_sealed(
    request: HttpRequest,
    number: Number,
    copy_number: Annotated[int, Path(ge=1, le=50)],
    render: Annotated[Literal["pdf", "ofd"], Path()],
) -> Any:
    """A sealed copy, as it is: its bytes have the digest that the ledger names."""
    use = _find(request, number)
    copy = use.sealed_copies.filter(copy=copy_number, render=Render(render), state=CopyState.SEALED).first()
    if copy is None or copy.file is None:
        raise Http404
    return file_response(copy.file, actor=_actor(request, _system(request)), as_attachment=True)


def _system(request: HttpRequest) -> OutsideSystem:
    system: OutsideSystem = request.auth  # type: ignore[attr-defined]  # put there by ninja after authenticating
    return system


def _actor(request: HttpRequest, system: OutsideSystem) -> Actor:
    return Actor(
        kind=ActorKind.NODE,
        name=system.name,
        organisation=system.organisation_id,
        clearance=Mark.INTERNAL,
        address=client_address(request),
        request_id=getattr(request, "request_id", ""),
    )


def _find(request: HttpRequest, number: str) -> SealUse:
    use = SealUse.objects.filter(system=_system(request), number=number).select_related("seal").first()
    if use is None:
        raise Http404
    return use


def _again(use: SealUse, content: bytes) -> Any:
    if sha256(content).hexdigest() != use.sha256:
        return _problem(409, "idempotency-key", _("这个幂等键已经用在另一份文件上，请换一个。"))
    return _describe(use)


def _describe(use: SealUse) -> dict[str, Any]:
    return {
        "number": use.number,
        "state": use.state,
        "seal": use.seal.code,
        "title": use.title,
        "sha256": use.sha256,
        "binding": use.binding,
        "opinion": use.opinion,
        "failure": use.failure,
        "valid_until": use.valid_until,
        "copies": [
            {"copy_number": copy.copy, "render": copy.render, "state": copy.state, "sha256": copy.sha256}
            for copy in use.sealed_copies.order_by("copy", "-render")
        ],
    }


def _refuse(error: Exception) -> JsonResponse:
    code = str(getattr(error, "code", "refused"))
    said = str(getattr(error, "message", "") or error)
    return _problem(409 if code in CONFLICTS else 422, code, said)


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    body = {"type": f"/problems/{code}", "title": detail, "status": status, "detail": detail, "code": code}
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def _seconds_left() -> int:
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((midnight - now).total_seconds()) + 1
