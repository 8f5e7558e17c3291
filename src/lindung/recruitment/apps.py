from django.apps import AppConfig


class RecruitmentConfig(AppConfig):
    name = "lindung.recruitment"
    label = "recruitment"
