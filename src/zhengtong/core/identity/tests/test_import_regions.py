"""The real tree of regions is imported, and again when the codes of a new year are out."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.models import Region
from zhengtong.core.identity.regions import FILES, UnusableDivisions, read_divisions
from zhengtong.core.identity.services import ImportedRegions, import_regions
from zhengtong.core.identity.tests.towns import make_region
from zhengtong.kernel.policy import ANONYMOUS, SYSTEM, Denied

# A slice of the real codes: a capital's district, and a city that has no counties (东莞).
SLICE = {
    "provinces": ["code,name", '11,"北京市"', '44,"广东省"'],
    "cities": ["code,name,provinceCode", '1101,"市辖区",11', '4419,"东莞市",44'],
    "areas": ["code,name,cityCode,provinceCode", '110101,"东城区",1101,11', '441900,"东莞市",4419,44'],
    "streets": [
        "code,name,areaCode,provinceCode,cityCode",
        '110101001,"东华门街道",110101,11,1101',
        '441900003,"东城街道",441900,44,4419',
    ],
    "villages": [
        "code,name,streetCode,provinceCode,cityCode,areaCode",
        '110101001001,"多福巷社区居委会",110101001,11,1101,110101',
        '110101001002,"银闸社区居委会",110101001,11,1101,110101',
        '441900003001,"岗贝社区居民委员会",441900003,44,4419,441900',
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in SLICE.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / f"{name}.csv"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def bring(folder: Path) -> ImportedRegions:
    return import_regions(actor=SYSTEM, divisions=read_divisions(folder))


def test_every_level_lies_in_the_one_above(db: None, folder: Path) -> None:
    own = make_region("990100")
    stages: list[tuple[str, int]] = []
    done = import_regions(
        actor=SYSTEM, divisions=read_divisions(folder), tell=lambda stage, rows: stages.append((stage, rows))
    )
    assert (done.total, done.added, done.changed, done.vanished) == (10, 10, 0, [])
    assert stages == [("read", 10), ("merge", 10)]
    village = Region.objects.get(code="110101001001")
    assert village.path == "110000.110100.110101.110101001.110101001001"
    assert (village.level, village.parent and village.parent.name) == ("village", "东华门街道")
    assert Region.objects.filter(path__contained_by="110000").count() == 6
    # 东莞 is there once, as a city, and its towns lie in it.
    assert Region.objects.get(code="441900").level == "city"
    assert Region.objects.get(code="441900003").path == "440000.441900.441900003"
    own.refresh_from_db()
    assert own.name == "地区990100"
    # The next region that somebody adds gets a number of its own.
    assert make_region("990200").pk > village.pk


def test_again_with_a_new_years_codes(db: None, folder: Path) -> None:
    make_region("990100")
    bring(folder)
    ids = dict(Region.objects.values_list("code", "pk"))
    assert bring(folder) == ImportedRegions(total=10, added=0, changed=0, vanished=[])
    change(folder, "villages", "银闸社区居委会", "银闸社区")
    change(folder, "villages", '110101001001,"多福巷社区居委会",110101001,11,1101,110101\n', "")
    change(folder, "streets", "441900003,", "441900004,")
    change(folder, "villages", "441900003001", "441900004001")
    done = bring(folder)
    assert (done.added, done.changed) == (2, 1)
    assert [code for code, _name in done.vanished] == ["110101001001", "441900003", "441900003001"]
    after = dict(Region.objects.values_list("code", "pk"))
    assert ids.items() <= after.items()
    assert Region.objects.get(code="110101001002").name == "银闸社区"
    records = AuditRecord.objects.filter(action="identity.regions_imported").order_by("-pk")
    assert records.count() == 3
    assert records[0].after == {"total": 9, "added": 2, "changed": 1, "vanished": 3}


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("villages", "110101001002", "11010100100X", "villages.csv 第 3 行"),
        ("villages", "110101001002", "1101010010021", "12 位"),
        ("streets", "110101001,", "110199001,", "没有代码为 110199 的上级"),
        ("areas", '"东城区"', '""', "名称"),
        ("cities", "1101", "11", "cities.csv 第 2 行"),
    ],
)
def test_a_broken_file_changes_nothing_and_says_where(
    db: None, folder: Path, name: str, old: str, new: str, told: str
) -> None:
    change(folder, name, old, new)
    with pytest.raises(UnusableDivisions, match=told):
        bring(folder)
    assert not Region.objects.exists()


def test_a_missing_file_is_named(db: None, folder: Path) -> None:
    (folder / "villages.csv").unlink()
    with pytest.raises(CommandError, match=r"villages\.csv"):
        call_command("regions", "import", f"--folder={folder}")
    with pytest.raises(CommandError, match="make regions"):
        call_command("regions", "import", f"--folder={folder / 'nowhere'}")
    assert len(FILES) == 5


def test_the_command_tells_what_it_did(db: None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("regions", "import", f"--folder={folder}", stdout=StringIO())
    told = capsys.readouterr().err
    assert "新增 10" in told
    change(folder, "villages", '110101001002,"银闸社区居委会",110101001,11,1101,110101\n', "")
    call_command("regions", "import", f"--folder={folder}")
    assert "110101001002 银闸社区居委会" in capsys.readouterr().err


def test_not_everybody_may(db: None, folder: Path) -> None:
    with pytest.raises(Denied):
        import_regions(actor=ANONYMOUS, divisions=read_divisions(folder))
