"""``bpmn_miwg``: of the BPMN MIWG's 21 reference models, how many run to an end when every task is answered; beside all
of them. Bare SpiffWorkflow runs 2. Each of the others is refused with a sentence that names an element."""

from resource import RUSAGE_SELF, getrusage

from benchmarks.figure import Figure, say
from zhengtong.capabilities.workflow.tests.miwg import list_models, walk


def run() -> Figure:
    results = [walk(name, text) for name, text in list_models()]
    for result in results:
        why = "" if result.has_ended else f"refused: {result.refusals[0].sentence}"
        say(f"  bpmn_miwg {result.name}: {f'ended after {result.steps} steps' if result.has_ended else why}")
    ended = sum(result.has_ended for result in results)
    assert all(result.has_ended or result.refusals[0].element_id for result in results)
    return Figure(
        name="bpmn_miwg",
        value=ended,
        unit="models",
        reference="all reference models of bpmn-miwg/bpmn-miwg-test-suite",
        reference_value=len(results),
        ratio=round(ended / len(results), 3),
        rounds=1,
        peak_rss_mb=getrusage(RUSAGE_SELF).ru_maxrss // 1024,
    )
