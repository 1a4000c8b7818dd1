"""A program finds items, asks for progress, reads published results and verifies papers over ``/api/``."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from pytest_django import DjangoAssertNumQueries
from schemathesis.core import SCHEMATHESIS_TEST_CASE_HEADER

from tests.cast import CREDIT_CODE, ITEM, PERSON, PHONE, Cast, fresh
from zhengtong.capabilities.cases.public import Case, ServiceItem, withdraw_case
from zhengtong.config.wsgi import application

assert SCHEMATHESIS_TEST_CASE_HEADER
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_one_asked_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def api() -> Client:
    """A stranger's client that would be told about a missing CSRF token."""
    return Client(enforce_csrf_checks=True)


def ask(api: Client, number: str, tail: str, **headers: str) -> Any:
    return api.post(
        "/api/progress",
        json.dumps({"number": number, "phone_tail": tail}),
        content_type="application/json",
        headers=headers,
    )


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems/{code}")
    assert body["title"]
    assert body["detail"]
    return body
