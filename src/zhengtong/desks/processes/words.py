"""What the designer's scripts say, translated here so that there is one catalogue."""

from django.utils.translation import gettext as _


def list_words() -> dict[str, str]:
    """Return the words of the designer and of the drawings by what the scripts call them."""
    return {**_kinds(), **_properties(), **_onwards(), **_states(), **_drawing()}


def _kinds() -> dict[str, str]:
    return {
        "kind.start": _("开始"),
        "kind.review": _("办理环节"),
        "kind.joint": _("部门会签"),
        "kind.branch": _("条件分支"),
        "kind.inclusive": _("多选分支"),
        "kind.parallel": _("并行"),
        "kind.table": _("决策表"),
        "kind.subprocess": _("子流程"),
        "kind.end": _("结束"),
        "kind.note": _("说明"),
        "kind.other": _("其他元素"),
        "tool.hand": _("移动画布"),
        "tool.lasso": _("框选"),
        "tool.connect": _("连线"),
        "appendNamed": _("在后面加{kind}"),
        "connect": _("连到另一个环节"),
        "delete": _("删除"),
    }


def _properties() -> dict[str, str]:
    return {
        "wholeProcess": _("整个流程"),
        "chooseSomething": _("在图上或者表格里选一个环节，在这里填写谁来办、几天办完、办什么。"),
        "name": _("名称"),
        "id": _("代号"),
        "idHint": _("条件里用它称呼这个环节，例如 outcome.step_1。"),
        "badId": _("代号用字母开头，只能有字母、数字和下划线。"),
        "takenId": _("这个代号已经用了，请换一个。"),
        "text": _("文字"),
        "role": _("由谁办（岗位权限）"),
        "organisation": _("办理机关"),
        "relation": _("与前面环节办理人的关系"),
        "relationHint": _("例如复核要求与审查不是同一个人。"),
        "same": _("与“{name}”是同一个人"),
        "not": _("与“{name}”不是同一个人"),
        "days": _("办理天数（工作日）"),
        "daysHint": _("不填的，只受办件总时限约束。"),
        "outcomes": _("办理结果"),
        "outcomesHint": _("用逗号分开；不填的，办完就往下走。"),
        "outcomesSample": _("同意,不同意"),
        "documents": _("本环节出具的文书"),
        "departments": _("会签部门"),
        "departmentsFrom": _("或者由表达式算出会签部门"),
        "departmentsFromHint": _("例如由决策表给出：table.departments.codes"),
        "nobody": _("还没有选部门"),
        "table": _("决策表"),
        "tableHint": _("先在“决策表”里编好并发布，再在这里选用。"),
        "chooseTable": _("请选择决策表"),
        "process": _("流程"),
        "chooseProcess": _("请选择流程"),
        "unknownValue": _("{value}（系统里没有）"),
        "fields": _("本环节填写的内容"),
        "addField": _("加一项"),
        "fieldNumber": _("第{n}项"),
        "fieldLabel": _("名称"),
        "fieldKey": _("代号"),
        "fieldType": _("类型"),
        "fieldOptions": _("选项，用逗号分开"),
        "required": _("必填"),
        "removeRow": _("删除"),
        "removeRowNumber": _("删除第{n}项"),
        "default": _("都不符合时走"),
        "defaultHint": _("没有默认走向的，条件都不成立时办件会走不下去。"),
        "noDefault": _("没有默认走向"),
        "branchNeedsTwo": _("从这里再连出至少两条线，才能写条件。"),
        "conditionOf": _("“{name}”的条件"),
        "expressionHolds": _("写得对。"),
        "names": _("可以用的名称（点一下填入）"),
        "outcomeOf": _("“{name}”的办理结果"),
        "flow": _("连线"),
        "flowName": _("线上的文字"),
        "isDefault": _("这是默认走向，不用写条件。"),
        "to": _("到{name}"),
    }


def _onwards() -> dict[str, str]:
    return {
        "next": _("下一步"),
        "cut": _("断开"),
        "cutTo": _("断开到“{name}”的线"),
        "append": _("在后面加"),
        "appendKind": _("在后面加哪一种"),
        "connectTo": _("连到哪个环节"),
        "connectHere": _("连到这里"),
        "deleteThis": _("删除所选"),
        "someDays": _("{n}个工作日"),
        "ends": _("流程结束"),
        "leadsNowhere": _("没有下一步"),
    }


def _states() -> dict[str, str]:
    return {
        "saving": _("正在保存…"),
        "saved": _("已于 {time} 保存"),
        "notSaved": _("没有保存，请稍后再试。"),
        "offline": _("没有连上服务器，连上后会自动保存，请不要关闭页面。"),
        "signedOut": _("登录已失效，没有保存。请下载 BPMN 文件留底，重新登录后再导入。"),
        "noFindings": _("没有发现问题。"),
        "findingsCount": _("{n}处错误"),
        "level.error": _("错误"),
        "level.warning": _("提醒"),
    }


def _drawing() -> dict[str, str]:
    return {
        "drawingOf": _("{name}的流程图"),
        "unreadable": _("这个文件打不开：{reason}"),
        "uploaded": _("已导入“{name}”。"),
        "tooLarge": _("文件太大，或者是空的。"),
        "noPools": _("图里有泳池，请只保留一个流程。"),
        "bpmn:no diagram to display": _("文件里没有图形。"),
        "bpmn:Powered by bpmn.io": "bpmn.io",
    }
