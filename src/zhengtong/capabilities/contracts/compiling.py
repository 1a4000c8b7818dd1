"""From an agreed request to what the contract says: columns with masks, a filter, from where, whereto and when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import Field, MaskKind, Mount, MountKind, PersonalClass, Resource
from zhengtong.capabilities.contracts.domain import ContractContent, ContractField
from zhengtong.capabilities.contracts.models import DataRequest, Mode, RuleKey
from zhengtong.capabilities.contracts.selectors import get_rule, list_askable, why_not_shared
from zhengtong.capabilities.contracts.terms import BadTerms, Terms, check_conditions
from zhengtong.capabilities.sources.public import Column, ColumnKind, Condition, Operator, SourceKind, SourceState
from zhengtong.core.audit.public import canonical, sm3
from zhengtong.core.identity.public import Refused

# How much a mask leaves, from all to nothing; masks of one rank cover different things and are as strict.
RANKS = {
    MaskKind.NONE: 0,
    MaskKind.NAME: 1,
    MaskKind.NUMBER: 1,
    MaskKind.PHONE: 1,
    MaskKind.ADDRESS: 1,
    MaskKind.DATE_TO_YEAR: 1,
    MaskKind.DIGEST: 2,
    MaskKind.HIDDEN: 3,
}
_FIT = {
    ColumnKind.TEXT: tuple(MaskKind),
    ColumnKind.DATE: (MaskKind.NONE, MaskKind.DATE_TO_YEAR, MaskKind.HIDDEN),
    ColumnKind.DATETIME: (MaskKind.NONE, MaskKind.DATE_TO_YEAR, MaskKind.HIDDEN),
}
_ANYTHING = (MaskKind.NONE, MaskKind.HIDDEN)
# A filter on what is covered would tell what the mask hides.
_BLIND = (Operator.IS_EMPTY, Operator.IS_FILLED)
_DIGEST_LENGTH = 64
_LANDING_NAME = re.compile(r"\w[\w.\-]{0,119}")
BATCH_MODES = (Mode.SNAPSHOT, Mode.INCREMENT, Mode.CAPTURE, Mode.ONCE)
# From this grade on the harm is to persons or to the public: such a column isn't given bare without a reason.
REASON_FROM_GRADE = 3


@dataclass(frozen=True, slots=True)
class ChosenMask:
    """What the provider decides of a column. ``reason`` is needed where it covers less than the catalogue says."""

    mask: str
    reason: str = ""


Masks = Mapping[str, ChosenMask]


def fitting_masks(field: Field) -> tuple[MaskKind, ...]:
    """Return the masks that can be laid over a column of the field's kind."""
    return _FIT.get(ColumnKind(field.kind), _ANYTHING)


def choose_mask(field: Field, chosen: ChosenMask | None, applicant_reason: str = "") -> MaskKind:
    """Return the mask of a column. Raises Refused.

    The provider may cover more than the catalogue says, never less without a reason; nor may a sensitive personal
    column, or one of grade 3 and above, be given bare unless the applicant or the provider said why (个人信息保护法
    第二十八条).
    """
    default = MaskKind(field.mask)
    if chosen is not None and chosen.mask not in MaskKind.values:
        raise Refused("mask", _("没有这种脱敏方式。"), f"mask_{field.code}")
    mask = MaskKind(chosen.mask) if chosen is not None else default
    reason = chosen.reason.strip() if chosen is not None else ""
    if mask not in fitting_masks(field):
        said = {"field": field.name, "mask": mask.label}
        raise Refused("mask-unfit", _("“%(field)s”的类型不能用“%(mask)s”。") % said, f"mask_{field.code}")
    said_name = {"field": field.name}
    if RANKS[mask] < RANKS[default] and not reason:
        raise Refused(
            "mask-loosened", _("“%(field)s”的脱敏比目录规定的宽，请写明理由。") % said_name, f"mask_{field.code}"
        )
    is_grave = field.personal == PersonalClass.SENSITIVE or field.grade >= REASON_FROM_GRADE
    if mask is MaskKind.NONE and is_grave and not reason and not applicant_reason:
        raise Refused(
            "mask-needed",
            _("“%(field)s”是敏感或者较高级别的数据，不脱敏提供的，请写明理由。") % said_name,
            f"mask_{field.code}",
        )
    return mask


def check_terms(request: DataRequest, terms: Terms) -> Terms:
    """Return the terms as they can be agreed to, columns in the version's order. Raises Refused."""
    askable = {each.field.code: each for each in list_askable(request.version)}
    unknown = [code for code in terms.columns if code not in askable]
    if unknown:
        raise Refused("unknown-column", _("这个版本里没有“%(column)s”。") % {"column": unknown[0][:63]}, "columns")
    if not terms.columns:
        raise Refused("no-columns", _("请选择要用的信息项。"), "columns")
    for code in terms.columns:
        if why := askable[code].why_not:
            said = {"field": askable[code].field.name, "why": why}
            raise Refused("not-shared", _("“%(field)s”不能申请：%(why)s。") % said, "columns")
        if askable[code].needs_reason and len(terms.reasons.get(code, "").strip()) < 2:
            said = {"field": askable[code].field.name}
            raise Refused("no-reason", _("“%(field)s”是个人信息，请写明为什么需要。") % said, f"reason_{code}")
    kinds = {
        code: (ColumnKind(each.field.kind), each.field.has_zone)
        for code, each in askable.items()
        if not each.why_not and (code in terms.columns or not each.needs_reason)
    }
    try:
        conditions = check_conditions(terms.conditions, kinds)
        terms.timing.schedule()
    except BadTerms as bad:
        name = askable[bad.about].field.name if bad.about in askable else bad.about
        raise Refused(bad.code, say_bad_terms(bad.code, name, bad.value), _field_of(bad.code)) from None
    for each in conditions:
        field = askable[each.column].field
        if field.mask != MaskKind.NONE and each.operator not in _BLIND:
            said = {"field": field.name}
            raise Refused(
                "filter-on-covered",
                _("“%(field)s”要脱敏提供，不能按它的值筛选，否则等于说出了被遮盖的内容。") % said,
                "conditions",
            )
    columns = tuple(code for code in askable if code in terms.columns)
    reasons = {code: " ".join(terms.reasons[code].split())[:300] for code in columns if terms.reasons.get(code)}
    return Terms(columns, reasons, conditions, terms.timing, terms.calls_a_day, terms.rows_a_call)


def check_delivery(request: DataRequest, terms: Terms, today: date) -> None:
    """Raise Refused unless data can come in the mode asked for, to the place named, for the time named."""
    mode = Mode(request.mode)
    mount = find_mount(request.resource, mode)
    keys = [field.code for field in request.version.fields.all() if field.is_key]
    if mode in BATCH_MODES:
        if missing := set(keys) - set(terms.columns):
            names = "、".join(field.name for field in request.version.fields.all() if field.code in missing)
            raise Refused("key", _("按批提供要有主键，请把“%(names)s”也选上。") % {"names": names}, "columns")
        if not keys and mode in (Mode.INCREMENT, Mode.CAPTURE):
            raise Refused("no-key", _("这项资源没有主键，不能按增量或者变更捕获提供。"), "mode")
        target = request.target
        if target is None:
            raise Refused("target", _("请选择数据送到哪里。"), "target")
        if target.organisation_id != request.organisation_id or not target.is_writable:
            raise Refused("target", _("数据只能送到本单位登记为可以写入的数据源。"), "target")
        if target.state != SourceState.ACTIVE:
            raise Refused("target", _("接收的数据源已经停用。"), "target")
        if target.pk == mount.source_id and request.target_table == mount.place:
            raise Refused("target-is-source", _("接收的表就是来源的表。"), "target_table")
        if not _LANDING_NAME.fullmatch(request.target_table) or ".." in request.target_table:
            raise Refused(
                "target_table", _("请写接收的表名或者文件名：字母、数字、汉字、下划线、点和短横线。"), "target_table"
            )
    elif not (1 <= terms.calls_a_day <= 10_000_000 and 1 <= terms.rows_a_call <= 10_000):
        raise Refused("quota", _("每日调用次数应在1到1000万之间，每次条数应在1到1万之间。"), "calls_a_day")
    longest = get_rule(RuleKey.LONGEST, today)
    if not 1 <= (request.valid_until - today).days <= longest:
        raise Refused("until", _("使用期限应当在今天以后，最长 %(days)s 日。") % {"days": longest}, "valid_until")


def find_mount(resource: Resource, mode: Mode) -> Mount:
    """Return where data of a mode comes from: tables before files, for an increment one with a watermark.

    An interface is the provider's own one, or where there is none a service of the platform over a table.
    Raises Refused.
    """
    mounts = [
        each
        for each in resource.mounts.select_related("source").order_by("id")
        if each.source.is_readable and each.source.state == SourceState.ACTIVE
    ]
    match mode:
        case Mode.INTERFACE:
            # A service over a table is answered by the platform itself: the table is all that there is to mount.
            own = [each for each in mounts if each.kind == MountKind.INTERFACE]
            fit = own or [each for each in mounts if each.kind == MountKind.TABLE]
        case Mode.CAPTURE:
            fit = [
                each for each in mounts if each.kind == MountKind.TABLE and each.source.kind == SourceKind.POSTGRESQL
            ]
        case Mode.INCREMENT:
            fit = [each for each in mounts if each.kind != MountKind.INTERFACE and each.watermark]
        case _:
            fit = [each for each in mounts if each.kind != MountKind.INTERFACE]
    # A place that doesn't match the catalogue any more is the last that is taken.
    fit.sort(key=lambda each: (each.state in (Mount.State.DRIFTED, Mount.State.AWAY), each.kind == MountKind.FILE))
    if not fit:
        raise Refused(
            "no-mount",
            _("这项资源没有能按“%(mode)s”提供数据的挂接，请换一种方式，或者请提供单位补上。") % {"mode": mode.label},
            "mode",
        )
    return fit[0]


def list_modes(resource: Resource) -> list[Mode]:
    """Return the modes in which a resource can be given."""
    found = []
    for mode in Mode:
        try:
            find_mount(resource, mode)
        except Refused:
            continue
        found.append(mode)
    return found


def compile_contract(request: DataRequest, *, number: str, masks: Masks, today: date) -> ContractContent:
    """Return what the contract says. Raises Refused.

    It is compiled from the version that the request names. A later version that breaks it was to be adopted first
    (``services.granting``), so nothing here reads the current one.
    """
    if why := why_not_shared(request.resource, request.version):
        raise Refused("not-shared", why)
    terms = check_terms(request, Terms.from_json(request.terms))
    check_delivery(request, terms, today)
    mode = Mode(request.mode)
    mount = find_mount(request.resource, mode)
    fields = {field.code: field for field in request.version.fields.all()}
    chosen = {code: choose_mask(fields[code], masks.get(code), terms.reasons.get(code, "")) for code in terms.columns}
    agreed = [(fields[code], mask) for code, mask in chosen.items() if mask is not MaskKind.HIDDEN]
    if not agreed:
        raise Refused("nothing-left", _("所有信息项都不提供，等于不予共享，请改为不予共享并写明理由。"))
    for field, mask in agreed:
        if field.is_key and mask not in (MaskKind.NONE, MaskKind.DIGEST):
            said = {"field": field.name}
            raise Refused(
                "key-masked",
                _("“%(field)s”是主键，部分遮盖后认不出是哪一行，只能不脱敏或者用加密摘要。") % said,
                f"mask_{field.code}",
            )
    if any(fields[code].is_key and mask is MaskKind.HIDDEN for code, mask in chosen.items()) and mode in BATCH_MODES:
        raise Refused("key-masked", _("按批提供的主键不能不提供。"))
    for each in terms.conditions:
        if chosen.get(each.column, MaskKind.NONE) is not MaskKind.NONE and each.operator not in _BLIND:
            said = {"field": fields[each.column].name}
            raise Refused(
                "filter-on-covered",
                _("申请按“%(field)s”的值筛选，它就不能脱敏；请要求补正，去掉这个筛选。") % said,
                f"mask_{each.column}",
            )
    is_batch = mode in BATCH_MODES
    return ContractContent(
        number=number,
        resource=request.resource.code,
        version=request.version.number,
        provider=request.provider.name,
        consumer=request.organisation.name,
        purpose=request.purpose,
        matter=request.matter,
        legal_basis=request.legal_basis,
        mode=mode.value,
        fields=tuple(_agree(field, mask) for field, mask in agreed),
        key=tuple(field.code for field, _mask in agreed if field.is_key),
        conditions=tuple(
            Condition(fields[each.column].column, each.operator, each.values) for each in terms.conditions
        ),
        source=mount.source.code,
        place=mount.place,
        watermark=mount.watermark if mode is Mode.INCREMENT else "",
        target=request.target.code if is_batch and request.target else "",
        target_table=request.target_table if is_batch else "",
        schedule=terms.timing.schedule() if mode in (Mode.SNAPSHOT, Mode.INCREMENT, Mode.CAPTURE) else "",
        working_days_only=terms.timing.working_days_only,
        most_rejected=get_rule(RuleKey.MOST_REJECTED, today) / 100,
        most_deleted=get_rule(RuleKey.MOST_DELETED, today) / 100,
        calls_a_day=terms.calls_a_day if mode is Mode.INTERFACE else 0,
        rows_a_call=terms.rows_a_call if mode is Mode.INTERFACE else 0,
        valid_from=today.isoformat(),
        valid_until=request.valid_until.isoformat(),
    )


def digest_of(content: ContractContent) -> str:
    """Return the SM3 of the canonical JSON: whoever has the text computes the same with ``zhengtong_verify``."""
    return sm3(canonical(content.to_json()))


def _agree(field: Field, mask: MaskKind) -> ContractField:
    length = field.length
    if mask is MaskKind.DIGEST and length is not None:
        length = max(length, _DIGEST_LENGTH)
    column = Column(
        name=field.code,
        kind=ColumnKind(field.kind),
        length=length,
        precision=field.precision,
        scale=field.scale,
        is_nullable=field.is_nullable,
        is_key=field.is_key,
        has_zone=field.has_zone,
        comment=field.name,
    )
    return ContractField(field.column, column, mask.value, dict(field.rule) or None)


def _field_of(code: str) -> str:
    return {"bad-cron": "cron", "too-often": "cron", "bad-time": "at", "bad-day": "day"}.get(code, "conditions")


def say_bad_terms(code: str, name: str, value: str) -> str:
    """Say in words what can't be asked for."""
    said = {"name": name, "value": value}
    match code:
        case "unknown-column":
            return _("不能按“%(name)s”筛选：它不在可以共享的信息项里，或者是没有申请的个人信息。") % said
        case "operator-not-for-kind":
            return _("“%(name)s”的类型不能用“%(value)s”筛选。") % said
        case "no-value":
            return _("请写明“%(name)s”的筛选值。") % said
        case "too-many-values" | "too-many-conditions":
            return _("筛选的条件或者值太多了。")
        case "bad-cron":
            return _("“%(value)s”不是五段的时间表，如“30 2 * * 1-5”。") % said
        case "too-often":
            return _("最多每小时四次；要更及时的，请选“变更捕获”或者“接口调用”。")
        case "bad-time" | "bad-day":
            return _("请写明时间，如 02:30；按月的日子在1到28之间。")
        case _:
            return _("“%(name)s”的筛选值“%(value)s”不合它的类型。") % said
