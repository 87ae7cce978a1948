"""A new API token."""

from datetime import timedelta

from django import forms

from people.models import ApiToken, User

NEVER = "never"
LASTS = [("30", "30 days"), ("90", "90 days"), ("365", "A year"), (NEVER, "Never expires")]


class TokenForm(forms.Form):
    """What a program may do, and for how long."""

    name = forms.CharField(max_length=100, help_text="The program that will use it.")
    scope = forms.ChoiceField(choices=ApiToken.SCOPES, initial=ApiToken.READ, label="It may")
    lasts = forms.ChoiceField(choices=LASTS, initial="90", label="Expires after")

    def issue(self, user: User) -> tuple[ApiToken, str]:
        """The token and its key, which cannot be read again."""
        chosen = self.cleaned_data
        lasts = None if chosen["lasts"] == NEVER else timedelta(days=int(chosen["lasts"]))
        return ApiToken.issue(user, name=chosen["name"], scope=chosen["scope"], lasts=lasts)
