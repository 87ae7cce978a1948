"""A plan knows whose it is, as a debrief does: the plans somebody filed on a day are found fast."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    plans, calls = apps.get_model("coaching", "CallPlan"), apps.get_model("pipeline", "Call")
    owner = calls.objects.filter(pk=models.OuterRef("call")).values("owner")
    plans.objects.update(rep_id=models.Subquery(owner))


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0005_debrief_rep_required"),
        ("pipeline", "0009_compared_with_the_last_review"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="callplan",
            name="rep",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
