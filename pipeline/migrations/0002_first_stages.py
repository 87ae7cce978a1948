"""A pipeline to begin with; an administrator changes it in settings."""

from django.db import migrations

FIRST_STAGES = [
    ("Qualify", 10, 10, ["A problem we can solve is named by the buyer"]),
    ("Discover", 25, 15, ["Decision makers have told us their buying criteria"]),
    ("Prove", 45, 20, ["The buyer has evaluated us", "The champion has met our manager"]),
    ("Propose", 65, 15, ["The economic buyer asked for the proposal"]),
    ("Close", 85, 10, ["The buyer has named date and signatory"]),
]


def add_stages(apps, schema_editor):
    Stage = apps.get_model("pipeline", "Stage")
    ExitCriterion = apps.get_model("pipeline", "ExitCriterion")
    for order, (name, probability, patience, criteria) in enumerate(FIRST_STAGES, start=1):
        stage = Stage.objects.create(
            name=name,
            name_key=name.casefold(),
            order=order,
            probability=probability,
            patience=patience,
        )
        for number, text in enumerate(criteria):
            ExitCriterion.objects.create(stage=stage, text=text, order=number)


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0001_initial")]
    # Backwards the stages stay: deals may stand in them, and 0001 drops the table anyway.
    operations = [migrations.RunPython(add_stages, migrations.RunPython.noop)]
