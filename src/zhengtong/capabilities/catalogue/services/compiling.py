"""The compiler's side: an entry or a change of one as a draft, kept as it grows, sent to review, or given up."""

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.domain import VersionText, compare, list_gaps, verdict_of
from zhengtong.capabilities.catalogue.models import (
    Field,
    Mount,
    Resource,
    ResourceState,
    ResourceVersion,
    VersionStatus,
)
from zhengtong.capabilities.catalogue.permissions import COMPILE
from zhengtong.capabilities.catalogue.selectors import EDITABLE, OPEN, find_base, list_fields, read_text
from zhengtong.capabilities.catalogue.services.settling import (
    check_text,
    close_work,
    find_classification,
    lock_resource,
    lock_version,
    next_code,
    refuse_open,
    require_row,
    wait_for,
    write_text,
)
from zhengtong.capabilities.catalogue.wording import say_gaps
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require
from zhengtong.kernel.steps import step

EMPTY = VersionText(
    name="",
    abstract="",
    classification="",
    data_format="",
    share_type="conditional",
    share_condition="",
    share_way="",
    withheld_basis="",
    open_type="closed",
    open_condition="",
    update_cycle="daily",
)


def require_office(actor: Actor, provider: Organisation) -> None:
    """Raise Denied unless ``actor`` compiles for this office."""
    require(actor, COMPILE)
    if actor.kind is not ActorKind.SYSTEM and provider.pk not in actor.reach(COMPILE):
        raise Denied(COMPILE)


def make_entry(actor: Actor, provider: Organisation, text: VersionText, *, dataset: str = "") -> ResourceVersion:
    """Make an entry with its first draft. Part of the caller's act and of its journal record. Raises Refused."""
    check_text(text)
    classification = find_classification(text.classification)
    if Resource.objects.filter(provider=provider, name=text.name.strip()).exclude(state=ResourceState.RETIRED).exists():
        raise Refused(
            "taken", _("%(office)s已经编制了“%(name)s”。") % {"office": provider.name, "name": text.name}, "name"
        )
    resource = Resource.objects.create(
        code=next_code(classification),
        name=text.name.strip(),
        provider=provider,
        classification=classification,
        share_type=text.share_type,
        open_type=text.open_type,
        update_cycle=text.update_cycle,
        dataset=dataset,
    )
    version = ResourceVersion(
        resource=resource,
        number=1,
        classification=classification,
        share_type=text.share_type,
        update_cycle=text.update_cycle,
        compiled_by_id=actor.appointment,
    )
    write_text(version, text, classification)
    return version


@step()
def start_entry(*, actor: Actor, provider: Organisation, text: VersionText) -> ResourceVersion:
    """Begin an entry as a draft. Raises Refused and Denied."""
    require_office(actor, provider)
    version = make_entry(actor, provider, text)
    record(actor, "catalogue.start_entry", version, after=_describe(version, text))
    return version


def _describe(version: ResourceVersion, text: VersionText) -> dict[str, object]:
    return {
        "code": version.resource.code,
        "number": version.number,
        "name": text.name,
        "share_type": text.share_type,
        "open_type": text.open_type,
        "update_cycle": text.update_cycle,
        "fields": len(text.fields),
    }


def make_change(actor: Actor, resource: Resource) -> ResourceVersion:
    """Open the next version of a locked entry, with the text of the published one. Part of the caller's act."""
    refuse_open(resource)
    if resource.state == ResourceState.RETIRED:
        raise Refused("retired", _("“%(name)s”已经停用，恢复使用后才能变更。") % {"name": resource.name})
    base = ResourceVersion.objects.select_related("classification").filter(pk=resource.current_id or 0).first()
    if base is None:
        raise Refused("unpublished", _("“%(name)s”还没有发布过，请直接修改它的草稿。") % {"name": resource.name})
    last = ResourceVersion.objects.filter(resource=resource).order_by("-number").values_list("number", flat=True)[0]
    version = ResourceVersion(resource=resource, number=last + 1, compiled_by_id=actor.appointment)
    write_text(version, read_text(base), base.classification)
    resource.state = ResourceState.CHANGING
    resource.save(update_fields=["state"])
    return version


@step()
def start_change(*, actor: Actor, resource: Resource) -> ResourceVersion:
    """Begin a change of a published entry; what is published holds until the change is. Raises Refused and Denied."""
    locked = lock_resource(resource.pk)
    require_row(actor, COMPILE, locked)
    version = make_change(actor, locked)
    record(actor, "catalogue.start_change", version, after={"code": locked.code, "number": version.number})
    return version


@step()
def amend_version(
    *, actor: Actor, version: ResourceVersion, text: VersionText, revision: int, note: str = ""
) -> ResourceVersion:
    """Keep a draft as typed, complete or not. ``revision`` is the one that the page was made from.

    Raises Refused (``stale`` where somebody else saved since) and Denied.
    """
    draft = lock_version(version.pk)
    require_row(actor, COMPILE, draft)
    refuse_closed(draft)
    if draft.revision != revision:
        raise Refused("stale", _("您打开以后，这份草稿被别人保存过。请复制您的修改，刷新页面后再改。"))
    rewrite(draft, text, note=note)
    record(actor, "catalogue.amend_version", draft, after=_describe(draft, text))
    return draft


def rewrite(draft: ResourceVersion, text: VersionText, *, note: str = "") -> None:
    """Let a locked draft say ``text``. Part of the caller's act and of its journal record. Raises Refused."""
    check_text(text)
    classification = find_classification(text.classification)
    same = Resource.objects.filter(provider=draft.resource.provider_id, name=text.name.strip())
    if same.exclude(pk=draft.resource_id).exclude(state=ResourceState.RETIRED).exists():
        raise Refused("taken", _("本单位已经有名为“%(name)s”的资源。") % {"name": text.name}, "name")
    draft.note = note.strip()[:500] or draft.note
    write_text(draft, text, classification)


def refuse_closed(draft: ResourceVersion) -> None:
    if draft.status not in EDITABLE:
        raise Refused(
            "not-editable", _("这一版现在是“%(status)s”，不能修改。") % {"status": draft.get_status_display()}
        )


@step()
def confirm_proposals(*, actor: Actor, version: ResourceVersion) -> ResourceVersion:
    """Confirm everything that was guessed from the source's names, after looking it through. Raises Refused, Denied."""
    draft = lock_version(version.pk)
    require_row(actor, COMPILE, draft)
    refuse_closed(draft)
    confirmed = Field.objects.filter(version=draft, is_proposed=True).update(is_proposed=False)
    if confirmed:
        draft.revision += 1
        draft.save(update_fields=["revision"])
        record(actor, "catalogue.confirm_proposals", draft, after={"code": draft.resource.code, "fields": confirmed})
    return draft


def find_gaps(version: ResourceVersion) -> list[str]:
    """Return in sentences what the draft lacks to be submitted."""
    items = list_fields(version)
    marks = list(Mount.objects.filter(resource=version.resource_id).values_list("watermark", flat=True))
    said = say_gaps(list_gaps(read_text(version, items), watermarks=marks))
    base = find_base(version)
    if base is not None and not compare(read_text(base), read_text(version, items)):
        said.append(_("和已发布的第%(number)s版没有不同，不用变更。") % {"number": base.number})
    elif base is not None and not version.note:
        said.append(_("没有填写变更说明。请写明为什么变更。"))
    return said


@step()
def submit_version(*, actor: Actor, version: ResourceVersion) -> ResourceVersion:
    """Send a draft to the department's reviewer. Twice is once. Raises Refused for what it lacks, and Denied."""
    draft = lock_version(version.pk)
    require_row(actor, COMPILE, draft)
    if draft.status == VersionStatus.DEPARTMENT_REVIEW:
        return draft
    refuse_closed(draft)
    if gaps := find_gaps(draft):
        raise Refused("incomplete", _("还不能送审：%(what)s") % {"what": "".join(gaps[:5])})
    before = draft.status
    judge(draft)
    draft.submitted_at, draft.opinion = timezone.now(), ""
    draft.compiled_by_id = actor.appointment or draft.compiled_by_id
    draft.reviewed_by = draft.reviewed_at = None
    wait_for(draft, VersionStatus.DEPARTMENT_REVIEW, actor=actor)
    record(
        actor,
        "catalogue.submit_version",
        draft,
        before={"status": before},
        after={
            "status": draft.status,
            "code": draft.resource.code,
            "number": draft.number,
            "verdict": draft.verdict,
            "due_at": draft.due_at,
        },
    )
    return draft


def judge(draft: ResourceVersion) -> None:
    """Put into a draft (not saved) what it changes against the version before and what that means."""
    base = find_base(draft)
    changes = compare(read_text(base), read_text(draft)) if base is not None else []
    draft.changes = [
        {
            "field": each.field,
            "change": each.change,
            "before": each.before,
            "after": each.after,
            "verdict": str(each.verdict),
        }
        for each in changes
    ]
    draft.verdict = str(verdict_of(changes)) if base is not None else ""


@step()
def withdraw_version(*, actor: Actor, version: ResourceVersion) -> ResourceVersion:
    """Take a draft back before the department's reviewer has dealt with it. Raises Refused and Denied."""
    draft = lock_version(version.pk)
    require_row(actor, COMPILE, draft)
    if draft.status != VersionStatus.DEPARTMENT_REVIEW:
        raise Refused("not-waiting", _("这一版现在是“%(status)s”，不能撤回。") % {"status": draft.get_status_display()})
    draft.status, draft.due_at = VersionStatus.DRAFT, None
    draft.save(update_fields=["status", "due_at"])
    close_work(draft, actor=actor, is_done=False)
    record(actor, "catalogue.withdraw_version", draft, before={"status": "department"}, after={"status": draft.status})
    return draft


@step()
def discard_version(*, actor: Actor, version: ResourceVersion) -> ResourceVersion:
    """Give a draft up, also one under review. What is published stays. Raises Refused and Denied."""
    draft = lock_version(version.pk)
    require_row(actor, COMPILE, draft)
    if draft.status == VersionStatus.DISCARDED:
        return draft
    if draft.status not in OPEN:
        raise Refused("published", _("这一版已经发布，不能放弃；不再提供的，请办理停用。"))
    before = draft.status
    draft.status, draft.due_at = VersionStatus.DISCARDED, None
    draft.save(update_fields=["status", "due_at"])
    resource = draft.resource
    resource.state = ResourceState.PUBLISHED if resource.current_id else ResourceState.RETIRED
    resource.save(update_fields=["state"])
    close_work(draft, actor=actor, is_done=False)
    record(actor, "catalogue.discard_version", draft, before={"status": before}, after={"status": draft.status})
    return draft
