"""Public addresses of verification; those printed on paper have no language prefix, /en/v/… is English."""

from django.urls import path, re_path

from civil_status.documents import views

app_name = "documents"
urlpatterns = [
    path("v/", views.type_code, name="type-code"),
    re_path(r"^[vV]/(?P<code>[^/]{1,200})$", views.answer_code, name="verify"),
    path(".well-known/documents/keys.json", views.published_keys, name="keys"),
]
