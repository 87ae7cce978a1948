"""The request log tells who asked for what, and no secrets."""

from django.test import RequestFactory

from lib.request_log import RequestLog


def test_a_query_string_is_not_logged() -> None:
    request = RequestFactory().get("/contacts/?q=private")
    assert RequestLog.format_request(request) == "GET /contacts/"


def test_the_key_of_a_password_reset_is_not_logged() -> None:
    request = RequestFactory().get("/auth/password/reset/key/1-abc-def/")
    assert RequestLog.format_request(request) == "GET /auth/password/reset/key/.../"
