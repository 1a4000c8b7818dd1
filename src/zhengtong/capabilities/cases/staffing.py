"""Who works at a node of a process: the organs that its drawing names, and whether anybody there may do it.

Asked when a process and an item are published, so that a node that nobody can do is named before a case waits there.
"""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.services.assignment import list_able
from zhengtong.capabilities.workflow.public import WAITING, Graph, Node, NodeSpec
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.kernel.modules import Permission, registry

ORGAN_HEAD = "organ_head"


def list_named(words: Iterable[str], region: Region | None = None) -> dict[str, list[Organisation]]:
    """Return the organs in being that each of these words names: by credit code, the platform's own id, name, short
    name or title (民政局); those in ``region`` first, then those in the place around it, then the others.

    A title names only organs in ``region`` and around it; without one, those of every place.
    """
    found: dict[str, list[Organisation]] = {word: [] for word in words}
    asked = [word for word in found if word]
    around = [] if region is None else [each.name for each in (region, region.parent) if each is not None]
    titled = {place + word: word for word in asked for place in around}
    named = Q(credit_code__in=asked) | Q(name__in=[*asked, *titled]) | Q(short_name__in=asked)
    named |= Q(public_id__in=[word for word in asked if _is_uuid(word)])
    if region is None:
        for word in asked:
            named |= Q(name__endswith=word)
    nearest = {} if region is None else {region.pk: 0, region.parent_id: 1}
    organs = Organisation.objects.filter(named, is_active=True).select_related("region")
    for organ in sorted(organs, key=lambda each: (nearest.get(each.region_id, 2), each.pk)):
        title = organ.name.removeprefix(organ.region.name) if region is None else titled.get(organ.name, "")
        for word in {organ.credit_code or "", str(organ.public_id), organ.name, organ.short_name, title} & found.keys():
            found[word].append(organ)
    return found


def find_organs(words: Sequence[str], region: Region) -> dict[str, int]:
    """Return the one organ that each of these words names for a case in ``region``; words that name none are left
    out."""
    return {word: organs[0].pk for word, organs in list_named(words, region).items() if organs}


def _is_uuid(word: str) -> bool:
    try:
        UUID(word)
    except ValueError:
        return False
    return True


def list_unstaffed(graph: Graph, organisation: Organisation) -> Iterator[str]:
    """Yield a sentence for each node of a process that nobody could do for a case which ``organisation`` handles."""
    for node in graph.nodes.values():
        if node.kind in WAITING:
            yield from _check_node(node, organisation)


def _check_node(node: Node, organisation: Organisation) -> Iterator[str]:
    spec, words = node.spec, name_organs(node.spec)
    named = list_named(words, organisation.region) if words else {}
    for word in words:
        if not named[word]:
            yield _("流程的环节“%(node)s”要交给“%(organ)s”办，%(place)s没有这个机构，请修改流程") % {
                "node": node.title, "organ": word, "place": organisation.region.name
            }  # fmt: skip
    organs = [named[word][0] for word in words if named[word]]
    if not words and not spec.departments_from:
        organs = [(organisation.parent or organisation) if spec.organisation == "parent" else organisation]
    for organ in organs:
        if not _is_held(spec, organ.pk):
            yield _("流程的环节“%(node)s”没有人能办：%(organ)s没有人有“%(role)s”权限，请先授权或者修改流程") % {
                "node": node.title, "organ": organ.name, "role": name_permission(spec.permission)
            }  # fmt: skip


def name_organs(spec: NodeSpec) -> tuple[str, ...]:
    """Return the words by which a node names its organs; none where it is the handling organ's or the one above."""
    if spec.is_joint:
        return spec.departments
    return (spec.organisation.removeprefix("code:"),) if spec.organisation.startswith("code:") else ()


def _is_held(spec: NodeSpec, organisation_id: int) -> bool:
    able = list_able(organisation_id, spec.permission)
    return (able.filter(post__roles__role=ORGAN_HEAD) if spec.relation == "head" else able).exists()


def name_permission(code: str) -> str:
    """Return what people call a permission."""
    try:
        return str(registry.get(Permission, code).title)
    except LookupError:
        return code
