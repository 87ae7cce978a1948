from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_imports")]
    operations = [
        # Who may see an account asks for the deals of some owners by account, and nothing else.
        migrations.AddIndex(
            "opportunity", models.Index(fields=["owner", "account"], name="deal_by_owner_account")
        ),
        # The calls of very many people, latest first.
        migrations.AddIndex("call", models.Index(fields=["starts_at", "id"], name="call_by_start")),
    ]
