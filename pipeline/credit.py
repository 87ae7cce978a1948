"""To whom a deal is credited: what somebody opened or won stays theirs when it changes hands."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.models.opportunity import Opportunity


def note(deal: "Opportunity") -> None:
    """Fill in whose it is the first time it is seen open, and closed; an open one has not closed.

    Saving does it; bulk writers call it themselves.
    """
    if deal.opened_on and deal.opening_owner_id is None:
        deal.opening_owner_id = deal.owner_id
    if not deal.closed_on:
        deal.closing_owner_id = None
    elif deal.closing_owner_id is None:
        deal.closing_owner_id = deal.owner_id
