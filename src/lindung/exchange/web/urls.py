"""Addresses of the exchange: the protocol's, and the page that people watch it on."""

from __future__ import annotations

from django.urls import path

from lindung.exchange.web import (
    differences,
    lines,
    matching,
    message,
    node,
    reconciling,
    repair,
    sharing,
    status,
    trust,
    views,
    worksheets,
)
from lindung.exchange.web.xroad import by_agreed_road

urlpatterns = [
    path(".well-known/lindung-exchange.json", node.key_document, name="exchange-keys"),
    path("exchange/v1/messages", by_agreed_road(node.messages), name="exchange-messages"),
    path("exchange/v1/subjects", by_agreed_road(node.subjects), name="exchange-subjects"),
    path("exchange/v1/digests", reconciling.nodes, name="exchange-digests"),
    path("exchange/v1/records", reconciling.records, name="exchange-records"),
    path("exchange/v1/leaves", reconciling.leaves, name="exchange-leaves"),
    path("exchange/v1/head", reconciling.head, name="exchange-head"),
    path("exchange/v1/head/proof", reconciling.proof, name="exchange-proof"),
    path("exchange/v1/schemas/<slug:name>.v1.json", node.schema, name="exchange-schema"),
    path("status/pertukaran/", status.page, name="exchange-status"),
    path("status/pertukaran.json", status.data, name="exchange-status-data"),
    path("pertukaran/", views.overview, name="exchange"),
    path("pertukaran/lembar-kerja/", worksheets.waiting, name="exchange-sheets"),
    path("pertukaran/lembar-kerja/<uuid:message_id>/", worksheets.copying, name="exchange-sheet"),
    path(
        "pertukaran/lembar-kerja/periksa/<uuid:sheet_id>/",
        worksheets.checking,
        name="exchange-sheet-check",
    ),
    path(
        "pertukaran/lembar-kerja/periksa/<uuid:sheet_id>/kembalikan/",
        worksheets.returning,
        name="exchange-sheet-return",
    ),
    path(
        "pertukaran/lembar-kerja/kabar/<slug:code>/<slug:name>/",
        worksheets.telling,
        name="exchange-sheet-told",
    ),
    path("pertukaran/sambungan/", lines.page, name="exchange-lines"),
    path("pertukaran/sambungan/<slug:code>/coba-lagi/", lines.resume, name="exchange-line-resume"),
    path(
        "pertukaran/sambungan/berkas/<uuid:drop_id>/dilihat/",
        lines.looked,
        name="exchange-drop-looked",
    ),
    path("pertukaran/pesan/<uuid:message_id>/", message.message, name="exchange-message"),
    path("pertukaran/pesan/<uuid:message_id>/asli/", message.raw, name="exchange-raw"),
    path("pertukaran/pesan/<uuid:message_id>/kirim-ulang/", views.resend, name="exchange-resend"),
    path("pertukaran/pesan/<uuid:message_id>/kenali/", matching.match, name="exchange-match"),
    path("pertukaran/pesan/<uuid:message_id>/olah-lagi/", repair.try_again, name="exchange-again"),
    path("pertukaran/pesan/<uuid:message_id>/sisihkan/", repair.leave_out, name="exchange-aside"),
    path("pertukaran/pesan/<uuid:message_id>/selesai/", repair.settle, name="exchange-settle"),
    path("pertukaran/pesan/<uuid:message_id>/perbaiki/", repair.correct, name="exchange-correct"),
    path("pertukaran/usul/<uuid:act_id>/pesan/", repair.answer, name="exchange-aside-answer"),
    path("pertukaran/usul/<uuid:act_id>/kunci/", trust.answer, name="exchange-trust-answer"),
    path("pertukaran/selisih/<uuid:difference_id>/", differences.act, name="exchange-difference"),
    path("pertukaran/masa-lalu/<uuid:alarm_id>/", differences.close, name="exchange-past-close"),
    path("pertukaran/<slug:code>/selisih/", differences.listing, name="exchange-differences"),
    path("pertukaran/<slug:code>/", views.overview, name="exchange-partner"),
    path("pertukaran/<slug:code>/pesan/", views.listing, name="exchange-messages-of"),
    path("pertukaran/<slug:code>/kenali/", matching.waiting, name="exchange-matching"),
    path("pertukaran/<slug:code>/perbaikan/", repair.waiting, name="exchange-repair"),
    path("pertukaran/<slug:code>/yang-dibagikan/", sharing.shared, name="exchange-shared"),
    path("pertukaran/<slug:code>/kunci/", trust.keys, name="exchange-trust"),
    path("pertukaran/<slug:code>/kunci/usul/", trust.ask, name="exchange-trust-ask"),
]
