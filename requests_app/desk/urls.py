"""The desk, mounted at /agent/. Every page needs the second factor."""

from django.urls import path

from requests_app.desk import (
    case,
    counter,
    documents,
    helping,
    labels,
    letters,
    opinions,
    outages,
    outgoing,
    queue,
    saved_views,
    signing,
)
from requests_app.desk.acts import ACTS, act_page
from requests_app.desk.dossier import amending, gate, notes, trace, twins
from requests_app.desk.overview import anomalies as overview_anomalies
from requests_app.desk.overview import city as overview_city
from requests_app.desk.overview import office as overview_office
from requests_app.desk.walk_ins import handing, slips, tickets, unclaimed

CASE = "demande/<str:reference>/"

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("signature/", signing.sign, name="sign"),
    path("nouvelle-demande/", counter.new, name="new"),
    path("guichet/<slug:slug>/", counter.fill, name="counter"),
    path("guichet/<slug:slug>/<int:number>/", counter.fill, name="counter-version"),
    path("depot/<str:reference>/", counter.filed, name="filed"),
    path("depot/<str:reference>/ticket.pdf", counter.ticket, name="ticket"),
    path("salle/", tickets.room, name="room"),
    path("salle/<slug:office>/", tickets.room, name="room"),
    path("salle/<slug:office>/appeler/", tickets.call, name="call-ticket"),
    path("salle/<slug:office>/<slug:act>/", tickets.end, name="end-ticket"),
    path("non-reclames/", unclaimed.waiting, name="unclaimed"),
    path("non-reclames/<slug:office>/", unclaimed.waiting, name="unclaimed"),
    path("non-reclames/<slug:office>/export.csv", unclaimed.export, {"kind": "csv"}, name="unclaimed-export"),
    path("non-reclames/<slug:office>/export.xlsx", unclaimed.export, {"kind": "xlsx"}, name="unclaimed-sheet-export"),
    path("bordereaux/", slips.report, name="slips"),
    path("bordereaux/<slug:office>/", slips.report, name="slips"),
    path("bordereaux/<slug:office>/feuille.pdf", slips.sheet, name="slip-sheet"),
    path("bordereaux/<slug:office>/export.csv", slips.export, {"kind": "csv"}, name="slips-export"),
    path("bordereaux/<slug:office>/export.xlsx", slips.export, {"kind": "xlsx"}, name="slips-sheet-export"),
    path("bordereau/<str:code>/", slips.one, name="slip"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<int:pk>/annuler/", documents.revoke, name="revoke"),
    path("documents/<int:pk>/document.pdf", signing.document_file, name="document"),
    path("avis/", opinions.to_give, name="opinions"),
    path("avis/<int:pk>/", opinions.give, name="give-opinion"),
    path("avis/<int:pk>/s-en-passer/", opinions.drop, name="drop-opinion"),
    path("mon-bureau/", outages.office_now, name="office-now"),
    path("mon-bureau/panne/<int:pk>/terminee/", outages.end, name="end-outage"),
    path("entraide/", helping.to_help, name="to-help"),
    path("entraide/<int:pk>/aider/", helping.accept, name="accept-help"),
    path("entraide/<int:pk>/rendre/", helping.give_back, name="give-back"),
    path("envois/", outgoing.outbox, name="outbox"),
    path("envois/<int:pk>/relancer/", outgoing.retry, name="retry"),
    path("vues/", saved_views.views, name="views"),
    path("vues/garder/", saved_views.keep, name="keep-view"),
    path("vues/<int:pk>/renommer/", saved_views.rename, name="rename-view"),
    path("vues/<int:pk>/effacer/", saved_views.erase, name="erase-view"),
    path("etiquettes/", labels.labels, name="labels"),
    path("etiquettes/<slug:office>/nouvelle/", labels.create, name="create-label"),
    path("etiquettes/<int:pk>/changer/", labels.change, name="change-label"),
    path(CASE, case.case_page, name="case"),
    path(f"{CASE}ouvrir/", gate.open_case, name="open"),
    path(f"{CASE}journal/", trace.trace, name="journal"),
    path(f"{CASE}journal.csv", trace.export, name="journal-csv"),
    path(f"{CASE}note/", notes.add, name="note"),
    path(f"{CASE}corriger/<slug:key>/", amending.amend, name="amend"),
    path(f"{CASE}comparer/<str:other>/", twins.compare, name="compare"),
    path(f"{CASE}comparer/<str:other>/verdict/", twins.judge, name="judge-duplicate"),
    path(f"{CASE}comparer/<str:other>/classer/", twins.close, name="close-duplicate"),
    path(f"{CASE}piece/<int:pk>/", case.evidence_file, name="evidence-file"),
    path(f"{CASE}entraide/", helping.offer, name="offer-help"),
    path(f"{CASE}ecrire/", letters.write, name="write"),
    path(f"{CASE}etiqueter/", labels.put, name="put-label"),
    path(f"{CASE}etiquette/<int:pk>/retirer/", labels.remove, name="remove-label"),
    path(f"{CASE}lu/", letters.have_read, name="have-read"),
    path(f"{CASE}specimen.pdf", signing.preview, name="preview"),
    path(f"{CASE}{ACTS['issue'].slug}/", signing.issue, name="issue"),
    path(f"{CASE}{ACTS['deliver'].slug}/", handing.hand_over, name="deliver"),
    path(f"{CASE}remise/signature/", handing.signature, name="hand-over-signature"),
    *[
        path(f"{CASE}{act.slug}/", act_page, {"name": act.name}, name=act.name.replace("_", "-"))
        for act in ACTS.values()
        if act.name not in ("issue", "deliver")
    ],
    path("anomalies/", overview_anomalies.anomalies, name="anomalies"),
    path("anomalies/anomalies.csv", overview_anomalies.sheet, name="anomalies-sheet"),
    path("anomalies/<int:pk>/", overview_anomalies.anomaly, name="anomaly"),
    path("chiffres/", overview_city.city_figures, name="city-figures"),
    path("chiffres/ville.csv", overview_city.city_sheet, name="city-sheet"),
    path("chiffres/<slug:office>/", overview_office.office_figures, name="office-figures"),
    path("chiffres/<slug:office>/chiffres.csv", overview_office.office_sheet, name="office-sheet"),
    path("<slug:office>/", queue.queue, name="queue"),
    path("<slug:office>/export.csv", queue.export, name="export"),
    path("<slug:office>/export.xlsx", queue.export, {"kind": "xlsx"}, name="export-xlsx"),
]
