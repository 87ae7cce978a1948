
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def note_memberships(apps, schema_editor):
    """As long as we know, people have been where they are; when somebody left is not known."""
    User = apps.get_model("people", "User")
    TeamMembership = apps.get_model("people", "TeamMembership")
    members = User.objects.filter(is_active=True, team__isnull=False).values_list("pk", "team_id")
    TeamMembership.objects.bulk_create(
        (TeamMembership(person_id=person, team_id=team) for person, team in members.iterator()),
        batch_size=500,
    )
    User.objects.filter(is_active=False).update(left_on=datetime.date(1900, 1, 1))


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_managers_manager_reads_reviews'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='left_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='TeamMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(default=datetime.date(1900, 1, 1))),
                ('last_day', models.DateField(default=datetime.date(2199, 12, 31))),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='people.team')),
            ],
            options={
                'ordering': ['person', 'first_day'],
                'indexes': [models.Index(fields=['team', 'last_day', 'first_day'], name='membership_by_team')],
                'constraints': [models.UniqueConstraint(fields=('person', 'first_day'), name='one_team_from_a_day_on'), models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='membership_ends_after_it_begins')],
            },
        ),
        migrations.RunPython(note_memberships, migrations.RunPython.noop),
    ]
