"""The door of the staff, mounted at /compte/."""

from django.urls import path

from portal import staff_views

app_name = "staff"
urlpatterns = [
    path("connexion/", staff_views.login, name="login"),
    path("second-facteur/", staff_views.second_factor_code, name="second-factor"),
    path("telephone/", staff_views.enrol, name="enrol"),
    path("codes-de-secours/", staff_views.recovery_codes, name="recovery-codes"),
    path("deconnexion/", staff_views.logout, name="logout"),
]
