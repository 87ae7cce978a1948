"""Too many calls a minute are told when to come again."""

import pytest
from rest_framework.settings import api_settings

from people.models import User


@pytest.fixture
def three_a_minute(monkeypatch) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "user", "3/min")


def test_the_fourth_call_of_a_minute_waits(rosa: User, mia: User, as_, three_a_minute) -> None:
    client = as_.api(rosa)
    codes = [client.get("/api/v1/users/me/").status_code for _ in range(3)]
    assert codes.count(200) == 3
    answer = client.get("/api/v1/users/me/")
    while answer.status_code == 200:  # a new minute began meanwhile
        answer = client.get("/api/v1/users/me/")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["errors"][0]["code"] == "throttled"
    assert as_.api(rosa).get("/api/v1/users/me/").status_code == 429  # all tokens together
    assert as_.api(mia).get("/api/v1/users/me/").status_code == 200


def test_without_a_cache_nobody_is_held_up(rosa: User, as_, three_a_minute, settings) -> None:
    away = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere.sock"}
    settings.CACHES = {"default": away}
    codes = {as_.api(rosa).get("/api/v1/users/me/").status_code for _ in range(5)}
    assert codes == {200}
