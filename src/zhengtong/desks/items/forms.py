"""What a clerk types into each section of an item; a draft may stay incomplete, so little is required here."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import (
    Audience,
    CaseKind,
    CleanCharField,
    ItemDraft,
    ItemLevel,
    ItemVersion,
    LifeEvent,
    get_rulebook,
    list_form,
)
from zhengtong.capabilities.powers.public import PowerState, list_shown
from zhengtong.capabilities.workflow.public import ProcessVersion, VersionStatus
from zhengtong.core.identity.public import Organisation, OrganisationKind
from zhengtong.kernel.expressions import ExpressionError
from zhengtong.kernel.expressions import parse as parse_expression

if TYPE_CHECKING:
    OrganBase = forms.ModelChoiceField[Organisation]
else:
    OrganBase = forms.ModelChoiceField

KINDS = ("pdf", "jpg", "png", "ofd", "docx", "xlsx", "dwg", "zip")
LONG = 4000


def text(label: Any, length: int = 100, *, required: bool = False, hint: Any = "") -> CleanCharField:
    return CleanCharField(label=label, max_length=length, required=required, help_text=hint)


def long_text(label: Any, length: int = LONG, *, rows: int = 3, hint: Any = "") -> CleanCharField:
    area = forms.Textarea(attrs={"rows": rows})
    return CleanCharField(label=label, max_length=length, required=False, widget=area, help_text=hint)


class LinesField(CleanCharField):
    """One value a line; empty lines don't count."""

    def __init__(self, *, longest: int = 100, most: int = 100, **options: Any) -> None:
        self.longest, self.most = longest, most
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=20_000, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = list(dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip()))
        if len(lines) > self.most:
            raise forms.ValidationError(gettext("最多 %(n)d 行") % {"n": self.most})
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(gettext("每行最多 %(n)d 个字") % {"n": self.longest})
        return lines


class PartForm(forms.Form):
    """One section, or one row of it. ``draft`` says what it belongs to."""

    def __init__(self, *args: Any, draft: ItemDraft, **options: Any) -> None:
        self.draft = draft
        super().__init__(*args, **options)
        self.offer()

    def offer(self) -> None:
        """Fill in what the choices are."""

    def choices(self, name: str, found: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = found


class BasicForm(PartForm):
    name = text(_("事项名称"), required=True)
    code = forms.SlugField(
        label=_("代码"), max_length=60, help_text=_("网址里用的英文代码，如 food-business-licence。发布后不能改。")
    )
    level = forms.ChoiceField(label=_("行使层级"), choices=[("", _("请选择")), *ItemLevel.choices], required=False)
    base_code = forms.RegexField(
        r"^[0-9A-Za-z-]{0,40}$", label=_("基本编码"), required=False, help_text=_("GB/T 39554.1，各级相同。")
    )
    implementation_code = forms.RegexField(
        r"^[0-9A-Za-z-]{0,60}$", label=_("实施编码"), required=False, help_text=_("GB/T 39554.1，本级本单位的。")
    )
    power = forms.ChoiceField(
        label=_("权责清单条目"), required=False, help_text=_("从生效的权责清单里选。没有生效的条目，事项不能发布。")
    )
    type = forms.ChoiceField(
        label=_("办件类型"), choices=[("immediate", _("即办件")), ("promised", _("承诺件"))], widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    audience = forms.ChoiceField(label=_("办理对象"), choices=Audience.choices, widget=forms.RadioSelect)
    summary = long_text(_("一句话说明"), 200, rows=2, hint=_("什么人什么情况要办，收不收费。出现在搜索结果里。"))
    aliases = LinesField(
        label=_("俗称"), longest=40, most=60, help_text=_("群众会怎么叫它，一行一个，如“开饭店”。搜索和拼音都用它。")
    )
    life_events = forms.MultipleChoiceField(
        label=_("人生事件"), choices=LifeEvent.choices, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("大厅里按人生事件浏览时在哪些类别下出现。"),
    )  # fmt: skip
    name_en = text(_("英文名称"), 150)
    publish_grants = forms.BooleanField(label=_("准予的决定向社会公示"), required=False)
    is_standard = forms.BooleanField(
        label=_("只作为下级的标准"), required=False, help_text=_("大厅里不出现，由下级采用后各自受理。")
    )

    def offer(self) -> None:
        self.choices("power", list_powers(self.draft.organisation, self.initial.get("power", "")))


class BundleBasicForm(PartForm):
    name = text(_("一件事的名称"), required=True)
    code = forms.SlugField(label=_("代码"), max_length=60, help_text=_("网址里用的英文代码。发布后不能改。"))
    audience = forms.ChoiceField(label=_("办理对象"), choices=Audience.choices, widget=forms.RadioSelect)
    summary = long_text(_("一句话说明"), 200, rows=2)
    aliases = LinesField(label=_("俗称"), longest=40, most=60, help_text=_("一行一个。"))
    life_events = forms.MultipleChoiceField(
        label=_("人生事件"), choices=LifeEvent.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    name_en = text(_("英文名称"), 150)


def list_powers(organisation: Organisation, own: str = "") -> list[tuple[str, Any]]:
    """Return the live entries of the lists of power, those of the organ that compiles first."""
    title = organisation.name.removeprefix(organisation.region.name)
    live = [each for each in list_shown() if each.state == PowerState.LIVE]
    live.sort(key=lambda each: each.organ != title)
    found = [(each.code, f"{each.code} {each.name}（{each.organ}）") for each in live]
    known = {code for code, _title in found}
    return [("", _("请选择")), *found, *([(own, own)] if own and own not in known else [])]


def list_licence_kinds(own: str = "") -> list[tuple[str, Any]]:
    """Return the kinds of licence that published items give."""
    found = ItemVersion.objects.exclude(licence_kind="").order_by().values_list("licence_kind", flat=True).distinct()
    names = {**dict(_named_licences()), **{own: own}} if own else dict(_named_licences())
    return [("", _("不发证照")), *((kind, names.get(kind, kind)) for kind in sorted({*found, *filter(None, [own])}))]


def _named_licences() -> list[tuple[str, str]]:
    rows = ItemVersion.objects.exclude(licence_kind="").order_by("number")
    return [(kind, name or kind) for kind, name in rows.values_list("licence_kind", "definition__licence_name")]


class BasisRow(PartForm):
    title = text(_("法规名称"), 120, required=True)
    article = text(_("条款"), 60)
    text = long_text(_("原文"), LONG)


class ConditionRow(PartForm):
    value = long_text(_("条件"), 500, rows=2)


class LimitsForm(PartForm):
    statutory = forms.ChoiceField(
        label=_("法定期限"), required=False, help_text=_("从现行的期限规则里选，规则由“期限和法定规则”维护。")
    )
    promised_days = forms.IntegerField(
        label=_("承诺期限（日）"), min_value=1, max_value=365, required=False, help_text=_("不能超过法定期限。")
    )
    delivery = forms.ChoiceField(label=_("送达期限"), required=False)
    site_visit = forms.ChoiceField(label=_("现场核查期限"), required=False)

    def offer(self) -> None:
        limits = sorted(get_rulebook().limits, key=lambda row: row.title)
        today = [row for row in limits if row.is_effective(timezone.localdate())]
        units = {"working_days": gettext("个工作日")}
        shown = [
            (row.code, f"{row.title}：{row.budget}{units.get(row.unit, gettext('日'))}（{row.law} {row.article}）")
            for row in today
        ]
        for name in ("statutory", "delivery", "site_visit"):
            self.choices(name, [("", _("不设") if name != "statutory" else _("请选择")), *shown])

    def clean(self) -> dict[str, Any] | None:
        """A promise that the law forbids is told here already, not only at publication."""
        given = super().clean() or {}
        code, promised = given.get("statutory"), given.get("promised_days")
        if code and promised:
            limit = get_rulebook().limit(code, timezone.localdate())
            if promised > limit.budget:
                message = gettext("承诺 %(promised)d 日，超过“%(title)s”规定的 %(limit)d 日")
                said = {"promised": promised, "title": limit.title, "limit": limit.budget}
                self.add_error("promised_days", message % said)
        return given


class LicenceForm(PartForm):
    """The licence that a grant leads to: none, one of the item's own that is described here, or one that another item
    gives as well."""

    licence_kind = forms.ChoiceField(label=_("办结后发什么证照"), required=False)
    licence_name = text(_("证照名称"), 60, hint=_("印在证照上，如“宠物诊疗许可证”。"))
    number_pattern = text(
        _("编号规则"), 60,
        hint=_("{division} 区划代码，{year} 年，{month} 月，{sequence:5} 五位流水号，如 宠{year}{sequence:5}。"),
    )  # fmt: skip
    holder = text(_("怎样称呼持证人"), 20, hint=_("如：持证人、经营者。"))
    fields_printed = forms.MultipleChoiceField(
        label=_("证照上印哪些内容"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("从表单的字段里选；先画好表单再来选。"),
    )  # fmt: skip
    licence_term = forms.ChoiceField(label=_("有效期"), required=False)
    note = long_text(_("附注"), 300, rows=2, hint=_("印在证照下方，如不得转让。"))

    def offer(self) -> None:
        own = self.draft.code
        kinds = [("", _("不发证照")), (own, _("本事项自己的证照"))]
        others = list_licence_kinds(self.initial.get("licence_kind", ""))[1:]
        self.choices("licence_kind", [*kinds, *((code, name) for code, name in others if code != own)])
        known = [
            (each["key"], each.get("label", each["key"]))
            for section in list_form({"form": [], **self.draft.definition})
            for each in section.get("fields", ())
            if each.get("type") not in ("repeat", "upload", "map_point")
        ]
        self.choices("fields_printed", known)
        today = timezone.localdate()
        terms = [row for row in get_rulebook().terms if row.is_effective(today)]
        shown = [(row.code, f"{row.title}：{row.years}年（{row.law} {row.article}）") for row in terms]
        self.choices("licence_term", [("", _("长期有效")), *shown])


class FeeForm(PartForm):
    amount = forms.DecimalField(label=_("金额（元）"), min_value=0, max_value=10**7, decimal_places=2, required=False,
                                help_text=_("不收费填 0。"))  # fmt: skip
    basis = text(_("收费依据"), 300, hint=_("收费的写明文件和标准；不收费的写“不收费”。"))


class ExemptionsField(LinesField):
    """减免, one a line: its name, when it applies, what is due then (nothing: free), its basis, parted by bars."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            " | ".join(str(each.get(key, "")) for key in ("name", "condition", "formula", "basis"))
            for each in value
            if isinstance(each, dict)
        )

    def clean(self, value: Any) -> Any:
        found = []
        for line in super().clean(value):
            parts = [part.strip() for part in line.replace("｜", "|").split("|")]
            if len(parts) != 4 or not (parts[0] and parts[1] and parts[3]):
                raise forms.ValidationError(gettext("每行写四项，用“|”隔开：名称 | 什么情况 | 收多少 | 依据"))
            for expression in filter(None, parts[1:3]):
                check_expression(expression)
            row = dict(zip(("name", "condition", "formula", "basis"), parts, strict=True))
            found.append({key: each for key, each in row.items() if each})
        return found


def check_expression(value: str) -> None:
    """Raise ValidationError for what is no expression."""
    try:
        parse_expression(value)
    except ExpressionError as error:
        raise forms.ValidationError(str(error)) from error


def expression(label: Any, hint: Any, *, required: bool = False) -> CleanCharField:
    return CleanCharField(label=label, max_length=500, required=required, help_text=hint, validators=[check_expression])


class FeeRow(PartForm):
    code = forms.ChoiceField(label=_("收费清单项目"), help_text=_("从现行的行政事业性收费清单里选，清单之外不得收费。"))
    name = text(_("缴款单上的名称"), 100, required=True)
    when = forms.ChoiceField(
        label=_("什么时候缴"),
        choices=[("acceptance", _("受理前")), ("delivery", _("领证前"))],
        widget=forms.RadioSelect,
    )
    formula = expression(_("金额公式（元）"), _("用表单字段的代码写，如 80 + 10 * (copies - 1)。"), required=True)
    standard = text(_("收费标准"), 300, required=True, hint=_("用群众看得懂的话，缴款单和凭证上照写。"))
    condition = expression(_("什么情况才收"), _("都收的不填。如 kind == '换领'。"))
    exemptions = ExemptionsField(
        label=_("减免"),
        longest=400,
        help_text=_("每行一种：名称 | 什么情况 | 收多少（免收不填）| 依据。排在前面的先用。"),
    )

    def offer(self) -> None:
        """Offer the entries of the fee list that are in force, and the one that was chosen."""
        live = list_shown().filter(power_list__code="fee", state=PowerState.LIVE)
        found = [(each.code, f"{each.name}（{each.code}）") for each in live]
        chosen = self.initial.get("code")
        if chosen and chosen not in dict(found):
            found.append((chosen, gettext("%(code)s（不在现行清单里）") % {"code": chosen}))
        self.choices("code", found)


class ChannelsForm(PartForm):
    online = forms.BooleanField(label=_("网上办理"), required=False)
    window = forms.BooleanField(label=_("窗口办理"), required=False)
    post = forms.BooleanField(label=_("可以邮寄"), required=False)
    depth = forms.ChoiceField(
        label=_("网办深度"), required=False,
        choices=[("", _("请选择")), ("consult", _("网上咨询")), ("apply", _("网上申请")), ("review", _("网上审查")),
                 ("full", _("全程网办"))],
    )  # fmt: skip
    visits = forms.IntegerField(label=_("跑动次数"), min_value=0, max_value=5, required=False)


class OrganField(OrganBase):
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class OfficeRow(PartForm):
    organisation = OrganField(Organisation.objects.none(), label=_("办理机关"), required=False)
    window = OrganField(Organisation.objects.none(), label=_("受理窗口所在"), required=False)
    address = text(_("办理地点"), 200)
    hours = text(_("办理时间"), 120)
    phone = text(_("咨询电话"), 40)
    supervision_phone = text(_("监督电话"), 40)

    def offer(self) -> None:
        """Offer the organs of the same title at or below the office that compiles, and the service centres there."""
        own = self.draft.organisation
        chosen = Q(pk__in=[value for value in (self.initial.get(name) for name in ("organisation", "window")) if value])
        below = Organisation.objects.filter(is_active=True).select_related("region").order_by("region__code", "name")
        same = Q(name__endswith=own.name.removeprefix(own.region.name), region__path__startswith=own.region.path)
        centre = Q(kind=OrganisationKind.SERVICE_CENTRE, region__path__startswith=own.region.path)
        is_bundle = self.draft.kind == CaseKind.BUNDLE
        for name, offered in (("organisation", same | centre if is_bundle else same), ("window", same | centre)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = below.filter(offered | chosen)


class MaterialRow(PartForm):
    name = text(_("材料名称"), 120, required=True)
    document = forms.SlugField(
        label=_("材料代码"),
        max_length=60,
        required=False,
        help_text=_("同一份材料在各事项里用同一个代码，一件事里只交一次。"),
    )
    required = forms.BooleanField(label=_("必须提交"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("文件格式"), required=False, choices=[(kind, kind.upper()) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    original = text(_("原件或复印件"), 60)
    source = text(_("来源"), 120, hint=_("如：申请人自备、政府部门核发。"))
    issuer = text(_("出具单位"), 120)
    e_licence = forms.ChoiceField(
        label=_("可替代的电子证照"), required=False, help_text=_("平台能核对到的，不用申请人上传。")
    )
    max_files = forms.IntegerField(label=_("最多几个文件"), min_value=1, max_value=50, required=False)
    help = long_text(_("要求和说明"), 500, rows=2)

    def offer(self) -> None:
        found = list_licence_kinds(self.initial.get("e_licence", ""))
        self.choices("e_licence", [("", _("没有")), *found[1:]])


class QuestionRow(PartForm):
    label = text(_("问题"), 100, required=True)
    type = forms.ChoiceField(
        label=_("怎样回答"),
        choices=[("choice", _("选一个")), ("multichoice", _("可选几个")), ("number", _("填数字"))],
    )
    options = LinesField(label=_("选项"), longest=60, most=30, help_text=_("一行一个。"))
    help = text(_("说明"), 200)
    element = forms.SlugField(
        label=_("数据元代码"), max_length=60, required=False, help_text=_("与表单字段相同的，回答后不用再填。")
    )


class GuideForm(PartForm):
    can_i = long_text(_("我能办吗"), rows=4)
    what_do_i_need = long_text(_("要准备什么"), rows=4)
    how_long = long_text(_("要多久"), rows=3)
    how_much = long_text(_("要花多少钱"), rows=2)
    where = long_text(_("到哪里办"), rows=3)
    law = long_text(_("依据的法律"), rows=2)


class FaqRow(PartForm):
    question = text(_("问题"), 120, required=True)
    answer = long_text(_("回答"), 1000)


class ProcessForm(PartForm):
    process = forms.ChoiceField(
        label=_("办理流程"), required=False, help_text=_("从已发布的流程里选；不选的按“受理、审查、决定”办理。")
    )

    def offer(self) -> None:
        live = ProcessVersion.objects.filter(status=VersionStatus.PUBLISHED).order_by("process__name")
        found = list(live.values_list("process__code", "process__name").distinct())
        own = self.initial.get("process", "")
        kept = [(own, own)] if own and own not in dict(found) else []
        self.choices("process", [("", _("受理、审查、决定")), *found, *kept])


class StepRow(PartForm):
    name = text(_("步骤"), 40, required=True)
    text = long_text(_("说明"), 500, rows=2)
