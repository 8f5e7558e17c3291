from django.urls import include, path

from lindung.outreach.web import conversation_views, inbox_views, lines_views

urlpatterns = [
    path("", include("lindung.outreach.web.entry_urls")),
    path("kanal/whatsapp/", lines_views.whatsapp_webhook, name="whatsapp_webhook"),
    path("kanal/sms/", lines_views.sms_webhook, name="sms_webhook"),
    path("kotak-masuk/", inbox_views.inbox, name="inbox"),
    path("kotak-masuk/tak-terbaca/<uuid:received_id>/", inbox_views.unreadable, name="unreadable"),
    path("kotak-masuk/<uuid:sender_id>/", inbox_views.sender, name="sender"),
    path("kotak-masuk/<uuid:sender_id>/putuskan/", inbox_views.decide, name="decide_sender"),
    path(
        "pekerja/<uuid:worker_id>/percakapan/",
        conversation_views.conversation,
        name="conversation",
    ),
    path("pekerja/<uuid:worker_id>/percakapan/tulis/", conversation_views.say, name="say"),
    path("pekerja/<uuid:worker_id>/percakapan/telepon/", conversation_views.call, name="call"),
    path("pekerja/<uuid:worker_id>/tatap-muka/", conversation_views.walk_in, name="walk_in"),
    path("pekerja/<uuid:worker_id>/aman/", conversation_views.safety, name="safety"),
    path("lampiran/<uuid:medium_id>/", conversation_views.enclosure, name="enclosure"),
]
