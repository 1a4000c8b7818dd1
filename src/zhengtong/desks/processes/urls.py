"""Addresses of the processes desk."""

from django.urls import path

from zhengtong.desks.processes.views import designing, listing, moving, publishing, tables, trying, waiting

app_name = "processes"
urlpatterns = [
    path("desk/processes/", listing.show_processes, name="processes"),
    path("desk/processes/new/", listing.new_process, name="new"),
    path("desk/processes/problems/<int:problem_id>/settle/", listing.settle, name="settle"),
    path("desk/processes/tables/", tables.show_tables, name="tables"),
    path("desk/processes/tables/new/", tables.new_table, name="new_table"),
    path("desk/processes/tables/<slug:code>/", tables.edit_table, name="table"),
    path("desk/processes/instances/<int:instance_id>/drawing/", waiting.show_instance, name="instance"),
    path("desk/processes/<slug:code>/", designing.show_process, name="process"),
    path("desk/processes/<slug:code>/design/", designing.design, name="design"),
    path("desk/processes/<slug:code>/save/", designing.save, name="save"),
    path("desk/processes/<slug:code>/expression/", designing.check_expression, name="expression"),
    path("desk/processes/<slug:code>/retire/", designing.retire, name="retire"),
    path("desk/processes/<slug:code>/simulate/", trying.show_simulation, name="simulate"),
    path("desk/processes/<slug:code>/publish/", publishing.publish, name="publish"),
    path("desk/processes/<slug:code>/versions/<int:number>/", publishing.show_version, name="version"),
    path("desk/processes/<slug:code>/versions/<int:number>/download/", publishing.download, name="download"),
    path("desk/processes/<slug:code>/migrate/", moving.migrate, name="migrate"),
    path("desk/processes/<slug:code>/heat/", waiting.show_heat, name="heat"),
    path("desk/processes/<slug:code>/waiting/", waiting.show_waiting, name="waiting"),
]
