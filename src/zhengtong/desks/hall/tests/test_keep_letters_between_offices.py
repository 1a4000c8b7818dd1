"""What offices write to each other about a case isn't the applicant's to open."""

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.desks.hall.selectors import list_papers


def test_an_applicant_isnt_shown_the_letter_that_asks_another_office(cast: Cast) -> None:
    case = cast.reviewing()
    fire = cases.list_offices_to_consult(case).get(name="澄波区消防救援局")
    asked = cases.consult_office(
        actor=cast.reviewer, case_id=case.pk, organisation_id=fire.pk, question="疏散通道是否符合要求", days=2
    )
    assert [paper.title for paper in list_papers(case)] == ["受理通知书", "申请材料接收凭证"]
    assert case.documents.filter(paper=asked.paper).exists()
