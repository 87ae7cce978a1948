"""Every debrief has a rep; those that await their review are found by them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0004_debrief_rep"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="debrief",
            name="rep",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debriefs",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="debrief",
            index=models.Index(fields=["rep", "reviewed_at"], name="debrief_by_rep"),
        ),
        migrations.RemoveIndex(model_name="debrief", name="debrief_awaiting_review"),
        migrations.AddIndex(
            model_name="debrief",
            index=models.Index(
                condition=models.Q(reviewed_at=None, filed_at__isnull=False),
                fields=["rep", "filed_at", "id"],
                name="debrief_awaiting_review",
            ),
        ),
    ]
