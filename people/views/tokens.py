"""A person's API tokens."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from people.forms.token import TokenForm
from people.models import ApiToken
from people.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list, and a form; a new key is in the very answer to its making and nowhere else."""
    user, key, status = signed_in(request), None, 200
    form = TokenForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            key = form.issue(user)[1]
            form, status = TokenForm(), 201
        else:
            status = 400
    context = {
        "form": form,
        "key": key,
        "tokens": ApiToken.objects.all().visible_to(user),
        "now": timezone.now(),
    }
    return render(request, "people/tokens.html", context, status=status)


@require_POST
def revocation(request: HttpRequest, uid: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.all().visible_to(signed_in(request)), uid=uid)
    token.revoke()
    messages.success(request, f"Token {token} revoked. Programs using it are refused now.")
    return redirect("settings_tokens")
