"""What people and programs read when something goes wrong."""

import json

from django.test import RequestFactory

from zhengtong.config import errors


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
