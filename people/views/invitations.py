"""Inviting a person to set a password, by e-mail and by a link to hand over."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.models import Organisation, User
from people.permissions import administrators_only
from people.signed_in import signed_in
from people.views.people import find, person_page

log = logging.getLogger(__name__)


@never_cache
@require_POST
@administrators_only
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the link once, in this very answer; it works once and for a few days."""
    someone = find(request, pk)
    if not (someone.email and someone.is_active):
        messages.error(request, f"{someone} needs an e-mail address and must not be deactivated.")
        return redirect("settings_person", pk=pk)
    link = link_for(someone)
    sent = settings.EMAIL_IS_CONFIGURED and send(someone, link, by=signed_in(request))
    return person_page(
        request, pk, link=link, sent=sent, days=settings.PASSWORD_RESET_TIMEOUT // 86_400
    )


def link_for(someone: User) -> str:
    """The address at which this person, and whoever has it, sets a password."""
    key = f"{user_pk_to_url_str(someone)}-{default_token_generator.make_token(someone)}"
    return str(get_adapter().get_reset_password_from_key_url(key))


def send(someone: User, link: str, *, by: User) -> bool:
    """Whether the mail went out. Sent at once: the link is a secret and stays out of the queue."""
    context = {"person": someone, "link": link, "by": by, "organisation": Organisation.current()}
    subject = render_to_string("people/invitation.subject.txt", context).strip()
    text = render_to_string("people/invitation.txt", context)
    try:
        send_mail(subject, text, None, [str(someone.email)])
    except (SMTPException, OSError):
        log.exception("The invitation of person %s could not be sent.", someone.pk)
        return False
    return True
