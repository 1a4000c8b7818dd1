"""Masks over whole columns: what a contract covers is covered before anything leaves (catalogue.MaskKind)."""

import hmac
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import polars as pl
import pyarrow as pa

from zhengtong.capabilities.catalogue.public import MaskKind
from zhengtong.capabilities.contracts.domain import ContractContent, ContractField
from zhengtong.capabilities.sources.public import Column, ColumnKind, arrow_type
from zhengtong.core.crypto.public import digest

# Family names of two characters; all others are taken to be of one.
_PAIRS: Final = (
    "欧阳太史上官端木司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶"
    "太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘令狐百里呼延东郭南门西门轩辕第五拓跋"
)
DOUBLE_NAMES: Final = [_PAIRS[place : place + 2] for place in range(0, len(_PAIRS), 2)]
# Province, prefecture and county, as far as they are written; what follows isn't given.
ADDRESS: Final = (
    r"^((?:[^省市县区旗]{2,8}?(?:省|自治区|特别行政区))?(?:[^省县区旗]{1,10}?(?:市|自治州|州|盟|地区))?"
    r"(?:[^省县区旗号路街]{1,10}?(?:自治县|自治旗|县|区|旗|市))?)"
)
STARS: Final = "*" * 64
COVERED: Final = "***"
DIGEST_LENGTH: Final = 64
Mask = Callable[[pa.Array], pa.Array]


def check_mask(mask: str, column: Column) -> str:
    """Return why ``mask`` can't be laid over ``column`` as it lands, "" when it can."""
    kind = MaskKind(mask)
    if kind in (MaskKind.NONE, MaskKind.HIDDEN):
        return ""
    if kind is MaskKind.DATE_TO_YEAR:
        return "" if column.kind in (ColumnKind.DATE, ColumnKind.DATETIME, ColumnKind.TEXT) else "mask-unfit"
    if column.kind is not ColumnKind.TEXT:
        return "mask-unfit"
    if kind is MaskKind.DIGEST and column.length is not None and column.length < DIGEST_LENGTH:
        return "mask-too-long"
    return ""


class Masks:
    """The masks of a contract, compiled once. Raises ValueError for one that doesn't fit its column."""

    def __init__(self, fields: Sequence[ContractField], secret: bytes) -> None:
        self._masks: dict[str, Mask] = {}
        for each in fields:
            if why := check_mask(each.mask, each.column):
                raise ValueError(why)
            if each.mask != MaskKind.NONE:
                self._masks[each.column.name] = _choose(MaskKind(each.mask), each.column, secret)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch (columns named as they land) with its masks; columns without one are the same memory."""
        if not self._masks:
            return batch
        arrays = [
            self._masks[name](values) if name in self._masks else values
            for name, values in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def compile_masks(content: ContractContent) -> Masks:
    """Return the masks of a contract. Its digests are comparable within the contract, and nowhere else."""
    return Masks(content.fields, secret_of(content.number))


def secret_of(number: str) -> bytes:
    return bytes.fromhex(digest(f"contracts.mask:{number}"))


def _choose(kind: MaskKind, column: Column, secret: bytes) -> Mask:
    if kind is MaskKind.HIDDEN:
        wanted = arrow_type(column)
        return lambda values: pa.nulls(len(values), wanted)
    if kind is MaskKind.DIGEST:
        return lambda values: pa.array(_digest(values.to_pylist(), secret), pa.large_string())
    if kind is MaskKind.DATE_TO_YEAR:
        return _to_year
    expression = {
        MaskKind.NAME: _keep_family_name(),
        MaskKind.NUMBER: _keep_ends(3, 4),
        MaskKind.PHONE: _keep_ends(3, 4),
        MaskKind.ADDRESS: pl.col("v").str.extract(ADDRESS) + COVERED,
    }[kind]
    # What is empty stays so, and what is absent.
    cut = pl.when(pl.col("v") != "").then(expression).otherwise(pl.col("v"))
    if column.length is not None:
        cut = cut.str.slice(0, column.length)
    return lambda values: _to_text(pl.DataFrame({"v": pl.Series(values)}).select(cut.alias("v"))["v"])


def _keep_family_name() -> pl.Expr:
    name = pl.col("v").str.strip_chars_start()
    # With nothing behind it, it is a family name of one character and a given name.
    is_double = name.str.slice(0, 2).is_in(DOUBLE_NAMES) & (name.str.len_chars() > 2)
    return pl.concat_str(name.str.slice(0, pl.when(is_double).then(2).otherwise(1)), pl.lit("**"))


def _keep_ends(first: int, last: int) -> pl.Expr:
    """Keep so many characters at the beginning and the end, if at least as many lie between; else none."""
    length = pl.col("v").str.len_chars()
    covered = length.cast(pl.Int64) - first - last
    stars = pl.lit(STARS)
    return (
        pl.when(covered >= 3)
        .then(
            pl.concat_str(
                pl.col("v").str.slice(0, first), stars.str.slice(0, covered), pl.col("v").str.slice(-last, last)
            )
        )
        .otherwise(stars.str.slice(0, length))
    )


def _to_year(values: pa.Array) -> pa.Array:
    series = pl.Series(values)
    if series.dtype == pl.String:
        return _to_text(series.str.extract(r"^\s*(\d{4})"))
    return series.dt.truncate("1y").to_arrow().cast(values.type)


def _digest(values: Iterable[str | None], secret: bytes) -> list[str | None]:
    known: dict[str | None, str | None] = {None: None}
    for value in values:
        if value is not None and value not in known:
            known[value] = hmac.digest(secret, value.encode(), "sm3").hex()
    return [known[value] for value in values]


def _to_text(values: pl.Series) -> pa.Array:
    return values.to_arrow(compat_level=pl.CompatLevel.oldest())
