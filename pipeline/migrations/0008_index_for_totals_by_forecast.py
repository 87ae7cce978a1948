"""Totals by forecast category are read from the index on open deals as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0007_index_for_totals")]

    operations = [
        migrations.RemoveIndex(model_name="opportunity", name="open_deal_totals"),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(status="open"),
                fields=["owner", "stage", "forecast_category", "currency", "amount"],
                name="open_deal_totals",
            ),
        ),
    ]
