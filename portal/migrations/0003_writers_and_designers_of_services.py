"""Who writes services and who publishes them; neither serves in an office, so neither sees a request."""

from django.db import migrations

# What Wagtail's own editors may do with pages, pictures and documents, writers and designers may too.
LIKE = "Editors"
WRITES = [
    ("builder", "servicedraft", ("add", "change", "delete", "view")),
]
DESIGNS = [
    ("catalogue", "restriction", ("add", "change", "delete", "view")),
    ("catalogue", "cannedreply", ("add", "change", "view")),
    ("catalogue", "rejectionmotive", ("add", "change", "view")),
]
GROUPS = {"Rédacteurs": WRITES, "Concepteurs de démarches": [*WRITES, *DESIGNS]}
PUBLISHERS = "Concepteurs de démarches"


def permission(apps, label, model, codename, name):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    kind, _ = ContentType.objects.get_or_create(app_label=label, model=model)
    found, _ = Permission.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": name})
    return found


def gather(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    like = Group.objects.filter(name=LIKE).first()
    for name, models in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for label, model, actions in models:
            for action in actions:
                said = f"Can {action} {model}"
                group.permissions.add(permission(apps, label, model, f"{action}_{model}", said))
        if like:
            follow(apps, group, like)
        group.permissions.add(permission(apps, "wagtailadmin", "admin", "access_admin", "Can access Wagtail admin"))
    publish = permission(
        apps, "catalogue", "service", "publish_service", "Peut publier, retirer et rouvrir une démarche"
    )
    Group.objects.get(name=PUBLISHERS).permissions.add(publish)


def follow(apps, group, like):
    group.permissions.add(*like.permissions.all())
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    for row in GroupPagePermission.objects.filter(group=like):
        GroupPagePermission.objects.get_or_create(group=group, page_id=row.page_id, permission_id=row.permission_id)
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    for row in GroupCollectionPermission.objects.filter(group=like):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection_id=row.collection_id, permission_id=row.permission_id
        )


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_editors_write_notices"),
        ("builder", "0001_service_drafts"),
        ("catalogue", "0003_services_made_on_screen"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]
