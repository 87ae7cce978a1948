from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0010_whose_it_was'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='opportunity',
            index=models.Index(fields=['opening_owner', 'opened_on'], name='deal_by_opening'),
        ),
        migrations.AddIndex(
            model_name='opportunity',
            index=models.Index(fields=['closing_owner', 'closed_on'], name='deal_by_closing'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['owner', 'sent_on'], name='proposal_by_owner'),
        ),
    ]
