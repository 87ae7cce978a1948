"""Load and remove the whole sample organisation."""

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from lib.doorbell import quiet
from lib.searching import fold
from pages.sample import words
from pages.sample.calls import load_agreements, load_calls
from pages.sample.coaching import load_behaviours, load_coaching
from pages.sample.coaching import remove as remove_coaching
from pages.sample.deals import Sample, load_accounts, load_deals
from pages.sample.help import load_help
from pages.sample.people import ADMINISTRATOR, TEAMS, TOP_TEAM, ZONE, email_of, load_people
from pages.sample.pipeline_calls import load_pipeline_calls
from pages.sample.playbook import load_playbook, load_strategy, load_training
from pages.sample.playbook import remove as remove_playbook
from pages.sample.reviews import load_reviews
from pages.sample.targets import load_targets, remove_ramp
from people.models import Organisation, Team, User
from pipeline import clocks
from pipeline.models import Account, Call, Opportunity, Product, StallRules
from playbook.models import StrategyStep


def is_loaded() -> bool:
    return User.objects.get_queryset().filter(is_sample=True).exists()


def is_untouched() -> bool:
    """Whether nobody has ever been added: the very first start."""
    return not User.objects.get_queryset().exists()


def has_real_administrator() -> bool:
    real = User.objects.get_queryset().active().filter(is_sample=False, is_administrator=True)
    return real.exists()


@quiet()
@transaction.atomic
def load(now: datetime) -> None:
    """Load it, the same for every moment of a day. Raises ValidationError when it is there."""
    if is_loaded():
        raise ValidationError("The sample organisation is loaded already.")
    _refuse_taken_names()
    day = now.astimezone(ZoneInfo(ZONE)).date()
    sample = Sample(now, Random(f"Touchline {day}"))
    teams = load_people()
    administrator = User.objects.get(email=email_of(ADMINISTRATOR))
    accounts = load_accounts(sample)
    modules = load_playbook(sample, administrator)
    behaviours = load_behaviours(sample, administrator, modules)
    for team in teams:
        for number, rep in enumerate(team.reps):
            deals = load_deals(sample, rep, accounts)
            load_calls(sample, rep, team.manager, deals, number, behaviours)
            if rep == team.reps[0]:
                load_help(sample, rep, team.manager, deals)
    clocks.refresh(Opportunity.objects.filter(is_sample=True), Organisation.current().zone)
    StallRules.past_changed()
    load_targets(sample, Team.objects.get(name=TOP_TEAM), administrator, teams)
    load_pipeline_calls(sample, teams[0])
    for team in teams:
        load_coaching(sample, team, behaviours)
        load_training(sample, team, modules)
    load_strategy(sample, teams[0].reps[0])
    load_reviews(sample, teams[0])  # before later agreements, which they would bring along
    for team in teams:
        for rep in team.reps:
            load_agreements(sample, rep, team.manager)


def _refuse_taken_names() -> None:
    """Real teams, products and accounts are never touched, so theirs must not be needed."""
    teams = Team.objects.filter(name__in=[TOP_TEAM, *TEAMS])
    products = Product.objects.filter(name_key__in=[fold(name) for name, *_ in words.PRODUCTS])
    accounts = Account.objects.filter(name_key__in=[fold(name) for name, *_ in words.ACCOUNTS])
    for taken in (teams.first(), products.first(), accounts.first()):
        if taken:
            raise ValidationError(f"There is a real {taken._meta.verbose_name} named {taken}.")


@quiet()
@transaction.atomic
def remove() -> None:
    """Remove it and all that was entered by or for its people; real people's work stays.

    Raises ValidationError while there is no real administrator, who would be locked out.
    """
    if not has_real_administrator():
        raise ValidationError("Add an administrator of your own first.")
    Call.objects.filter(Q(owner__is_sample=True) | Q(opportunity__is_sample=True)).delete()
    Opportunity.objects.filter(Q(is_sample=True) | Q(owner__is_sample=True)).delete()
    StrategyStep.objects.filter(owner__is_sample=True).delete()
    Account.objects.filter(owner__is_sample=True).update(owner=None)
    Account.objects.filter(is_sample=True, opportunities=None, calls=None).delete()
    Product.objects.filter(is_sample=True, opportunities=None).delete()
    people = User.objects.get_queryset().filter(is_sample=True)
    remove_coaching(list(people.values_list("pk", flat=True)))
    remove_playbook()
    _remove_people()
    remove_ramp()
    StallRules.past_changed()


def _remove_people() -> None:
    teams = Team.objects.filter(is_sample=True)
    User.objects.get_queryset().filter(team__in=teams).update(team=None)
    Team.objects.filter(manager__is_sample=True).update(manager=None)
    Team.objects.filter(parent__in=teams).update(parent=None)
    teams.update(parent=None)
    teams.delete()
    User.objects.get_queryset().filter(is_sample=True).delete()
