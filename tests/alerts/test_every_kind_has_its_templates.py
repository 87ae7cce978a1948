"""A kind of alert is not whole without its mails."""

import pytest
from django.template.loader import get_template

from alerts.kinds import KINDS, MANY

pytestmark = pytest.mark.once


@pytest.mark.parametrize("part", ["subject.txt", "txt", "html"])
@pytest.mark.parametrize("kind", [*KINDS, MANY, "digest"])
def test_a_kind_has_a_subject_a_text_and_a_page(kind: str, part: str) -> None:
    template = get_template(f"alerts/{kind}.{part}")
    assert template.template.source.strip()  # type: ignore[attr-defined]
