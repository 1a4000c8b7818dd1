"""The cases behind instances: their numbers, and whether somebody may see one."""

from collections.abc import Iterable

from zhengtong.capabilities.cases.public import Case
from zhengtong.capabilities.workflow.public import ProcessInstance
from zhengtong.core.search.public import ResultPage
from zhengtong.desks.processes.permissions import VIEW_CASE
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, visible

LABEL = Case._meta.label_lower
Subject = tuple[str, int]


def name_subjects(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """Return the numbers of the cases among ``subjects``."""
    ids = [pk for label, pk in subjects if label.lower() == LABEL]
    labels = {pk: label for label, pk in subjects}
    rows = Case.objects.filter(pk__in=ids).values_list("pk", "number")
    return {(labels[pk], pk): number or "" for pk, number in rows}


def list_seen(actor: Actor, subjects: Iterable[Subject]) -> set[int]:
    """Return the ids of the cases among ``subjects`` that ``actor`` may see."""
    ids = [pk for label, pk in subjects if label.lower() == LABEL]
    return set(visible(actor, VIEW_CASE, Case.objects.filter(pk__in=ids)).values_list("pk", flat=True))


def may_see(actor: Actor, instance: ProcessInstance) -> bool:
    """Return whether ``actor`` may see what ``instance`` runs for."""
    subject = (instance.subject_label, instance.subject_id)
    return instance.subject_id in list_seen(actor, [subject])


def case_page(actor: Actor) -> str:
    """Return the name of the page on which ``actor`` opens a case by its number, "" when she has none."""
    pages = (each for each in registry.of(ResultPage) if each.permission == VIEW_CASE and actor.has(VIEW_CASE))
    return next((each.url_name for each in pages), "")
