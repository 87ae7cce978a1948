"""For every deal the condition on rows and the judgement of the deal give the same reasons."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lib.calendar import working_days_between
from people.models import Holiday, Organisation, Team
from pipeline.models import (
    BuyerAction,
    BuyingRole,
    Call,
    Contact,
    Hold,
    Opportunity,
    Proposal,
    Stage,
    StallRules,
)
from pipeline.stalls import REASONS, StallCheck
from tests.factories import NOW, TODAY, a_contact, a_deal, a_stage, a_team, a_user, an_account, first_stages
