"""The citizen's addresses: all public, none opens a case by its reference alone."""

from django.urls import path

from requests_app.citizen import begin, correct, demo, fill_in, follow, my_data, phone, receipts, space, track, uploads

app_name = "requests"
urlpatterns = [
    path("demarches/commencer/<slug:slug>/", begin.start, name="start"),
    path("demande/<uuid:token>/", begin.resume, name="resume"),
    path("demande/<uuid:token>/etape/<int:number>/", fill_in.step, name="step"),
    path("demande/<uuid:token>/coordonnees/", fill_in.contact, name="contact"),
    path("demande/<uuid:token>/pieces/", fill_in.evidence, name="evidence"),
    path("demande/<uuid:token>/pieces/<int:pk>/", fill_in.draft_file, name="draft-file"),
    path("demande/<uuid:token>/envois/", uploads.draft_uploads, name="draft-uploads"),
    path("demande/<uuid:token>/envois/<uuid:pk>/", uploads.draft_upload, name="draft-upload"),
    path("demande/<uuid:token>/verifier/", fill_in.review, name="review"),
    path("demande/<uuid:token>/envoyer/", fill_in.submit, name="submit"),
    path("demande/<uuid:token>/recu/", receipts.receipt, name="receipt"),
    path("demande/<uuid:token>/recu.pdf", receipts.receipt_pdf, name="slip"),
    path("completer/<uuid:token>/", correct.by_link, name="correct"),
    path("completer/<uuid:token>/pieces/<int:pk>/", correct.linked_file, name="corrected-file"),
    path("completer/<uuid:token>/envois/", uploads.corrected_uploads, name="corrected-uploads"),
    path("completer/<uuid:token>/envois/<uuid:pk>/", uploads.corrected_upload, name="corrected-upload"),
    path("suivi/", track.track, name="track"),
    path("suivi/code/", track.code, name="code"),
    path("suivi/code/nouveau/", track.new_code, name="new-code"),
    path("suivi/<str:reference>/", follow.case_page, name="case"),
    path("suivi/<str:reference>/completer/", correct.answer, name="answer"),
    path("suivi/<str:reference>/document.pdf", follow.download, name="download"),
    path("suivi/<str:reference>/retirer/", follow.withdraw, name="withdraw"),
    path("suivi/<str:reference>/pieces/<int:pk>/", follow.evidence_file, name="evidence-file"),
    path("suivi/<str:reference>/remplacer/", follow.replace, name="replace"),
    path("suivi/<str:reference>/envois/", uploads.case_uploads, name="case-uploads"),
    path("suivi/<str:reference>/envois/<uuid:pk>/", uploads.case_upload, name="case-upload"),
    path("mon-espace/", space.mine, name="space"),
    path("mon-espace/telephone/", phone.ask, name="phone"),
    path("mon-espace/code/", phone.code, name="phone-code"),
    path("mon-espace/code/nouveau/", phone.new_code, name="new-phone-code"),
    path("mon-espace/oublier/", phone.forget, name="forget-phone"),
    path("mon-espace/brouillons/<uuid:token>/effacer/", my_data.erase_draft, name="erase-draft"),
    path("mon-espace/donnees/", my_data.my_data, name="my-data"),
    path("mon-espace/donnees/mes-donnees.json", my_data.export, name="export-my-data"),
    path("mon-espace/donnees/effacer/", my_data.erase, name="erase-my-data"),
    path("mon-espace/donnees/adresse/", my_data.erase_addresses, name="erase-addresses"),
    path("demo/boite-aux-lettres/", demo.mailbox, name="demo-mailbox"),
]
