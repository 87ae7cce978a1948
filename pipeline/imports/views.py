"""Pages of imports: upload, map, check, commit, report. For administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from lib.keyset import Page
from lib.verb_form import VersionedVerbForm
from people.permissions import administrators_only
from people.signed_in import signed_in
from pipeline.imports.forms import MappingForm, UploadForm
from pipeline.imports.report import MOST_GROUPS, also_made, error_file, figures, problem_groups
from pipeline.models import Import

MOST_LINES = 100


@require_safe
@administrators_only
def imports(request: HttpRequest) -> HttpResponse:
    rows = Import.objects.visible_to(signed_in(request)).select_related("created_by")
    page = Page.of(rows.defer("survey"), ["-pk"], request.GET)
    return render(request, "imports/imports.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": kind})
    person, now = signed_in(request), timezone.now()
    if request.method == "POST" and form.is_valid() and form.save(by=person, at=now):
        return redirect("import_mapping", form.source.pk)
    return render(request, "imports/new.html", {"form": form}, status=form.status)


@require_safe
@administrators_only
def import_(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while a job runs, else the report."""
    source = find(request, pk)
    if request.htmx and not source.is_running:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    if source.state in (Import.UPLOADED, Import.MAPPED):
        return redirect("import_mapping", pk)
    fragment = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"imports/import.html{fragment}", report_of(source))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    source = find(request, pk)
    if not source.is_editable:
        return redirect("import", pk)
    form = MappingForm(source, request.POST or None)
    check = request.POST.get("then") == "check"
    if request.method == "POST" and form.is_valid() and form.save(at=timezone.now(), check=check):
        if source.is_running:
            return redirect("import", pk)
        messages.success(request, "Saved. What is still open is marked below.")
        return redirect("import_mapping", pk)
    context = {"form": form, "import": source}
    return render(request, "imports/mapping.html", context, status=form.status)


@require_POST
@administrators_only
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    source, form = find(request, pk), VersionedVerbForm(request.POST)
    now = timezone.now()
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: source.start_commit(at=now, version=version)):
        return redirect("import", pk)
    context = report_of(find(request, pk)) | {"form": form}
    return render(request, "imports/import.html", context, status=form.status)


@require_POST
@administrators_only
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    source, form = find(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: source.discard(version=version)):
        messages.success(request, f"{source.original_name} discarded. Nothing was imported.")
        return redirect("imports")
    context = report_of(find(request, pk)) | {"form": form}
    return render(request, "imports/import.html", context, status=form.status)


@require_safe
@administrators_only  # type: ignore[arg-type]
def problems(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rows with problems as a CSV file."""
    source = find(request, pk)
    stem = source.original_name.rsplit(".", 1)[0].encode("ascii", "ignore").decode()
    name = "".join(c for c in stem if c.isalnum() or c in "-_ ") or "import"
    lines = error_file(source) if source.is_kept else iter([])
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-problems.csv"'
    return answer


def find(request: HttpRequest, pk: int) -> Import:
    """The import, or 404."""
    rows = Import.objects.visible_to(signed_in(request)).select_related("created_by")
    found: Import = get_object_or_404(rows, pk=pk)
    return found


def report_of(source: Import) -> dict[str, object]:
    """What the page of an import shows."""
    groups = problem_groups(source) if source.rejected else []
    return {
        "import": source,
        "figures": figures(source),
        "also_made": also_made(source),
        "groups": groups,
        "most_groups": len(groups) == MOST_GROUPS,
        "lines": source.problems.all()[:MOST_LINES] if source.rejected else [],
        "most_lines": MOST_LINES,
    }
