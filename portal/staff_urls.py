"""The door of the staff, mounted at /compte/."""

from django.urls import path

from portal import lock_views, staff_views

app_name = "staff"
urlpatterns = [
    path("connexion/", staff_views.login, name="login"),
    path("second-facteur/", staff_views.second_factor_code, name="second-factor"),
    path("telephone/", staff_views.enrol, name="enrol"),
    path("codes-de-secours/", staff_views.recovery_codes, name="recovery-codes"),
    path("verrouiller/", lock_views.lock, name="lock"),
    path("ecran-verrouille/", lock_views.unlock, name="unlock"),
    path("code-court/", lock_views.pin, name="pin"),
    path("garder/", lock_views.keep, name="keep"),
    path("rendre/", lock_views.kept, name="kept"),
    path("present/", lock_views.awake, name="awake"),
    path("deconnexion/", staff_views.logout, name="logout"),
]
