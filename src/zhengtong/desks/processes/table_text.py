"""A decision table as its editor posts it, and as the engine reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.public import DecisionTable, DecisionTableVersion, HitPolicy

MOST_ROWS: Final = 500
MOST_COLUMNS: Final = 20
LONGEST: Final = 500


@dataclass
class TableText:
    """The texts of a table. Whatever is typed is kept; what is wrong with it is said beside it."""

    policy: str = HitPolicy.UNIQUE
    aggregation: str = ""
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, list[str]]] = field(default_factory=list)

    def arguments(self) -> dict[str, Any]:
        return {
            "hit_policy": self.policy,
            "aggregation": self.aggregation,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "rows": self.rows,
        }

    def described(self, table: DecisionTable) -> dict[str, Any]:
        """Return it as the engine's check reads it."""
        arguments = self.arguments()
        return {"code": table.code, "name": table.name, "policy": arguments.pop("hit_policy"), **arguments}

    def act(self, act: str) -> None:
        """Add or take away a row or a column: ``add_row``, ``remove_row:3``, ``up_row:3``, ``add_input`` and so on."""
        name, _colon, number = act.partition(":")
        at = int(number) if number.isdecimal() else -1
        match name:
            case "add_row" if len(self.rows) < MOST_ROWS:
                self.rows.append({"when": ["-"] * len(self.inputs), "then": [""] * len(self.outputs)})
            case "remove_row" if 0 <= at < len(self.rows):
                del self.rows[at]
            case "up_row" if 0 < at < len(self.rows):
                self.rows[at - 1], self.rows[at] = self.rows[at], self.rows[at - 1]
            case "add_input" if len(self.inputs) < MOST_COLUMNS:
                self.inputs.append({"name": "", "expression": "", "type": "choice", "options": []})
                for row in self.rows:
                    row["when"].append("-")
            case "remove_input" if 0 <= at < len(self.inputs):
                del self.inputs[at]
                for row in self.rows:
                    del row["when"][at]
            case "add_output" if len(self.outputs) < MOST_COLUMNS:
                self.outputs.append({"name": "", "key": f"result_{len(self.outputs) + 1}", "type": "text"})
                for row in self.rows:
                    row["then"].append("")
            case "remove_output" if 0 <= at < len(self.outputs):
                del self.outputs[at]
                for row in self.rows:
                    del row["then"][at]


def start_text() -> TableText:
    """Return the text that a new table begins with: one question, one answer, one row."""
    return TableText(
        inputs=[{"name": _("条件"), "expression": "form.area", "type": "number", "options": []}],
        outputs=[{"name": _("结果"), "key": "result", "type": "text"}],
        rows=[{"when": ["-"], "then": [""]}],
    )


def text_of(version: DecisionTableVersion) -> TableText:
    rows = [{"when": [str(x) for x in each["when"]], "then": [str(x) for x in each["then"]]} for each in version.rows]
    return TableText(
        version.hit_policy,
        version.aggregation,
        [dict(each) for each in version.inputs],
        [dict(each) for each in version.outputs],
        rows,
    )


def read_posted(posted: Mapping[str, str]) -> TableText:
    """Return what the editor sent; counts that were tampered with read as fewer rows, never as more."""

    def text(name: str) -> str:
        return str(posted.get(name, "")).strip()[:LONGEST]

    def count(name: str, most: int) -> int:
        given = text(name)
        return min(int(given), most) if given.isdecimal() else 0

    inputs, outputs = count("inputs", MOST_COLUMNS), count("outputs", MOST_COLUMNS)
    found = TableText(text("policy") or HitPolicy.UNIQUE, text("aggregation"))
    for at in range(inputs):
        column: dict[str, Any] = {key: text(f"in-{at}-{key}") for key in ("name", "expression", "type")}
        options = text(f"in-{at}-options").replace("，", ",").replace("、", ",")
        column["options"] = [each.strip() for each in options.split(",") if each.strip()]
        column |= {end: value for end in ("low", "high") if (value := text(f"in-{at}-{end}"))}
        found.inputs.append(column)
    for at in range(outputs):
        found.outputs.append({key: text(f"out-{at}-{key}") for key in ("name", "key", "type")})
    for at in range(count("rows", MOST_ROWS)):
        found.rows.append(
            {
                "when": [text(f"row-{at}-when-{column}") or "-" for column in range(inputs)],
                "then": [text(f"row-{at}-then-{column}") for column in range(outputs)],
            }
        )
    return found
