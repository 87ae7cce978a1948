"""The chain to begin with (product.md 7); an administrator changes it in settings."""

from django.db import migrations

CHAIN = [
    ("Targeted prospects", "prospects_targeted"),
    ("Call preparation", "plans_on_time"),
    ("Interviews", "interviews"),
    ("Presentations", "presentations"),
    ("Commitments", "commitments_got"),
    ("Proposals", "proposals"),
]


def add_metrics(apps, schema_editor):
    Metric = apps.get_model("metrics", "Metric")
    for place, (label, measure) in enumerate(CHAIN, start=1):
        Metric.objects.create(
            label=label, measure=measure, role="precursor", place=place, period="week"
        )
    Metric.objects.create(
        label="Money won", measure="money_won", role="ultimate", place=10_000, period="quarter"
    )


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_metrics")]
    # Backwards they stay: targets may hang on them, and 0001 drops the table anyway.
    operations = [migrations.RunPython(add_metrics, migrations.RunPython.noop)]
