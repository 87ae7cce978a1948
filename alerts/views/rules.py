"""What is alerted to and who hears of it: for everybody to read, for administrators to change."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from alerts.forms.rules import AlertRuleForm
from alerts.models import Alert, AlertRule
from people.models import Organisation
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All kinds. Administrators read how many are open, others of how many they were told."""
    user = signed_in(request)
    mine = Alert.objects.all() if user.is_administrator else Alert.objects.visible_to(user)
    counted = mine.open().one_by_one().order_by().values("kind").annotate(number=Count("pk"))
    numbers = dict(counted.values_list("kind", "number"))
    known = AlertRule.all_known().values()
    context = {
        "rules": [(rule, numbers.get(rule.kind, 0)) for rule in known],
        "currency": Organisation.current().currency,
    }
    return render(request, "alerts/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def rule(request: HttpRequest, kind: str) -> HttpResponse:
    found = AlertRule.all_known().get(kind)
    if found is None:
        raise Http404
    currency = Organisation.current().currency
    form = AlertRuleForm(found, currency, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form.reset() if "reset" in request.POST else form.save()):
        messages.success(request, f"{found}: saved. It holds from the next minute on.")
        return redirect("settings_alert_rules")
    context = {"rule": found, "form": form, "currency": currency}
    return render(request, "alerts/rule.html", context, status=form.status)
