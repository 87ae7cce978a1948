"""What a plan says before anybody wrote on it, and what is offered to be added by one tap.

Prefilled: what the last debriefed call left open, what was forgotten there, the next step due, and
who is to be seen. Suggested: purposes usual for the kind of call and the stage, and those of the
four buyer questions that the deal does not answer yet, with what the playbook has for its product
and its stage.
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from coaching.models import Debrief, PlanLine
from coaching.models.plan_content import (
    COMMITMENTS,
    GIVE,
    LEARN,
    LINE_LENGTH,
    MAX_LINES,
    PURPOSE,
    PlanContent,
    TextLine,
    WhoLine,
)
from lib.calendar import local_date
from lib.searching import fold
from people.models import User
from pipeline.models import BuyerAnswer, BuyingRole, Call, Contact
from pipeline.models.buyer import BUYER_QUESTIONS
from pipeline.models.call import CallAttendee
from playbook.models.question import MOST_OFFERED
from playbook.offering import DIFFERENTIATORS, QUESTIONS, offered_in_plan

MOST_PEOPLE = 8  # prefilled or offered; further ones are found by typing their name
MOST_CONTACTS = 200  # offered while typing a name

PURPOSES = {
    "prospecting": [
        "Find out whether they have a problem we solve",
        "Get a first meeting with whoever owns the problem",
        "Learn who else must be in the room",
    ],
    "interview": [
        "Understand the problem and what it costs them",
        "Learn each decision maker's buying criteria",
        "Agree how and by when they will decide",
    ],
    "presentation": [
        "Show that we meet the criteria they named",
        "Have the decision makers say what is still missing",
        "Win a champion who argues for us inside",
    ],
    "proposal_review": [
        "Go through the proposal and hear every objection",
        "Agree what must change for them to sign",
        "Agree the steps and dates up to the signature",
    ],
    "negotiation": [
        "Settle the open terms without opening closed ones",
        "Trade each concession for a commitment",
        "Agree who signs, and when",
    ],
    "account_review": [
        "Hear what has worked for them since we last met",
        "Find the next problem worth solving together",
        "Meet somebody there whom we do not know yet",
    ],
}
SOUGHT = {
    "prospecting": ["A first meeting with a date", "An introduction to the decision maker"],
    "interview": ["A meeting with the economic buyer", "Their criteria in writing"],
    "presentation": ["A trial with success criteria", "Their evaluation plan with dates"],
    "proposal_review": ["A written list of changes", "A date for the decision"],
    "negotiation": ["The signature date", "The name of whoever signs"],
    "account_review": ["A reference we may name", "A meeting about the next project"],
}


Person = Any  # a Contact from `people_for`: with `attends`, `met_before` and `buying_role`


@dataclass(frozen=True)
class Suggestions:
    """What one tap adds to each part; nothing that stands on the plan already."""

    lines: dict[str, list[TextLine]] = field(default_factory=dict)
    who: list[WhoLine] = field(default_factory=list)


def people_for(call: Call, user: User) -> list[Person]:
    """The people of the call's account and deal whom this person may see, in one statement.

    Each has `buying_role` ("" without one), `attends` and `met_before`: whether the rep held an
    earlier call with them. Those with a part in this call come first.
    """
    roles = BuyingRole.objects.filter(contact=OuterRef("pk"), opportunity=call.opportunity_id)
    here = CallAttendee.objects.filter(contact=OuterRef("pk"), call=call)
    met = CallAttendee.objects.filter(
        contact=OuterRef("pk"),
        call__owner=call.owner_id,
        call__status=Call.HELD,
        call__starts_at__lt=call.starts_at,
    )
    # Their keys first, each by an index: a condition with "or" would read every contact there is.
    there = Contact.objects.filter(account=call.account_id).order_by().values("pk")
    part_of_it = there.union(
        CallAttendee.objects.filter(call=call).order_by().values("contact"),
        BuyingRole.objects.filter(opportunity=call.opportunity_id).order_by().values("contact"),
    )
    contacts = Contact.objects.visible_to(user).annotate(
        attends=Exists(here),
        met_before=Exists(met),
        buying_role=Coalesce(
            Subquery(roles.values("role")[:1]), Value(""), output_field=CharField()
        ),
    )
    return list(
        contacts.filter(pk__in=part_of_it).order_by("-attends", "name", "pk")[:MOST_CONTACTS]
    )


def prefilled(call: Call, people: Iterable[Person], by: User) -> PlanContent:
    """The plan as it is offered for a call that has none yet. Saves nothing."""
    debrief = last_debrief(call, by)
    left = left_open(debrief)
    return PlanContent(
        who=[as_line(person) for person in people if person.attends or person.buying_role][
            :MOST_PEOPLE
        ],
        learn=_distinct([*left[LEARN], *forgotten(debrief)]),
        give=_distinct([*left[GIVE], *next_step_due(call)]),
        commitments=_distinct(left[COMMITMENTS]),
    )


def last_debrief(call: Call, by: User) -> Debrief | None:
    """Of the latest earlier call on this deal, or with this account when about no other deal."""
    earlier = Debrief.objects.visible_to(by).filed().filter(call__starts_at__lt=call.starts_at)
    same_account = Q(call__account=call.account_id, call__account__isnull=False)
    if call.opportunity_id is None:
        earlier = earlier.filter(same_account)
    else:
        on_no_deal = same_account & Q(call__opportunity=None)
        earlier = earlier.filter(Q(call__opportunity=call.opportunity_id) | on_no_deal)
    return earlier.order_by("-call__starts_at", "-pk").first()


def left_open(debrief: Debrief | None) -> dict[str, list[TextLine]]:
    """The lines of that call's plan which were not or only partly learned, given or got."""
    left: dict[str, list[TextLine]] = {LEARN: [], GIVE: [], COMMITMENTS: []}
    if debrief is None:
        return left
    lines = PlanLine.objects.filter(plan__call=debrief.call_id)
    for line in lines.filter(outcome__in=[PlanLine.PARTLY, PlanLine.NO]):
        left[line.part].append(TextLine(line.text, line.question))
    return left


def forgotten(debrief: Debrief | None) -> list[TextLine]:
    """What was forgotten to ask last time, a line each."""
    said = debrief.forgot.splitlines() if debrief else []
    return [TextLine(piece) for text in said for piece in textwrap.wrap(text.strip(), LINE_LENGTH)]


def next_step_due(call: Call) -> list[TextLine]:
    """The deal's next step when it is due by the day of the call: it is given there."""
    deal = call.opportunity
    if deal is None or not deal.next_step or deal.next_step_on is None:
        return []
    due = deal.is_open and deal.next_step_on <= local_date(call.starts_at, call.owner.zone)
    return [TextLine(deal.next_step)] if due else []


def suggestions(call: Call, content: PlanContent, people: Iterable[Person]) -> Suggestions:
    """What else could stand on this plan."""
    material = offered_in_plan(call.opportunity, call.owner)
    to_ask = _not_yet(LEARN, [TextLine(text) for text in material[QUESTIONS]], content)
    offered = {
        PURPOSE: [TextLine(text) for text in (*PURPOSES[call.kind], *_stage_purposes(call))],
        LEARN: [TextLine(text, question) for question, text in open_questions(call, content)],
        GIVE: what_sets_us_apart(call, map(TextLine, material[DIFFERENTIATORS]), content),
        COMMITMENTS: [TextLine(text) for text in SOUGHT[call.kind]],
    }
    offered[LEARN] += to_ask[:MOST_OFFERED]
    chosen = {who.contact.pk for who in content.who if who.contact}
    return Suggestions(
        lines={part: _not_yet(part, lines, content) for part, lines in offered.items()},
        who=[as_line(person) for person in people if person.pk not in chosen][:MOST_PEOPLE],
    )


def open_questions(call: Call, content: PlanContent) -> list[tuple[str, str]]:
    """The buyer questions which neither the deal answers nor the plan asks."""
    answers = BuyerAnswer.objects.filter(opportunity=call.opportunity_id).exclude(answer="")
    known = set(answers.values_list("question", flat=True)) if call.opportunity_id else set()
    known |= {line.question for line in content.learn}
    return [(question, text) for question, text in BUYER_QUESTIONS if question not in known]


def what_sets_us_apart(
    call: Call, known: Iterable[TextLine], content: PlanContent
) -> list[TextLine]:
    """The differentiators of the deal's product, then those of whatever we sell."""
    product, lines = call.opportunity and call.opportunity.product, list(known)
    if product and not lines:
        lines = [TextLine(f"What sets {product} apart, with proof")]
    return _not_yet(GIVE, lines, content)[:MOST_OFFERED]


def as_line(person: Person) -> WhoLine:
    """A contact from `people_for` as a line of the plan."""
    return WhoLine(person, person.name, person.buying_role, person.met_before)


def _stage_purposes(call: Call) -> list[str]:
    deal = call.opportunity
    if deal is None or not deal.is_open:
        return []
    return [f"Get to: {each.text}"[:LINE_LENGTH] for each in deal.stage.exit_criteria.all()[:2]]


def _not_yet(part: str, lines: list[TextLine], content: PlanContent) -> list[TextLine]:
    said = [content.purpose] if part == PURPOSE else [line.text for line in content.lines(part)]
    known = {fold(text) for text in said}
    return [line for line in lines if fold(line.text) not in known]


def _distinct(lines: Iterable[TextLine]) -> list[TextLine]:
    first: dict[str, TextLine] = {}
    for line in lines:
        first.setdefault(fold(line.text), line)
    return list(first.values())[:MAX_LINES]
