"""Every code with which a run can end or wait, and its sentence, read out of the programs that say them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from zhengtong.capabilities import exchange, sources
from zhengtong.capabilities.sources.failures import SENTENCES

# What is raised or called to end an attempt: the code comes first, the sentence second.
_ENDS = frozenset({"SourceError", "Stopped", "ContractOver", "Awaited"})
_FOLDERS = tuple(Path(module.__file__ or "").parent for module in (exchange, sources))
_PLACEHOLDER = re.compile(r"%\((\w+)\)[-.\d]*[sdfg]")


def iterate_endings() -> Iterator[tuple[str, str, str]]:
    """Yield place, code and sentence (its placeholders filled with their names) of each way to end."""
    for folder in _FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            if "tests" in path.parts or path.name == "failures.py":
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    for code, sentence in _read(function):
                        yield f"{folder.name}/{path.relative_to(folder)}:{function.name}", code, sentence


def _read(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    assigned: dict[str, list[str]] = {}
    chosen: dict[str, list[str]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    assigned.setdefault(target.id, []).extend(_sentences(node.value))
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for element, value in zip(target.elts, node.value.elts, strict=True):
                        if isinstance(element, ast.Name):
                            assigned.setdefault(element.id, []).extend(_sentences(value))
                            chosen.setdefault(element.id, []).extend(_texts(value))
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        codes = _texts(node.args[0])
        if isinstance(node.args[0], ast.Name):
            codes = chosen.get(node.args[0].id, [])
        if node.func.id == "failure":
            for code in codes:
                yield code, _fill(str(SENTENCES.get(code, "")))
        elif node.func.id in _ENDS and len(node.args) > 1:
            said = _sentences(node.args[1])
            for name in ast.walk(node.args[1]):
                if isinstance(name, ast.Name):
                    said += assigned.get(name.id, [])
            for code in codes:
                yield code, _fill("".join(said))


def _texts(node: ast.AST) -> list[str]:
    """Return the codes in an expression: texts of small letters and hyphens."""
    texts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return [each for each in texts if re.fullmatch(r"[a-z]+(-[a-z]+)*", each)]


def _sentences(node: ast.AST) -> list[str]:
    calls = (each for each in ast.walk(node) if isinstance(each, ast.Call))
    named = (each for each in calls if isinstance(each.func, ast.Name) and each.func.id == "_" and each.args)
    return [str(each.args[0].value) for each in named if isinstance(each.args[0], ast.Constant)]


def _fill(sentence: str) -> str:
    return _PLACEHOLDER.sub(r"\1", sentence).replace("%%", "%")
