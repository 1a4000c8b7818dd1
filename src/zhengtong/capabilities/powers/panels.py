"""The parts of the desk's pages that are this module's own: what a version says, and what it changes."""

from typing import Any

from django.utils import timezone

from zhengtong.capabilities.powers.domain import Change, compare
from zhengtong.capabilities.powers.models import PowerEntry, PowerVersion, VersionStatus
from zhengtong.capabilities.powers.presentation import describe_changes, describe_text
from zhengtong.capabilities.powers.selectors import get_version_on, list_versions
from zhengtong.capabilities.powers.services.settling import version_url
from zhengtong.kernel.policy import Actor

STATUS_TONES = {
    VersionStatus.PUBLISHED: "success",
    VersionStatus.IN_REVIEW: "info",
    VersionStatus.RETURNED: "warning",
    VersionStatus.COMPILING: "warning",
    VersionStatus.CANCELLED: "neutral",
}


def show_versions(_actor: Actor, entry: PowerEntry) -> dict[str, Any]:
    """The versions, the newest first, each with what it changed."""
    versions = list(list_versions(entry))
    before: dict[int, PowerVersion | None] = {}
    last = None
    for version in reversed(versions):
        before[version.pk] = last
        last = version if version.status == VersionStatus.PUBLISHED else last
    return {
        "versions": [
            {
                "version": version,
                "tone": STATUS_TONES[VersionStatus(version.status)],
                "url": version_url(version),
                "changes": describe_changes(_changes(before[version.pk], version)) if before[version.pk] else [],
            }
            for version in versions
        ]
    }


def show_current(_actor: Actor, entry: PowerEntry) -> dict[str, Any]:
    """What the entry says: the version that holds, or the newest where none does yet."""
    version = get_version_on(entry.code, timezone.localdate()) or list_versions(entry).first()
    return {"text": describe_text(version.text) if version else None}


def _changes(before: PowerVersion | None, version: PowerVersion) -> list[Change]:
    return compare(before.text if before else None, version.text)


def _before(version: PowerVersion) -> PowerVersion | None:
    """Return what held, or will hold, before this version takes its place."""
    found = version.entry.versions.filter(status=VersionStatus.PUBLISHED, number__lt=version.number)
    return found.prefetch_related("basis").order_by("-number").first()


def show_difference(_actor: Actor, version: PowerVersion) -> dict[str, Any]:
    before = _before(version)
    return {
        "before": before,
        "version": version,
        "changes": describe_changes(_changes(before, version)) if before else [],
    }


def show_text(_actor: Actor, version: PowerVersion) -> dict[str, Any]:
    return {"text": describe_text(version.text), "version": version}
