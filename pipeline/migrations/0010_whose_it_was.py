"""Deals and proposals know whose they were when they were opened, closed and sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, TruncDate


def fill(apps, schema_editor):
    """From the history: before the first change of owner after that day it was the former one's."""
    Opportunity = apps.get_model("pipeline", "Opportunity")
    Proposal = apps.get_model("pipeline", "Proposal")
    changes = apps.get_model("pipeline", "OwnerChange").objects

    def owner_on(day, deal="pk"):
        later = changes.annotate(day=TruncDate("at")).filter(
            opportunity=OuterRef(deal), day__gt=OuterRef(day)
        )
        return Subquery(later.order_by("at", "pk").values("from_owner")[:1])

    deals = Opportunity.objects.all()
    opened, closed = deals.exclude(opened_on=None), deals.exclude(closed_on=None)
    opened.update(opening_owner_id=Coalesce(owner_on("opened_on"), "owner_id"))
    closed.update(closing_owner_id=Coalesce(owner_on("closed_on"), "owner_id"))
    now = Opportunity.objects.filter(pk=OuterRef("opportunity")).values("owner")
    was = owner_on("sent_on", "opportunity")
    Proposal.objects.update(owner_id=Coalesce(was, Subquery(now)))


def owner():
    return models.ForeignKey(
        db_index=False,
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("pipeline", "0009_compared_with_the_last_review"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("opportunity", "opening_owner", owner()),
        migrations.AddField("opportunity", "closing_owner", owner()),
        migrations.AddField("proposal", "owner", owner()),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
