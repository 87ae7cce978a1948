from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0012_kinds_of_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='opportunity',
            index=models.Index(fields=['opened_on', 'opening_owner'], name='deal_by_opening_day'),
        ),
        migrations.AddIndex(
            model_name='opportunity',
            index=models.Index(fields=['closed_on', 'closing_owner'], name='deal_by_closing_day'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['sent_on', 'owner'], name='proposal_by_day'),
        ),
    ]
