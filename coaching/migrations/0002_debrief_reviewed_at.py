"""When a debrief was reviewed stands on the debrief too: what awaits review is counted often."""

from django.db import migrations, models


def fill(apps, schema_editor):
    Debrief = apps.get_model("coaching", "Debrief")
    DebriefReview = apps.get_model("coaching", "DebriefReview")
    at = DebriefReview.objects.filter(debrief=models.OuterRef("pk")).values("at")
    reviewed = Debrief.objects.filter(review__isnull=False)
    reviewed.update(reviewed_at=models.Subquery(at))


class Migration(migrations.Migration):
    dependencies = [("coaching", "0001_initial")]
    operations = [
        migrations.AddField(
            "debrief", "reviewed_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "debrief",
            models.Index(
                condition=models.Q(("filed_at__isnull", False), ("reviewed_at", None)),
                fields=["filed_at", "id"],
                name="debrief_awaiting_review",
            ),
        ),
    ]
