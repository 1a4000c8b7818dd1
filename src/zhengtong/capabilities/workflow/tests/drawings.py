"""Small drawings for tests, from a line a flow: ``review>check ok: outcome.review == "同意"``."""

from xml.sax.saxutils import quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zt="urn:zhengtong:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">'
)


def node(tag: str, node_id: str, name: str = "", inside: str = "", **zt: str) -> str:
    """Return one element; words with an underscore in front are BPMN's own attributes, the others the platform's."""
    given = "".join(
        f" {key[1:]}={quoteattr(value)}" if key.startswith("_") else f" zt:{key}={quoteattr(value)}"
        for key, value in zt.items()
    )
    return f'<{tag} id="{node_id}" name={quoteattr(name)}{given}>{inside}</{tag}>'


def flows(*lines: str) -> str:
    """Return flows: ``a>b``, ``a>b: condition``, ``a>b [name]``, ``a>b [name]: condition``."""
    made = []
    for number, line in enumerate(lines):
        way, _colon, condition = line.partition(": ")
        way, _bracket, name = way.partition(" [")
        source, _arrow, target = way.partition(">")
        said = f"<conditionExpression>{condition.replace('&', '&amp;').replace('<', '&lt;')}</conditionExpression>"
        made.append(
            f'<sequenceFlow id="f_{source}_{target}_{number}" name={quoteattr(name.rstrip("]"))} '
            f'sourceRef="{source}" targetRef="{target}">{said if condition else ""}</sequenceFlow>'
        )
    return "".join(made)


def drawing(*parts: str, process: str = "test", more: str = "") -> str:
    """Return a whole drawing; ``start`` and ``end`` are there already."""
    body = '<startEvent id="start"/>' + "".join(parts) + '<endEvent id="end"/>'
    return f'{HEAD}<process id="{process}" name="测试流程" isExecutable="true">{body}</process>{more}</definitions>'


def task(node_id: str, name: str = "", **zt: str) -> str:
    return node("userTask", node_id, name or node_id, **zt)


def exclusive(node_id: str, default: str = "") -> str:
    return node("exclusiveGateway", node_id, node_id, **({"_default": default} if default else {}))


def parallel(node_id: str) -> str:
    return node("parallelGateway", node_id, node_id)


def inclusive(node_id: str, default: str = "") -> str:
    return node("inclusiveGateway", node_id, node_id, **({"_default": default} if default else {}))


REVIEW = drawing(
    task("review", "初审", outcomes="同意,不同意"),
    exclusive("agreed", default="f_agreed_end_2"),
    task("joint", "部门会签", kind="joint", departments="澄波区市场监督管理局,澄波区消防救援局,澄波区城市管理局"),
    task("sum", "汇总", relation="same:review"),
    flows(
        "start>review",
        "review>agreed",
        "agreed>end",
        'agreed>joint: outcome.review == "同意"',
        "joint>sum",
        "sum>end",
    ),
)
"""First review, then three departments at once, then the first reviewer sums up."""
