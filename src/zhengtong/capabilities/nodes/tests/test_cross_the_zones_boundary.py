"""What is marked doesn't leave the inner zone, whoever sends it; the other way it may."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.capabilities.nodes.domain import say_boundary
from zhengtong.capabilities.nodes.models import OutgoingMessage
from zhengtong.capabilities.nodes.notices import send_notice
from zhengtong.capabilities.nodes.services.sending import send_message
from zhengtong.capabilities.nodes.tests.office import make_node, set_up
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor

People = tuple[Actor, Actor]


def test_marked_content_doesnt_go_from_the_inner_zone_to_the_outer(people: People) -> None:
    operator, _approver = people
    set_up(operator, zone="inner")
    outer = make_node(operator, zone="outer")
    with pytest.raises(Refused) as refused:
        send_notice(actor=operator, node=outer, title="名单", text="内部掌握", mark=Mark.INTERNAL)
    assert refused.value.code == "boundary"
    assert "内部" in str(refused.value.message)
    assert not OutgoingMessage.objects.exists()
    told = AuditRecord.objects.get(action="nodes.refuse_outgoing")
    assert told.after is not None
    assert told.after["mark"] == Mark.INTERNAL
    assert send_notice(actor=operator, node=outer, title="公告", text="放假安排", mark=Mark.PUBLIC).state == "waiting"


def test_from_the_outer_zone_to_the_inner_and_within_one_it_may(people: People) -> None:
    operator, _approver = people
    set_up(operator, zone="outer")
    for zone in ("inner", "outer"):
        node = make_node(operator, zone=zone, code=zone)
        assert send_notice(actor=operator, node=node, title="名单", text="内部掌握", mark=Mark.INTERNAL)
        with pytest.raises(Refused):
            send_notice(actor=operator, node=node, title="密件", text="密", mark=Mark.SECRET)


def test_the_marks_of_the_rows_that_it_is_made_from_count_as_well(people: People, cast: Cast) -> None:
    operator, _approver = people
    set_up(operator, zone="inner")
    outer = make_node(operator, zone="outer")
    row: Any = cast.submitted()
    row.mark, row.mark_circle = Mark.WORK_SECRET, None

    def send() -> OutgoingMessage:
        return send_message(
            actor=operator, node=outer, kind="nodes.notice", body=b"{}", title="办件", mark=Mark.PUBLIC, rows=(row,)
        )

    with pytest.raises(Refused) as refused:
        send()
    assert refused.value.code == "boundary"
    row.mark, row.mark_circle = Mark.PUBLIC, [operator.organisation]
    with pytest.raises(Refused):
        send()
    row.mark_circle = None
    assert send().mark == Mark.PUBLIC


@given(
    own=st.sampled_from(["inner", "outer"]),
    theirs=st.sampled_from(["inner", "outer"]),
    mark=st.sampled_from(list(Mark)),
    has_circle=st.booleans(),
)
def test_nothing_but_public_content_ever_goes_outward(own: str, theirs: str, mark: Mark, has_circle: bool) -> None:
    is_let = say_boundary(own=own, theirs=theirs, mark=mark, has_circle=has_circle) == ""
    outward = (own, theirs) == ("inner", "outer")
    assert is_let == (mark < Mark.SECRET and not has_circle and not (outward and mark > Mark.PUBLIC))
