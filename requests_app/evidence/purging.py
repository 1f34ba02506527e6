"""Erasing what has been kept long enough after the end of a request, by class of personal data, with a report.

A file is kept the days that its piece says, or `settings.EVIDENCE_RETENTION_DAYS`, counted from the end of the
request; an answer that has a number of days of its own is erased the same way. The rows stay and say so.
Nothing of a request that is still open is touched.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from arrondissements import journal
from requests_app import indexing
from requests_app.catalogue.asking import FILE_TYPES
from requests_app.catalogue.evidence import attachable
from requests_app.catalogue.models import ServiceVersion
from requests_app.evidence import arriving, erasing
from requests_app.models import Correction, Evidence, FileState, ServiceRequest
from requests_app.states import FINAL_STATES

STILL_HERE = (FileState.AVAILABLE, FileState.QUARANTINE)
Definition = dict[str, Any]


@dataclass(frozen=True, order=True)
class RetentionClass:
    """A class of personal data (see `catalogue.shape.PERSONAL_CLASSES`) and the days it is kept."""

    personal: str
    days: int


@dataclass(frozen=True)
class Timed:
    """A question, or one part of a group, that is kept a time of its own."""

    key: str
    part: str
    kept: RetentionClass

    @property
    def path(self) -> str:
        return f"{self.key}.{self.part}" if self.part else self.key


@dataclass
class Report:
    """What was erased, or would be: files and bytes by class, answers by class, uploads that never arrived whole."""

    files: Counter[RetentionClass] = field(default_factory=Counter)
    bytes: Counter[RetentionClass] = field(default_factory=Counter)
    answers: Counter[RetentionClass] = field(default_factory=Counter)
    partial_files: int = 0
    partial_bytes: int = 0

    def __str__(self) -> str:
        files, weight = sum(self.files.values()), sum(self.bytes.values())
        return f"{files} files, {weight} bytes, {sum(self.answers.values())} answers, {self.partial_files} uploads"


def purge(*, dry_run: bool = False) -> Report:
    """Erase what is due and say what; twice is once."""
    now, report = timezone.now(), Report()
    for case in _ended_cases(now):
        with transaction.atomic():
            _purge_case(case, now, report, dry_run=dry_run)
    report.partial_files, report.partial_bytes = arriving.forget_old(now, dry_run=dry_run)
    return report


def _ended_cases(now: datetime.datetime) -> Iterator[ServiceRequest]:
    """The ended cases that still hold a file, or an answer that has a time of its own; none whose time is not over."""
    versions = list(ServiceVersion.objects.only("form", "evidence_i18n"))
    over = Q(pk__in=[])
    for days in {_least_days(version) for version in versions}:
        these = [version.pk for version in versions if _least_days(version) == days]
        over |= Q(version__in=these, ended_at__lte=now - datetime.timedelta(days=days))
    forgetful = [version.pk for version in versions if _timed_questions(version)]
    holds_files = Q(pk__in=Evidence.objects.filter(state__in=STILL_HERE).values("case"))
    ended = ServiceRequest.objects.filter(over, holds_files | Q(version__in=forgetful), state__in=FINAL_STATES)
    return ended.select_related("version", "office").order_by("pk").iterator(chunk_size=200)


def _least_days(version: ServiceVersion) -> int:
    """The days before which nothing of an ended case is due: a town ends far more cases in a year than in a day."""
    fields = [field for step in version.steps for field in step["fields"]]
    own = [_own_class(thing).days for thing in (*version.evidence_i18n, *fields)]
    return min(
        [settings.EVIDENCE_RETENTION_DAYS, *own, *(question.kept.days for question in _timed_questions(version))]
    )


def _purge_case(case: ServiceRequest, now: datetime.datetime, report: Report, *, dry_run: bool) -> None:
    files = [file for file in case.evidence.filter(state__in=STILL_HERE) if _is_over(case, _class_of(file, case), now)]
    for file in files:
        report.files[_class_of(file, case)] += 1
        report.bytes[_class_of(file, case)] += file.size
    answers, erased = dict(case.answers), []
    for question in _timed_questions(case.version):
        if _is_over(case, question.kept, now) and _forget_one(answers, question):
            report.answers[question.kept] += 1
            erased.append(question)
    if dry_run or not (files or erased):
        return
    for file in files:
        _erase(file, now)
    if erased:
        today = timezone.localdate(now).isoformat()
        days = case.erased | {question.path: today for question in erased}
        ServiceRequest.objects.filter(pk=case.pk).update(answers=answers, erased=days)
        case.answers = answers
        indexing.index_again(case)
        keys = [question.key for question in erased]
        Correction.objects.filter(case=case, field__in=keys).update(before=None, after=None, reason="")
    details = {
        "files": len(files),
        "bytes": sum(file.size for file in files),
        "pieces": sorted({file.piece for file in files}),
        "fields": sorted(question.path for question in erased),
    }
    journal.record("case.purge", obj=case.obj, by=None, office=case.office, details=details)


def _erase(file: Evidence, now: datetime.datetime) -> None:
    erase = erasing.of_files(file)
    extension = file.original_name.rsplit(".", 1)[-1]
    # Its name may say who is on it.
    Evidence.objects.filter(pk=file.pk).update(
        state=FileState.PURGED, purged_at=now, file="", original_name=f"{file.piece}.{extension}"
    )
    transaction.on_commit(erase, robust=True)


def _is_over(case: ServiceRequest, kept: RetentionClass, now: datetime.datetime) -> bool:
    return case.ended_at is not None and case.ended_at + datetime.timedelta(days=kept.days) <= now


def _class_of(file: Evidence, case: ServiceRequest) -> RetentionClass:
    """The class of a file: that of its piece; what came with a message is of no named class."""
    return _own_class(attachable(case.version, file.piece) or {})


def _own_class(thing: Definition) -> RetentionClass:
    return RetentionClass(thing.get("personal", "none"), thing.get("retention_days", settings.EVIDENCE_RETENTION_DAYS))


def _timed_questions(version: ServiceVersion) -> list[Timed]:
    """The questions answered in words that have a time of their own, and such parts of a group."""
    found = []
    for step in version.steps:
        for question in step["fields"]:
            if question["type"] in FILE_TYPES:
                continue
            timed = [part for part in question.get("fields", []) if "retention_days" in part]
            found += [Timed(question["key"], part["key"], _own_class(part)) for part in timed]
            if "retention_days" in question:
                found.append(Timed(question["key"], "", _own_class(question)))
    return found


def _forget_one(answers: dict[str, Any], question: Timed) -> bool:
    """Replace the answer by nothing; whether there was one."""
    value = answers.get(question.key)
    if not question.part:
        answers[question.key] = None
        return value is not None
    items = value or []
    answers[question.key] = value and [item | {question.part: None} for item in items]
    return any(item.get(question.part) is not None for item in items)
