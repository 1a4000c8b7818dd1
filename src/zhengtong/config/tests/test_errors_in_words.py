"""What people and programs read when something goes wrong."""

import json

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import override

from zhengtong.config import errors

EVERY = [each for each in vars(errors).values() if isinstance(each, errors.Problem)]


def test_an_outage_is_put_into_words_without_the_database() -> None:
    response = errors.server_error(RequestFactory().get("/hall/", headers={"accept": "text/html"}))
    page = response.content.decode()
    assert response.status_code == 500
    assert "系统出错了" in page
    assert "请稍后再试" in page


def test_a_program_gets_problem_details() -> None:
    response = errors.answer(RequestFactory().get("/api/items"), errors.TOO_MANY)
    problem = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (429, "too-many-requests")


def _answer_during(error: Exception, path: str = "/hall/") -> HttpResponse:
    try:
        raise error
    except type(error):
        return errors.server_error(RequestFactory().get(path, headers={"accept": "text/html"}))


def test_without_the_database_people_are_told_to_come_back_soon() -> None:
    response = _answer_during(OperationalError("connection refused"))
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    page = response.content.decode()
    assert "系统暂时连不上数据库" in page
    assert 'href="/hall/"' in page, "what was read is tried again"
    assert _answer_during(ValueError()).status_code == 500
    assert json.loads(_answer_during(OperationalError(), "/api/items").content)["code"] == "unavailable"


def test_every_error_says_what_happened_what_to_do_and_a_code() -> None:
    assert {400, 403, 404, 405, 409, 413, 429, 500, 503} <= {problem.status for problem in EVERY}
    assert len({problem.code for problem in EVERY}) == len(EVERY)


@pytest.mark.parametrize("problem", EVERY, ids=lambda problem: problem.code)
def test_the_page_of_each_error_is_whole(problem: errors.Problem, db: None) -> None:
    with override("zh-hans"):
        request = RequestFactory().get("/desk/cases/", headers={"accept": "text/html"})
        page = errors.answer(request, problem, "发生了什么。").content.decode()
    for words in (str(problem.title), str(problem.advice), "发生了什么。", problem.code, "回到工作台"):
        assert words in page


def test_a_form_is_not_offered_to_be_read_again() -> None:
    request = RequestFactory().post("/hall/x/", headers={"accept": "text/html"})
    page = errors.answer(request, errors.SERVER_ERROR).content.decode()
    assert 'href="/hall/x/"' not in page


def test_a_page_that_does_not_exist_says_so(db: None) -> None:
    page = Client(raise_request_exception=False).get("/nowhere/", headers={"accept": "text/html"}).content.decode()
    assert "找不到这个页面" in page
    assert "回到首页" in page
