"""The addresses of relay agents, mounted at /relais/: staff login, second factor, accreditation of today."""

from django.urls import path

from requests_app.relay import views

app_name = "relay"
urlpatterns = [
    path("", views.home, name="home"),
    path("<uuid:token>/accord/", views.consent, name="consent"),
]
