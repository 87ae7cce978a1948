"""Who works here, who leads whom, on which calendar, and by which keys programs come in."""

from people.models.absence import Absence
from people.models.api_token import ApiToken
from people.models.idempotent_request import IdempotentRequest
from people.models.organisation import Holiday, Organisation
from people.models.team import Team
from people.models.team_membership import TeamMembership
from people.models.user import User

__all__ = [
    "Absence",
    "ApiToken",
    "Holiday",
    "IdempotentRequest",
    "Organisation",
    "Team",
    "TeamMembership",
    "User",
]
