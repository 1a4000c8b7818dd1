"""What a mask leaves to be read, value by value; what is absent or empty stays so under every mask."""

import pyarrow as pa
import pytest

from zhengtong.capabilities.catalogue.public import MaskKind
from zhengtong.capabilities.contracts.domain import ContractField
from zhengtong.capabilities.contracts.masks import Masks
from zhengtong.capabilities.sources.public import Column, ColumnKind


def cover(mask: MaskKind, *values: str | None) -> list[str | None]:
    masks = Masks([ContractField("v", Column("v", ColumnKind.TEXT, length=100), mask=mask)], b"secret")
    batch = pa.record_batch({"v": pa.array(values, pa.large_string())})
    return [row["v"] for row in masks.apply(batch).to_pylist()]


@pytest.mark.parametrize(
    ("mask", "value", "covered"),
    [
        (MaskKind.NAME, "王晓岚", "王**"),
        (MaskKind.NAME, "欧阳镕喆", "欧阳**"),
        (MaskKind.NAME, " \u3000欧阳镕", "欧阳**"),
        (MaskKind.NAME, "欧阳", "欧**"),
        (MaskKind.NAME, "  ", "**"),
        (MaskKind.PHONE, "13912345678", "139****5678"),
        (MaskKind.NUMBER, "11010519491231002X", "110***********002X"),
        (MaskKind.NUMBER, "123456789", "*********"),
        (MaskKind.ADDRESS, "安澜市澄波区滨江路66号", "安澜市澄波区***"),
        (MaskKind.DATE_TO_YEAR, "1949-12-31", "1949"),
    ],
)
def test_only_the_agreed_part_is_left(mask: MaskKind, value: str, covered: str) -> None:
    assert cover(mask, value) == [covered]


@pytest.mark.parametrize("mask", [MaskKind.NAME, MaskKind.PHONE, MaskKind.NUMBER, MaskKind.ADDRESS, MaskKind.DIGEST])
def test_what_is_absent_stays_absent_and_what_is_empty_empty(mask: MaskKind) -> None:
    assert cover(mask, None)[0] is None
    if mask is not MaskKind.DIGEST:
        assert cover(mask, "") == [""]
