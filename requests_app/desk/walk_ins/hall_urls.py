"""The public screens of the offices, mounted at /salle/."""

from django.urls import path

from requests_app.desk.walk_ins import hall

app_name = "hall"
urlpatterns = [
    path("<slug:office>/", hall.screen, name="screen"),
    path("<slug:office>/borne/<slug:key>/", hall.kiosk, name="kiosk"),
    path("<slug:office>/borne/<slug:key>/<int:number>/", hall.given, name="given"),
]
