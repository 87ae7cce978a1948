from django.urls import path

from people.views import absences, calendar, invitations, people, profile, teams, tokens

urlpatterns = [
    path("", profile.settings, name="settings"),
    path("profile/", profile.profile, name="settings_profile"),
    path("local-time/", profile.local_time, name="settings_local_time"),
    path("tokens/", tokens.tokens, name="settings_tokens"),
    path("tokens/<uuid:uid>/revocation/", tokens.revocation, name="settings_token_revocation"),
    path("absences/", absences.absences, name="settings_absences"),
    path("absences/<int:pk>/withdrawal/", absences.withdrawal, name="settings_absence_withdrawal"),
    path("calendar/", calendar.calendar, name="settings_calendar"),
    path("calendar/quarters/", calendar.fiscal_preview, name="settings_quarters"),
    path("calendar/reviews/", calendar.review_reading, name="settings_reviews"),
    path("holidays/", calendar.holidays, name="settings_holidays"),
    path("holidays/lines/", calendar.holiday_lines, name="settings_holiday_lines"),
    path("holidays/<int:pk>/removal/", calendar.holiday_removal, name="settings_holiday_removal"),
    path("people/", people.people, name="settings_people"),
    path("people/new/", people.person_new, name="settings_person_new"),
    path("people/<int:pk>/", people.person, name="settings_person"),
    path("people/<int:pk>/deactivation/", people.deactivation, name="settings_deactivation"),
    path("people/<int:pk>/activation/", people.activation, name="settings_activation"),
    path("people/<int:pk>/invitation/", invitations.invitation, name="settings_invitation"),
    path("teams/", teams.teams, name="settings_teams"),
    path("teams/new/", teams.team_new, name="settings_team_new"),
    path("teams/<int:pk>/", teams.team, name="settings_team"),
    path("teams/<int:pk>/removal/", teams.team_removal, name="settings_team_removal"),
]
