"""What every answer says to the browser about itself."""

import pytest

from people.models import User
from tests.conftest import As


@pytest.mark.parametrize("url", ["/", "/opportunities/", "/settings/profile/", "/api/docs/"])
def test_only_our_own_scripts_and_styles_run(rosa: User, as_: type[As], url: str) -> None:
    policy = as_.page(rosa).get(url)["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert rule in policy


def test_a_page_is_not_framed_and_its_type_not_guessed(rosa: User, as_: type[As]) -> None:
    answer = as_.page(rosa).get("/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
