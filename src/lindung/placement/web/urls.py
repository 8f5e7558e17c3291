from django.urls import path

from lindung.placement.web import (
    amend,
    bulk,
    consent,
    draft,
    handing,
    impact,
    twin,
    versions,
    views,
)

urlpatterns = [
    path("pekerja/<uuid:worker_id>/penempatan/", views.open_placement, name="open_placement"),
    path("penempatan/<uuid:placement_id>/", views.placement, name="placement"),
    path("penempatan/<uuid:placement_id>/syarat/", views.settle, name="settle"),
    path("penempatan/<uuid:placement_id>/langkah/", views.step, name="placement_step"),
    path(
        "penempatan/<uuid:placement_id>/serahkan/<slug:requirement>/",
        handing.hand_in,
        name="hand_in",
    ),
    path("penempatan/<uuid:placement_id>/kontrak/", draft.draft, name="draft_contract"),
    path("penempatan/<uuid:placement_id>/kontrak/aturan/", draft.verdicts, name="draft_verdicts"),
    path("kontrak/", bulk.contracts, name="contracts"),
    path("kontrak/tinjau/", bulk.look_through, name="look_through_contracts"),
    path("kontrak/setujui/", bulk.verify_many, name="verify_contracts"),
    path("kontrak/dampak/", impact.changes, name="law_changes"),
    path("kontrak/dampak/<str:rule>/<str:start>/", impact.contracts, name="law_change"),
    path("kontrak/dampak/<str:rule>/<str:start>/hitung/", impact.count, name="count_law_change"),
    path("kontrak/temuan/<uuid:finding_id>/", twin.answer, name="answer_finding"),
    path("kontrak/<uuid:contract_id>/", views.contract, name="contract"),
    path("kontrak/<uuid:contract_id>/ubah/", amend.amend, name="amend_contract"),
    path("kontrak/<uuid:contract_id>/ubah/aturan/", amend.verdicts, name="amend_verdicts"),
    path("kontrak/<uuid:contract_id>/versi/", versions.versions, name="contract_versions"),
    path("kontrak/<uuid:contract_id>/persetujuan/", consent.consent, name="employer_consent"),
    path("kontrak/<uuid:contract_id>/putusan/", views.decide, name="decide_contract"),
]
