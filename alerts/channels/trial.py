"""A mail that says nothing, to see whether it arrives: over the connection that all mails go."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from alerts.channels.email import Post
from alerts.models.outbox import Refused
from people.models import User

SUBJECT = "Touchline sends mails"
TEXT = "This is the mail that you asked for under Settings > Delivery. Mails get out."


def send_trial(person: User) -> None:
    """Send it now. Raises TryLater or Refused with the words of the mail server."""
    if not settings.EMAIL_IS_CONFIGURED:
        raise Refused("No mail server is set up: EMAIL_HOST is empty.")
    if not person.email:
        raise Refused("You have no address to be mailed at.")
    post = Post()
    try:
        post(EmailMultiAlternatives(SUBJECT, TEXT, to=[person.email]))
    finally:
        post.close()
