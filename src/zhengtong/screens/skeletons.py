"""A new module's files, written out of ``skeleton/``: a register with services, screens, tests and catalogue."""

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from django.db.models import Model
from django.utils.translation import gettext as _

SKELETON = Path(__file__).parent / "skeleton"
# Storeys that a module can be added to; the lower ones stand in an order of their own.
STOREYS = ("sectors", "desks", "capabilities")
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MODEL = re.compile(r"[A-Z][A-Za-z0-9]*")
# What every register has already, and what services and lists call something else.
TAKEN = frozenset({"number", "name", "organisation", "registered_at", "id", "pk", "objects", "actor", "q", "sort"})
TAKEN |= frozenset({"columns", "after", "before", "view", "sheet", "purpose", "form_token", "form_seen"})
LONGEST = 40


class Unusable(ValueError):
    """A module can't be called like this; the sentence says why."""


@dataclass(frozen=True)
class Kind:
    """How a kind of field is written: in the model, as a service's parameter, and in the sample's form."""

    model: str
    annotation: str
    default: str
    typed: str
    imports: str = ""


KINDS = {
    "text": Kind("CharField({title}, max_length=200, blank=True)", "str", '""', '"示例"'),
    "longtext": Kind("TextField({title}, max_length=2000, blank=True)", "str", '""', '"示例文字"'),
    "integer": Kind("IntegerField({title}, null=True, blank=True)", "int | None", "None", '"3"'),
    "decimal": Kind(
        "DecimalField({title}, max_digits=14, decimal_places=2, null=True, blank=True)",
        "Decimal | None",
        "None",
        '"3.50"',
        "from decimal import Decimal",
    ),
    "date": Kind(
        "DateField({title}, null=True, blank=True)", "date | None", "None", '"2026-01-05"', "from datetime import date"
    ),
    "flag": Kind("BooleanField({title}, default=False)", "bool", "False", '"on"'),
}


@dataclass(frozen=True)
class Field:
    """A field of the model: ``depth:decimal:井深``."""

    name: str
    kind: Kind
    title: str

    @property
    def column(self) -> str:
        return self.kind.model.format(title=f'_("{self.title}")')

    @classmethod
    def read(cls, text: str) -> "Field":
        """Raises Unusable."""
        name, kind, *title = [*text.split(":", 2), ""] if ":" in text else [text, ""]
        if not CODE.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST:
            raise Unusable(_("字段名“%(name)s”不能用：用小写英文字母、数字和下划线，字母开头") % {"name": name})
        if name in TAKEN or hasattr(Model, name):
            raise Unusable(_("字段名“%(name)s”已经有别的用处，请换一个") % {"name": name})
        if kind not in KINDS:
            raise Unusable(
                _("字段“%(name)s”的类型“%(kind)s”不认识，可以用：%(known)s")
                % {"name": name, "kind": kind, "known": "、".join(KINDS)}
            )
        return cls(name, KINDS[kind], read_title(title[0] if title else name))


def read_title(text: str) -> str:
    """Return a title as it can stand between quotes. Raises Unusable."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST or not text.isprintable() or any(sign in text for sign in '"\\{}%$'):
        raise Unusable(
            _("名称“%(text)s”不能用：不能为空，不超过40个字，不含引号、反斜杠、花括号、%% 和 $") % {"text": text}
        )
    return text


@dataclass(frozen=True)
class Plan:
    """A module to be: what it is called, where it stands, what its one model has."""

    storey: str
    code: str
    title: str
    model: str
    model_title: str
    fields: tuple[Field, ...]

    @classmethod
    def read(cls, *, storey: str, code: str, title: str, model: str, fields: list[str]) -> "Plan":
        """Return the plan that was asked for. Raises Unusable with a sentence."""
        if not CODE.fullmatch(code) or keyword.iskeyword(code) or len(code) > 20:
            raise Unusable(
                _("模块代码“%(code)s”不能用：用小写英文字母、数字和下划线，字母开头，不超过20个字符") % {"code": code}
            )
        name, _colon, words = (model or "".join(part.capitalize() for part in code.split("_"))).partition(":")
        if not MODEL.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST:
            raise Unusable(_("模型名“%(name)s”不能用：用英文字母和数字，大写字母开头，如 Well") % {"name": name})
        read = tuple(Field.read(each) for each in fields)
        if len({field.name for field in read}) < len(read):
            raise Unusable(_("有字段名重复"))
        plan = cls(storey, code, read_title(title), name, read_title(words or title), read)
        if plan.row in {"actor", "number", "name", "organisation", "record", "require", *(each.name for each in read)}:
            raise Unusable(_("模型名“%(name)s”和字段或参数重名，请换一个") % {"name": name})
        if keyword.iskeyword(plan.row):
            raise Unusable(_("模型名“%(name)s”不能用，它是 Python 的保留字") % {"name": name})
        return plan

    @property
    def package(self) -> str:
        return f"zhengtong.{self.storey}.{self.code}"

    @property
    def config(self) -> str:
        return "".join(part.capitalize() for part in self.code.split("_")) + "Config"

    @property
    def row(self) -> str:
        """``WaterWell`` → ``water_well``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.model).lower()

    @property
    def rows(self) -> str:
        """``water_wells``."""
        if self.row.endswith("y") and self.row[-2:-1] not in set("aeiou"):
            return f"{self.row[:-1]}ies"
        return f"{self.row}es" if self.row.endswith(("s", "x", "ch", "sh")) else f"{self.row}s"

    @property
    def line(self) -> str:
        """The one line in the settings."""
        return f'"{self.package}.apps.{self.config}",'

    # What the skeleton's gaps are filled with ------------------------------------------------------------

    def gaps(self) -> dict[str, str]:
        fields = self.fields
        return {
            "package": self.package,
            "code": self.code,
            "config": self.config,
            "title": self.title,
            "model": self.model,
            "model_title": self.model_title,
            "row": self.row,
            "rows": self.rows,
            "list": self.rows.replace("_", "-"),
            "many": self.rows.replace("_", " "),
            "names": "".join(f'"{field.name}", ' for field in fields),
            "filters": "".join(f'"{name}", ' for name in ("organisation", *self._filtered())),
            "amended": ", ".join(['"name": name.strip()', *(f'"{each.name}": {each.name}' for each in fields)]),
            "model_fields": "\n".join(f"    {each.name} = models.{each.column}" for each in fields),
            "service_imports": "\n".join(sorted({each.kind.imports for each in fields if each.kind.imports})),
            "service_parameters": "\n".join(
                f"    {each.name}: {each.kind.annotation} = {each.kind.default}," for each in fields
            ),
            "service_arguments": "\n".join(f"        {each.name}={each.name}," for each in fields),
            "screen_columns": "\n".join(f'        "{each.name}",' for each in fields if "Text" not in each.kind.model),
            "typed": "\n".join(f'            "{each.name}": {each.kind.typed},' for each in fields),
        }

    def _filtered(self) -> Iterator[str]:
        return (each.name for each in self.fields if each.kind.model.startswith(("Date", "Boolean")))

    def english(self) -> dict[str, str]:
        """The texts of the skeleton in English, as far as identifiers tell; the rest is the platform's catalogue's."""
        one, many = self.row.replace("_", " "), self.rows.replace("_", " ")
        title = self.model_title
        return {
            self.title: self.code.replace("_", " ").capitalize(),
            title: many.capitalize(),
            f"查看{title}": f"View {many}",
            f"登记和修改{title}": f"Register and change {many}",
            f"{title}查看员": f"{one.capitalize()} viewer",
            f"{title}管理员": f"{one.capitalize()} keeper",
            f"登记{title}": f"Register a {one}",
            f"还没有登记{title}。可以逐条登记，或者用表格导入。": (
                f"No {one} has been registered yet. Register them one by one, or import a spreadsheet."
            ),
            "编号 %(number)s 已经登记过": "Number %(number)s is already registered",
            "编号": "Number",
            "名称": "Name",
            "管理机构": "Kept by",
            "登记时间": "Registered at",
            "变更记录": "Change history",
            "修改": "Change",
            "已登记": "Registered",
            "已保存": "Saved",
            **{each.title: each.name.replace("_", " ").capitalize() for each in self.fields},
        }


def write_module(plan: Plan, folder: Path) -> list[Path]:
    """Write the module's files into ``folder``, which isn't there yet, and return them. Its migration comes later."""
    folder.mkdir(parents=True)
    gaps = plan.gaps()
    written = []
    for template in sorted(SKELETON.rglob("*.tmpl")):
        name = str(template.relative_to(SKELETON)).removesuffix(".tmpl")
        path = folder / name.replace("_rows.py", f"_{plan.rows}.py")
        path.parent.mkdir(exist_ok=True)
        text = Template(template.read_text("utf-8")).substitute(gaps)
        path.write_text(_tidied(text), "utf-8")
        written.append(path)
    return [*written, *_write_catalogue(plan, folder)]


def _tidied(text: str) -> str:
    """Close the gaps that were left empty: a module without further fields has no blank lines for them."""
    text = re.sub(r"(?<=[(,\n])\n\n(?=        |    \w|\))", "\n", text)
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r'("""\n)\n{2,}(?=from|import)', r"\1\n", text))


def _write_catalogue(plan: Plan, folder: Path) -> list[Path]:
    catalogue = Catalog("en", project=plan.code, version="1", fuzzy=False, header_comment=f"# {plan.code} in English.")
    for message, text in plan.english().items():
        catalogue.add(message, text, flags={"python-format"} if "%(" in message else set())
    home = folder / "locale" / "en" / "LC_MESSAGES"
    home.mkdir(parents=True)
    with (home / "django.po").open("wb") as po, (home / "django.mo").open("wb") as mo:
        write_po(po, catalogue, width=0)
        write_mo(mo, catalogue)
    return [home / "django.po"]
