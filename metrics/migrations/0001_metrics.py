import datetime
import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0005_team_memberships'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckpointDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('taken_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='PostedMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(error_messages={'unique': 'There is a measure of that name already.'}, max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]*\\Z', 'Small letters, digits and _ only.')])),
                ('label', models.CharField(max_length=100)),
                ('unit', models.CharField(max_length=20)),
                ('direction', models.CharField(choices=[('higher', 'Higher is better'), ('lower', 'Lower is better')], default='higher', max_length=6)),
            ],
            options={
                'ordering': ['label', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Ramp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('name', models.CharField(error_messages={'unique': 'There is a ramp table of that name already.'}, max_length=60, unique=True)),
                ('percents', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TallyCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('day', models.DateField(unique=True)),
                ('checked', models.PositiveIntegerField(default=0)),
                ('differed', models.PositiveIntegerField(default=0)),
                ('differences', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('person_day', 'person_day'), ('person_moment', 'person_moment'), ('call', 'call'), ('plan', 'plan'), ('debrief', 'debrief'), ('membership', 'membership'), ('team', 'team'), ('everything', 'everything')], max_length=13)),
                ('ref', models.BigIntegerField(null=True)),
                ('day', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Metric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('label', models.CharField(max_length=60)),
                ('measure', models.CharField(max_length=60)),
                ('role', models.CharField(choices=[('ultimate', 'Ultimate'), ('precursor', 'Precursor')], default='precursor', max_length=9)),
                ('place', models.PositiveSmallIntegerField(default=10000, editable=False)),
                ('period', models.CharField(choices=[('week', 'Week'), ('month', 'Month'), ('quarter', 'Quarter'), ('fiscal_year', 'Fiscal year')], default='week', max_length=11)),
                ('retired_on', models.DateField(editable=False, null=True)),
            ],
            options={
                'ordering': ['place', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_on', None), ('role', 'ultimate')), fields=('role',), name='one_ultimate_metric', violation_error_message='There is an ultimate metric already: retire it first.')],
            },
        ),
        migrations.CreateModel(
            name='DailyTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tally', models.CharField(max_length=60)),
                ('day', models.DateField()),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('number', models.DecimalField(decimal_places=2, max_digits=18)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'day', 'tally', 'currency'), name='one_tally_a_person_and_day')],
            },
        ),
        migrations.CreateModel(
            name='Foretelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weeks', models.PositiveSmallIntegerField()),
                ('points', models.PositiveIntegerField()),
                ('correlation', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('worked_out_on', models.DateField()),
                ('precursor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='foretelling', to='metrics.metric')),
                ('ultimate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='metrics.metric')),
            ],
            options={
                'ordering': ['precursor', 'weeks'],
                'constraints': [models.UniqueConstraint(fields=('precursor', 'weeks'), name='one_foretelling_a_lag')],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('middle', 'Middle'), ('end', 'End')], max_length=6)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('value', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('target', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('due', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('pace', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('state', models.CharField(choices=[('on_target', 'On target'), ('behind', 'Behind'), ('missed', 'Missed'), ('too_early', 'Too early to tell'), ('not_enough', 'Not enough yet'), ('away', 'Away'), ('no_target', 'No target')], max_length=10)),
                ('short', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18)),
                ('streak', models.PositiveSmallIntegerField(default=0)),
                ('effect', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('effect_basis', models.CharField(blank=True, choices=[('own', 'Own conversion'), ('team', "The team's conversion")], max_length=4)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to='people.team')),
                ('broken_link', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='metrics.metric')),
                ('metric', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to='metrics.metric')),
            ],
            options={
                'ordering': ['-day', 'metric', 'pk'],
                'indexes': [models.Index(fields=['day', 'state'], name='checkpoint_by_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('team', None)), fields=('person', 'metric', 'day'), name='judged_once_a_person'), models.UniqueConstraint(condition=models.Q(('person', None)), fields=('team', 'metric', 'day'), name='judged_once_a_team')],
            },
        ),
        migrations.CreateModel(
            name='MetricCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=50)),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(1000000000)])),
                ('posted_at', models.DateTimeField(editable=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='metric_counts', to=settings.AUTH_USER_MODEL)),
                ('posted_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='metrics.postedmeasure')),
            ],
            options={
                'ordering': ['-day', '-pk'],
                'indexes': [models.Index(fields=['person', 'day'], name='count_by_person'), models.Index(fields=['day', 'person'], name='count_by_day')],
                'constraints': [models.UniqueConstraint(fields=('source', 'person', 'measure', 'day'), name='one_count_a_source_and_day')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField(default=datetime.date(1900, 1, 1))),
                ('last_day', models.DateField(default=datetime.date(2199, 12, 31))),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('set_at', models.DateTimeField(editable=False)),
                ('replaced_at', models.DateTimeField(editable=False, null=True)),
                ('replaced_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('metric', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='metrics.metric')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to=settings.AUTH_USER_MODEL)),
                ('ramp', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='metrics.ramp')),
                ('set_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='people.team')),
            ],
            options={
                'ordering': ['metric', 'first_day', 'pk'],
                'indexes': [models.Index(condition=models.Q(('replaced_at', None)), fields=['metric', 'person', 'team'], name='target_in_force'), models.Index(fields=['person'], name='target_by_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='target_ends_after_it_begins', violation_error_message='The last day lies before the first.'), models.CheckConstraint(condition=models.Q(('team', None), ('person', None), _connector='OR'), name='target_for_a_team_or_a_person')],
            },
        ),
        migrations.CreateModel(
            name='TeamTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tally', models.CharField(max_length=60)),
                ('day', models.DateField()),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('number', models.DecimalField(decimal_places=2, max_digits=18)),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'day', 'tally', 'currency'), name='one_tally_a_team_and_day')],
            },
        ),
    ]
