"""What the administration sets: categories, dated limits, dispatch rules, who receives letters where."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters.errors import LetterRefused
from zhengtong.capabilities.letters.models import DispatchRule, LetterCategory, LetterLimit, Reception
from zhengtong.capabilities.letters.permissions import MANAGE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.kernel.policy import Actor, require


@transaction.atomic
def create_category(*, actor: Actor, code: str, name: str, help: str = "", order: int = 100) -> LetterCategory:
    """Add what letters can be about."""
    require(actor, MANAGE)
    if LetterCategory.objects.filter(name=name.strip()).exists():
        raise LetterRefused(_("已经有这个名称的类别"), "name")
    if LetterCategory.objects.filter(code=code).exists():
        raise LetterRefused(_("已经有这个代码的类别"), "code")
    made = LetterCategory.objects.create(code=code, name=name.strip(), help=help.strip(), order=order)
    record(actor, "letters.create_category", made, after={"code": code, "name": made.name})
    return made


@transaction.atomic
def amend_category(
    *, actor: Actor, category: LetterCategory, name: str, help: str = "", order: int = 100
) -> LetterCategory:
    """Call a category otherwise; letters that have it are called so too."""
    require(actor, MANAGE)
    if LetterCategory.objects.filter(name=name.strip()).exclude(pk=category.pk).exists():
        raise LetterRefused(_("已经有这个名称的类别"), "name")
    before = {"name": category.name, "help": category.help, "order": category.order}
    category.name, category.help, category.order = name.strip(), help.strip(), order
    category.save()
    after = {"name": category.name, "help": category.help, "order": category.order}
    record(actor, "letters.amend_category", category, before=before, after=after)
    return category


@transaction.atomic
def retire_category(*, actor: Actor, category: LetterCategory) -> LetterCategory:
    """Offer a category no longer; it isn't deleted, since letters have it and go on."""
    require(actor, MANAGE)
    category.is_active = False
    category.save(update_fields=["is_active"])
    record(actor, "letters.retire_category", category, after={"is_active": False})
    return category


@transaction.atomic
def restore_category(*, actor: Actor, category: LetterCategory) -> LetterCategory:
    """Offer a retired category again."""
    require(actor, MANAGE)
    category.is_active = True
    category.save(update_fields=["is_active"])
    record(actor, "letters.restore_category", category, after={"is_active": True})
    return category


@transaction.atomic
def set_limit(
    *,
    actor: Actor,
    days: int,
    source: str,
    effective_from: date,
    purpose: str = "answer",
    kind: str = "",
    category: LetterCategory | None = None,
    extension_days: int = 0,
    article: str = "",
    is_unverified: bool = True,
) -> LetterLimit:
    """Set a limit from a day on; the one of the same kind and category before ends the day before. What runs keeps its
    own. Raises LetterRefused for a day that isn't after that of the one in force."""
    require(actor, MANAGE)
    if days < 1:
        raise LetterRefused(_("期限至少1个工作日"), "days")
    same = LetterLimit.objects.select_for_update().filter(purpose=purpose, kind=kind, category=category)
    if same.filter(effective_from__gte=effective_from).exists():
        raise LetterRefused(_("已有同一天或更晚生效的期限，请填写更晚的生效日期"), "effective_from")
    same.filter(effective_to=None).update(effective_to=effective_from - timedelta(days=1))
    made = LetterLimit.objects.create(
        purpose=purpose,
        kind=kind,
        category=category,
        days=days,
        extension_days=extension_days,
        source=source.strip(),
        article=article.strip(),
        effective_from=effective_from,
        is_unverified=is_unverified,
    )
    after = {"days": days, "extension_days": extension_days, "effective_from": effective_from, "source": made.source}
    record(actor, "letters.set_limit", made, after=after)
    return made


@transaction.atomic
def verify_limit(*, actor: Actor, limit: LetterLimit) -> LetterLimit:
    """Note that the figure was compared with the rule's own text."""
    require(actor, MANAGE)
    if LetterLimit.objects.filter(pk=limit.pk, is_unverified=True).update(is_unverified=False):
        limit.refresh_from_db()
        record(actor, "letters.verify_limit", limit)
    return limit


@transaction.atomic
def add_rule(
    *,
    actor: Actor,
    organisation: Organisation,
    category: LetterCategory | None = None,
    region: Region | None = None,
    note: str = "",
) -> DispatchRule:
    """Say to whom letters of a category in a place are suggested."""
    require(actor, MANAGE)
    if category is None and region is None:
        raise LetterRefused(_("类别和区划至少填写一项，否则所有来信都会推荐这个单位"), "category")
    try:
        with transaction.atomic():
            made = DispatchRule.objects.create(
                category=category, region=region, organisation=organisation, note=note.strip()
            )
    except IntegrityError as error:
        raise LetterRefused(_("已经有这条规则"), "organisation") from error
    record(actor, "letters.add_rule", made, after=_describe(made))
    return made


@transaction.atomic
def amend_rule(
    *, actor: Actor, rule: DispatchRule, organisation: Organisation, note: str = "", is_active: bool = True
) -> DispatchRule:
    """Suggest another office, or nobody any more."""
    require(actor, MANAGE)
    before = _describe(rule)
    same = DispatchRule.objects.filter(category=rule.category_id, region=rule.region_id, organisation=organisation)
    if same.exclude(pk=rule.pk).exists():
        raise LetterRefused(_("已经有这条规则"), "organisation")
    rule.organisation, rule.note, rule.is_active = organisation, note.strip(), is_active
    rule.save()
    record(actor, "letters.amend_rule", rule, before=before, after=_describe(rule))
    return rule


def _describe(rule: DispatchRule) -> dict[str, object]:
    return {
        "category": rule.category_id,
        "region": rule.region_id,
        "organisation": rule.organisation_id,
        "is_active": rule.is_active,
    }


@transaction.atomic
def set_reception(*, actor: Actor, region: Region, organisation: Organisation) -> Reception:
    """Say who receives the letters of a region; letters that came before stay where they are."""
    require(actor, MANAGE)
    made, _is_new = Reception.objects.update_or_create(region=region, defaults={"organisation": organisation})
    record(actor, "letters.set_reception", made, after={"region": region.code, "organisation": organisation.pk})
    return made


@transaction.atomic
def change_reception(*, actor: Actor, reception: Reception, organisation: Organisation) -> Reception:
    """Let another organisation receive the letters of the region from now on."""
    return set_reception(actor=actor, region=reception.region, organisation=organisation)
