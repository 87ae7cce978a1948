"""The people who work here."""

from typing import Any, ClassVar

from api.filters import FilterSet, IdFilter, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable, Resource, undo, verb
from api.shapes import ModelBody, Representation
from people.models import User

WRITTEN = ["name", "email", "phone", "time_zone", "team", "joined_on", "is_administrator"]


class UserSerializer(Representation):
    """`reports_to` follows from the tree of teams."""

    class Meta:
        model = User
        fields = ["id", *WRITTEN, "reports_to", "is_active", "version"]


class UserBodySerializer(ModelBody):
    class Meta:
        model = User
        fields = WRITTEN


class ProfileSerializer(ModelBody):
    class Meta:
        model = User
        fields = ("name", "phone", "time_zone")


class UserFilters(FilterSet):
    team, reports_to = IdFilter(), IdFilter()
    is_active, is_administrator = TrueFalse(), TrueFalse()

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []


class Users(Readable, Creatable, Editable):
    """Oneself, those below and one's manager; administrators see and change all."""

    queryset = User.objects.get_queryset()
    permission_classes = ADMINISTRATED
    serializer_class = UserSerializer
    body_class = change_class = UserBodySerializer
    filterset_class = UserFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "name": "name"}

    def make(self, values: dict[str, Any]) -> User:
        return User.objects.create_user(values.pop("email", None), **values)

    @verb("deactivation")
    def deactivation(self, user: User, *, version: int | None, **done: Any) -> None:
        """End the person's access: sessions and tokens end at once, their work stays."""
        user.deactivate(version=version)

    @deactivation.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def reactivation(self, user: User, *, version: int | None, **done: Any) -> None:
        """Let the person sign in again; their old sessions and tokens stay gone."""
        user.activate(version=version)


class Me(Editable, Resource):
    """The person asking."""

    queryset = User.objects.get_queryset()
    serializer_class = UserSerializer
    change_class = ProfileSerializer

    def get_object(self) -> Any:
        return self.request.user

    def retrieve(self, request: Any) -> Any:
        return self.answer(request.user)
