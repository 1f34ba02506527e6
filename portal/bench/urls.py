"""The addresses of the site, and those of the floors."""

from django.urls import path

from portal.bench import case_page, dashboard, form_render, form_step, queue, submit, verify
from portal.urls import urlpatterns as site

urlpatterns = [
    path("bench/submit/<uuid:token>/", submit.floor),
    path("bench/verify/<str:code>", verify.floor),
    path("bench/queue/<slug:office>/", queue.floor),
    path("bench/figures/<slug:office>/", dashboard.floor),
    path("bench/case/<str:reference>/", case_page.floor),
    path("bench/form/<uuid:token>/", form_render.floor),
    path("bench/form/<uuid:token>/keep/", form_step.floor),
    *site,
]
