"""CSV files: upload, say how to read them, check all rows, commit, read what was wrong."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import TooLarge
from api.fields import Text
from api.filters import FilterSet
from api.parsers import StrictJSONParser
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Deletable, Editable, Operation, Readable, describes, find, verb
from api.shapes import Body, Representation
from pipeline.imports import kinds
from pipeline.imports.intake import FORMATS
from pipeline.imports.questions import ColumnQuestions, questions
from pipeline.imports.report import error_file
from pipeline.models import Import, ImportProblem

BESIDE_THE_FILE = 100_000  # bytes a multipart body may have more than its file
ACTIONS = ["use", "empty", "create", "error", "won", "lost"]


class ImportSerializer(Representation):
    """Counts are rows. `checked` says what a commit would do, `done` what was done."""

    class Meta:
        model = Import
        fields = (
            "id",
            "kind",
            "state",
            "original_name",
            "rows",
            "rows_done",
            "created",
            "changed",
            "unchanged",
            "rejected",
            "error",
            "created_by",
            "created_at",
            "started_at",
            "finished_at",
            "version",
        )


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    samples = serializers.ListField(child=serializers.CharField())


class FormatSerializer(serializers.Serializer[Any]):
    """As inferred from all rows; "" where they can be read in two ways and you must say."""

    encoding = serializers.ChoiceField(choices=list(FORMATS["encoding"]))
    delimiter = serializers.ChoiceField(choices=list(FORMATS["delimiter"]))
    decimal = serializers.ChoiceField(choices=list(FORMATS["decimal"]), allow_blank=True)
    date_order = serializers.ChoiceField(choices=list(FORMATS["date_order"]), allow_blank=True)


class ActionSerializer(Body):
    """What to do with a value: `use` another one (`with`), `empty` treats it as missing."""

    do = serializers.ChoiceField(choices=ACTIONS)

    def get_fields(self) -> dict[str, Any]:
        other = Text(required=False, max_length=500, help_text="The value to use.")
        return {**super().get_fields(), "with": other}


class Actions(serializers.DictField):
    """Value of the file -> action; null takes one back; "*" is for all unknown values."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=ActionSerializer(allow_null=True), **kwargs)


class ImportDetailSerializer(ImportSerializer):
    columns = serializers.SerializerMethodField()
    format = FormatSerializer()
    mapping = serializers.DictField(
        child=serializers.CharField(), help_text="Column -> field, empty for an ignored one."
    )
    values = serializers.DictField(child=Actions(), help_text="Column -> value -> action.")
    also_created = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Import
        fields = (
            *ImportSerializer.Meta.fields,
            "columns",
            "format",
            "mapping",
            "values",
            "closed_stage",
            "also_created",
        )

    def get_columns(self, source: Import) -> ColumnSerializer(many=True):  # type: ignore[valid-type]
        return [{"name": c["name"], "samples": c["samples"]} for c in source.survey["columns"]]


class UploadSerializer(Body):
    kind = serializers.ChoiceField(choices=kinds.choices())
    file = serializers.FileField(allow_empty_file=True)


class FormatBodySerializer(Body):
    encoding = serializers.ChoiceField(choices=list(FORMATS["encoding"]), required=False)
    delimiter = serializers.ChoiceField(choices=list(FORMATS["delimiter"]), required=False)
    decimal = serializers.ChoiceField(choices=list(FORMATS["decimal"]), required=False)
    date_order = serializers.ChoiceField(choices=list(FORMATS["date_order"]), required=False)


class ArrangementSerializer(Body):
    """How to read the file. Columns and values that are not named stay as they are."""

    format = FormatBodySerializer(required=False)
    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=50), required=False
    )
    values = serializers.DictField(child=Actions(), required=False)
    closed_stage = Text(max_length=100, required=False, allow_blank=True)


class ProblemSerializer(Representation):
    """`line` counts from 1, the header included; without `column` it is the whole line."""

    class Meta:
        model = ImportProblem
        fields = ("id", "line", "column", "value", "reason")


class QuestionSerializer(serializers.Serializer[Any]):
    """A value that cannot stand as it is; `likely` are names that may be meant."""

    column = serializers.CharField()
    value = serializers.CharField()
    times = serializers.IntegerField()
    reason = serializers.CharField()
    likely = serializers.ListField(child=serializers.CharField())


class QuestionsSerializer(serializers.Serializer[Any]):
    """By column the values that most rows have; `more` says how many are not shown."""

    column = serializers.CharField()
    field = serializers.CharField()
    open_rows = serializers.IntegerField()
    more = serializers.IntegerField()
    questions = QuestionSerializer(many=True)


class CsvRenderer(JSONRenderer):
    """Lets a client ask for text/csv; the file itself is streamed, errors stay JSON."""

    media_type, format = "text/csv", "csv"

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        context["response"]["Content-Type"] = JSONRenderer.media_type
        return super().render(data, JSONRenderer.media_type, context)


class ImportFilters(FilterSet):
    class Meta:
        model = Import
        fields: ClassVar[list[str]] = ["kind", "state"]


class Imports(Readable, Creatable, Editable, Deletable):
    """For administrators. POST the file as multipart/form-data, then map, check and commit it.

    Check and commit answer at once; read the import again for `state` and `rows_done`.
    """

    queryset = Import.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class, detail_class = ImportSerializer, ImportDetailSerializer
    body_class, change_class = UploadSerializer, ArrangementSerializer
    filterset_class = ImportFilters
    order = "-id"

    def get_parsers(self) -> list[BaseParser]:
        is_upload = self.request is not None and self.request.method == "POST" and not self.kwargs
        if getattr(self, "action", None) == "create" or is_upload:
            return [MultiPartParser()]
        return [StrictJSONParser()]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        sent = request.META.get("CONTENT_LENGTH") or "0"
        if int(sent) > settings.IMPORT_MAX_BYTES + BESIDE_THE_FILE:
            raise TooLarge(f"A file may have {settings.IMPORT_MAX_BYTES // 1_000_000} MB.")
        super().initial(request, *args, **kwargs)

    def make(self, values: dict[str, Any]) -> Import:
        file = values["file"]
        return Import.upload(values["kind"], file, name=file.name, **self.done())

    def change(self, thing: Import, values: dict[str, Any], **seen: int | None) -> None:
        thing.arrange(**values, **seen)

    def remove(self, thing: Import, **seen: int | None) -> None:
        """Discard the file of an import that was not committed."""
        thing.discard(**seen)

    @verb("check")
    def check(self, source: Import, *, by: Any, **seen: Any) -> None:
        """Check all rows; nothing is changed."""
        source.start_check(**seen)

    @verb("commit")
    def commit(self, source: Import, *, by: Any, **seen: Any) -> None:
        """Import what the check found good."""
        source.start_commit(**seen)

    @extend_schema(responses=QuestionsSerializer(many=True), filters=False)
    @action(detail=True, url_path="questions", pagination_class=None)
    def questions(self, request: Request, pk: str = "") -> Response:
        """The values that cannot stand as they are, to be answered in `values`."""
        return Response([_questions(column) for column in questions(self.get_object())])

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR}, filters=False, operation_id="problems_file"
    )
    @describes(Operation())
    def problems_file(self, request: Request, pk: str = "") -> StreamingHttpResponse:
        """The rows with problems as they came, with the reason: safe in a spreadsheet."""
        source = self.get_object()
        lines = error_file(source) if source.is_kept else iter([])
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


class ImportProblems(Readable):
    """What was wrong, in the order of the lines."""

    queryset = ImportProblem.objects.all()
    serializer_class = ProblemSerializer
    orders: ClassVar = {"line": "line"}
    order = "line"

    def list(self, request: Request, import_pk: str) -> Response:
        source = find(Import.objects.visible_to(request.user), import_pk)  # type: ignore[arg-type]
        rows = self.get_queryset().filter(source=source)
        page = self.paginate_queryset(self.filter_queryset(rows))
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page or []])


def _questions(asked: ColumnQuestions) -> dict[str, Any]:
    names = ("column", "value", "times", "reason", "likely")
    return {
        "column": asked.column,
        "field": asked.goes_to.name,
        "open_rows": asked.open_rows,
        "more": asked.more,
        "questions": [{name: getattr(q, name) for name in names} for q in asked.shown],
    }
