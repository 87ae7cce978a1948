"""A debrief knows whose it is: a team's debriefs are found without reading its calls."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    debriefs, calls = apps.get_model("coaching", "Debrief"), apps.get_model("pipeline", "Call")
    owner = calls.objects.filter(pk=models.OuterRef("call")).values("owner")
    debriefs.objects.update(rep_id=models.Subquery(owner))


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0003_help_requests"),
        ("pipeline", "0007_index_for_totals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="debrief",
            name="rep",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debriefs",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
