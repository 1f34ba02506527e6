"""The address an outside expert receives, mounted at /expert/: public, opened by its token alone."""

from django.urls import path

from requests_app.experts import page

app_name = "experts"
urlpatterns = [
    path("<uuid:token>/", page.opinion, name="opinion"),
    path("<uuid:token>/piece/<int:pk>/", page.file, name="file"),
]
