"""Rows of the screens of the lists of power for the conformance tests."""

from datetime import date
from typing import Any

from tests.conformance.samples import Sample
from zhengtong.capabilities.powers.models import PowerEntry, PowerList, PowerState, PowerVersion, VersionStatus
from zhengtong.capabilities.powers.public import load_lists, load_powers
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM

TYPED = {
    "name": "户外广告设置审批",
    "kind": "licence",
    "organ": "城市管理局",
    "level": "county",
    "basis_title": "城市市容和环境卫生管理条例",
    "basis_article": "第十一条",
    "basis_text": "大型户外广告的设置必须征得市容环境卫生行政主管部门同意。",
    "procedure": "受理\n审查\n决定",
    "responsibilities": "一次性告知补正材料",
    "reason": "《城市市容和环境卫生管理条例》",
}


def write_row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "code": f"SAMPLE-{number}",
        "name": f"第{number}项许可",
        "list": "approval",
        "kind": "licence",
        "organ": "城市管理局",
        "level": "county",
        "procedure": ["受理", "审查", "决定"],
        "responsibilities": ["一次性告知补正材料。"],
        "effective_from": date(2020, 1, 1),
        "basis": [{"title": "行政许可法", "article": "第十二条", "text": "可以设定行政许可。"}],
        **changes,
    }


def make_entry(organisation: Organisation, number: int, **changes: Any) -> PowerEntry:
    load_lists(actor=SYSTEM)
    load_powers(actor=SYSTEM, rows=[write_row(number, **changes)], source="sample")
    entry = PowerEntry.objects.get(code=changes.get("code", f"SAMPLE-{number}"))
    entry.organisation = organisation
    entry.save(update_fields=["organisation"])
    return entry


def make_version(organisation: Organisation, number: int) -> PowerVersion:
    entry = make_entry(organisation, number, code=f"DRAFT-{number}")
    first = entry.versions.get()
    version = PowerVersion.objects.create(
        entry=entry,
        number=2,
        adjustment="change",
        reason="《行政许可法》",
        content=first.content | {"name": f"第{number}项许可（修改）"},
        organisation=organisation,
    )
    version.basis.create(position=1, title="行政许可法", article="第十二条", text="可以设定行政许可。")
    return version


def make_list(organisation: Organisation, number: int) -> PowerList:
    return PowerList.objects.create(code=f"sample-{number}", name=f"第{number}种清单", position=200 + number)


def send(version: PowerVersion) -> None:
    PowerVersion.objects.filter(pk=version.pk).update(status=VersionStatus.IN_REVIEW)


def _other(entry: PowerEntry) -> PowerEntry:
    assert entry.organisation
    return make_entry(entry.organisation, 900 + entry.pk)


def be_live(entry: PowerEntry) -> None:
    assert entry.state == PowerState.LIVE


SAMPLES = {
    "powers.entries": Sample(
        make=make_entry,
        amend=lambda entry: TYPED,
        acts={
            "move-power": lambda entry: {"organ": "住房和城乡建设局", "level": "county", "reason": "《消防法》"},
            "merge-power": lambda entry: {"into": _other(entry), "reason": "整合清单的通知"},
            "cancel-power": lambda entry: {"reason": "取消一批行政许可事项的决定"},
        },
        before={"cancel-power": be_live},
    ),
    "powers.versions": Sample(
        make=make_version,
        create=lambda organisation: {
            **TYPED,
            "code": "NEW-1",
            "power_list": PowerList.objects.get(code="approval").pk,
        },
        amend=lambda version: TYPED,
        acts={
            "submit-version": lambda version: {},
            "publish-version": lambda version: {"opinion": "符合法律规定"},
            "return-version": lambda version: {"opinion": "请补充条文"},
            "abandon-version": lambda version: {},
        },
        before={"publish-version": send, "return-version": send},
    ),
    "powers.lists": Sample(
        make=make_list,
        create=lambda organisation: {"code": "service", "name": "公共服务清单", "position": "60"},
        amend=lambda power_list: {"name": "改名的清单"},
    ),
}
