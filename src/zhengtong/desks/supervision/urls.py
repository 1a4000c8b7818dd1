"""Addresses under /desk/supervision/."""

from django.urls import path

from zhengtong.desks.supervision.views import case, cases, drill, report, urging, wall

app_name = "supervision"
urlpatterns = [
    path("cases/", cases.show_cases, name="cases"),
    path("cases/export.csv", cases.export_cases, name="export"),
    path("cases/<str:number>/", case.show_case, name="case"),
    path("cases/<str:number>/urge/", case.urge, name="urge"),
    path("cases/<str:number>/papers/<str:code>/", case.show_paper, name="paper"),
    path("drill/", drill.show_all, name="drill"),
    path("drill/regions/<str:code>/", drill.show_county, name="county"),
    path("drill/organs/<int:pk>/", drill.show_organ, name="organ"),
    path("drill/organs/<int:pk>/items/<str:code>/", drill.show_organ_item, name="organ_item"),
    path("drill/organs/<int:pk>/people/<int:appointment>/", drill.show_person, name="person"),
    path("report/", report.show_report, name="report"),
    path("report/report.xlsx", report.download_sheet, name="report_sheet"),
    path("report/issue/", report.issue, name="report_issue"),
    path("report/papers/<str:code>/", report.show_paper, name="report_paper"),
    path("wall/", wall.show_wall, name="wall"),
    path("wall/figures/", wall.show_figures, name="wall_figures"),
    path("wall/displays/", wall.show_displays, name="displays"),
    path("wall/displays/<int:display_id>/revoke/", wall.revoke, name="display_revoke"),
    path("display/<str:token>/", wall.show_display, name="display"),
    path("display/<str:token>/figures/", wall.show_display_figures, name="display_figures"),
    path("urgings/<int:urging_id>/", urging.show_urging, name="urging"),
]
