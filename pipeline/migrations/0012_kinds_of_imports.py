from django.db import migrations, models

import pipeline.imports.kinds


class Migration(migrations.Migration):
    """The kinds are asked for, since apps above add theirs; no column changes."""

    dependencies = [("pipeline", "0011_index_of_whose_it_was")]

    operations = [
        migrations.AlterField(
            model_name="import",
            name="kind",
            field=models.CharField(choices=pipeline.imports.kinds.choices, max_length=13),
        ),
    ]
