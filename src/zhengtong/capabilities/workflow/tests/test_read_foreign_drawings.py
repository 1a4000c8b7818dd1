"""Drawings of other tools: the BPMN MIWG's 21 reference models run to an end or are refused with a reason."""

import pytest

from zhengtong.capabilities.workflow.tests.miwg import list_models, walk

RUNS = {
    "A.1.0",
    "A.2.0",
    "A.2.1",
    "A.3.0",
    "A.4.0",
    "A.4.1",
    "B.1.0",
    "C.2.0",
    "C.4.0",
    "C.5.0",
    "C.7.0",
    "C.9.1",
}


def test_all_of_them_are_here() -> None:
    assert len(list(list_models())) == 21


@pytest.mark.parametrize(("name", "text"), list(list_models()), ids=[name for name, _text in list_models()])
def test_a_model_runs_to_its_end_or_is_refused_by_the_name_of_an_element(name: str, text: str) -> None:
    result = walk(name, text)
    assert result.has_ended == (name in RUNS)
    if not result.has_ended:
        for finding in result.refusals:
            assert finding.element_id
            assert finding.sentence
            assert finding.element_name in finding.sentence or finding.element_id in finding.sentence
