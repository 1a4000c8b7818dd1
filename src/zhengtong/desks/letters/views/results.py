"""What became of a survey: each question as a chart and a table."""

from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.letters.public import QuestionResult, Survey, count_results

SHOWN_TEXTS = 50


def show_results(survey: Survey) -> dict[str, Any]:
    """Return the context of ``letters_desk/results.html``, for a survey that has ended."""
    total, results = count_results(survey)
    return {"taken": total, "results": [_describe(result) for result in results]}


def _describe(result: QuestionResult) -> dict[str, Any]:
    most = max(result.counts, key=lambda pair: pair[1], default=("", 0))
    chart = {}
    if most[1]:
        chart = {
            "kind": "lying",
            "title": result.question.text,
            "unit": _("人"),
            "bars": [{"title": title, "value": float(count), "url": ""} for title, count in result.counts],
            "summary": _("%(title)s，选得最多的是%(most)s。下面的表格有全部数字。")
            % {"title": result.question.text, "most": most[0]},
        }
    return {
        "question": result.question,
        "answered": result.answered,
        "chart": chart,
        "chart_id": f"chart-q{result.question.pk}",
        "rows": [
            (title, count, f"{count * 100 / result.answered:.1f}%" if result.answered else "—")
            for title, count in result.counts
        ],
        "texts": result.texts[:SHOWN_TEXTS],
        "more": max(len(result.texts) - SHOWN_TEXTS, 0),
    }
