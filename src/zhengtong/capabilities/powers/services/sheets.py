"""A sheet of powers: what it changes becomes drafts, which are reviewed like any other."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.powers.domain import Adjustment, Basis, PowerText, read_basis
from zhengtong.capabilities.powers.models import PowerEntry, PowerState, PowerVersion, VersionStatus
from zhengtong.capabilities.powers.services.compiling import EDITABLE, check_text, record_draft, start_version
from zhengtong.capabilities.powers.services.settling import (
    COMPILE,
    keep_basis,
    lock_entry,
    require_keeper,
    say_text,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require


def read_lines(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


def read_bases(words: str) -> list[Basis]:
    """Return the bases that a cell says, one a line. Raises Refused naming the line that can't be read."""
    found = []
    for line in read_lines(words):
        try:
            found.append(read_basis(line))
        except ValueError:
            raise Refused(
                "basis-line",
                _("“%(line)s”看不出是哪部法律的哪一条，请写成：《法律名称》第几条：条文") % {"line": line[:30]},
                "basis_words",
            ) from None
    return found


def read_row(row: Mapping[str, str]) -> Mapping[str, Any]:
    """Refuse a row that can't become a draft: a basis that can't be read, an entry whose change is under review."""
    bases = read_bases(row.get("basis_words", ""))
    open_one = PowerVersion.objects.filter(entry__code=row.get("code", ""), status=VersionStatus.IN_REVIEW).values_list(
        "number", flat=True
    )
    if (number := open_one.first()) is not None:
        raise Refused("in-review", _("第%(n)s版正在送审，请等审核办结后再导入这一行") % {"n": number}, "code")
    return {
        "basis_words": "\n".join(map(str, bases)),
        "procedure_words": "\n".join(read_lines(row.get("procedure_words", ""))),
        "responsibility_words": "\n".join(read_lines(row.get("responsibility_words", ""))),
        "accountability": "\n".join(read_lines(row.get("accountability", ""))),
    }


def draft_from_sheet(*, actor: Actor, rows: Iterable[Mapping[str, Any]], run: Any) -> None:
    """Write checked rows as drafts, in the import's own transaction. Raises Denied and Refused."""
    require(actor, COMPILE)
    reason = f"按导入的表格编制（{run.file.name}）"[:500]
    for row in rows:
        text = PowerText(
            row["name"],
            row["kind"],
            row["organ"],
            row["level"],
            row["inquiry_phone"],
            tuple(read_lines(row["procedure_words"])),
            tuple(read_lines(row["responsibility_words"])),
            row["accountability"],
            tuple(read_bases(row["basis_words"])),
        )
        check_text(text)
        found = PowerEntry.objects.filter(code=row["code"]).values_list("pk", flat=True).first()
        if found is None:
            entry = PowerEntry(code=row["code"], power_list_id=row["power_list"], organisation_id=actor.organisation)
            say_text(entry, text)
            entry.save(force_insert=True)
            _start(actor, entry, Adjustment.NEW, text, reason)
            continue
        entry = lock_entry(found)
        require_keeper(actor, entry)
        draft = entry.versions.select_for_update().filter(status__in=EDITABLE).first()
        if draft is None:
            is_back = entry.state in (PowerState.WITHDRAWN, PowerState.COMPILING)
            _start(actor, entry, Adjustment.NEW if is_back else Adjustment.CHANGE, text, reason)
        else:
            draft.content, draft.reason = text.plain(), draft.reason or reason
            draft.save(update_fields=["content", "reason"])
            keep_basis(draft, text.basis)
            record(actor, "powers.amend_version", draft, after={"code": entry.code, "number": draft.number})


def _start(actor: Actor, entry: PowerEntry, adjustment: Adjustment, text: PowerText, reason: str) -> None:
    version = start_version(
        actor=actor, entry=entry, adjustment=adjustment, text=text, reason=reason, effective_from=None
    )
    record_draft(version, "compile_version", actor=actor)
