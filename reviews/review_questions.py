"""What a manager may ask in a 1-on-1 instead of telling."""

from pipeline.models import Stage
from playbook.models import Question
from playbook.models.question import MOST_OFFERED, REVIEW
from reviews.review_page import ReviewPage, Shown


def to_ask(page: ReviewPage, part: int) -> list[Question]:
    """For the stages of the deals in that part, or any; none for the rep, and while preparing."""
    if not part or page.user.pk != page.review.manager_id or not page.review.is_running:
        return []
    orders = {shown.line.stage_order for shown in _deals(page, part)}
    stages = Stage.objects.filter(order__in=orders).values_list("pk", flat=True) if orders else []
    known = Question.objects.visible_to(page.user).for_situation(REVIEW, stages)
    return list(known[:MOST_OFFERED])


def _deals(page: ReviewPage, part: int) -> list[Shown]:
    if part == 3:
        return [shown for section in page.moves for shown in section.lines]
    return {2: page.new, 4: page.forecast}[part] if part in (2, 4) else []
