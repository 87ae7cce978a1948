"""What reps asked of their manager: one request that waits, and one that was answered."""

from collections.abc import Sequence

from coaching.models import HelpRequest
from pages.sample.deals import Sample
from people.models import User
from pipeline.models import Opportunity


def load_help(sample: Sample, rep: User, manager: User, deals: Sequence[Opportunity]) -> None:
    """On the rep's two largest open deals in which somebody at the customer has a part."""
    known = [deal for deal in deals if deal.is_open and deal.buying_roles.exists()]
    known.sort(key=lambda deal: (-(deal.amount or 0), deal.pk))
    for deal, is_answered in zip(known, (False, True), strict=False):
        contact = deal.buying_roles.select_related("contact")[0].contact
        asked = HelpRequest.ask(
            deal,
            by=rep,
            at=sample.past(4 if is_answered else 1),
            kind="opinion" if is_answered else "call_person",
            contact=None if is_answered else contact,
            synopsis=f"They like the pilot; {contact.name} has gone quiet since the price.",
            how_it_helps="They decide this month, and a manager's word carries.",
            draft="Thank them for the pilot. Ask what the board needs to see.",
            wanted_on=sample.workday(2),
        )
        if is_answered:
            asked.do("Offer the two-step start, the price stays", by=manager, at=sample.past(2))
