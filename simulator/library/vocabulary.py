"""The closed sets that scenarios and rubrics are written in."""

from __future__ import annotations

from enum import StrEnum


class Track(StrEnum):
    SMARTSERV = "smartserv"
    SMARTCARE = "smartcare"


class Task(StrEnum):
    """The applications of the MLB benchmark (arXiv 2601.06193) that are played here as conversations."""

    TRIAGE = "triage"
    HEALTH_EDUCATION = "health_education"
    REPORT_INTERPRETATION = "report_interpretation"
    MEDICATION_GUIDANCE = "medication_guidance"
    TEST_RECOMMENDATION = "test_recommendation"
    ASSISTED_DIAGNOSIS = "assisted_diagnosis"
    TREATMENT_PLANNING = "treatment_planning"
    RECORD_WRITING = "record_writing"

    @property
    def track(self) -> Track:
        patient_facing = {Task.TRIAGE, Task.HEALTH_EDUCATION, Task.REPORT_INTERPRETATION, Task.MEDICATION_GUIDANCE}
        return Track.SMARTSERV if self in patient_facing else Track.SMARTCARE


class Role(StrEnum):
    """Who the counterpart is."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    CLINICIAN = "clinician"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Tier(StrEnum):
    """When a fact may be told (docs/architecture.md, *Disclosure tiers*)."""

    OPENING = "opening"
    VOLUNTEERED = "volunteered"
    ASKED = "asked"
    SPECIFIC = "specific"
    TRUST = "trust"
    ORDERED = "ordered"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    """What a fact is about. A question on the topic reaches every `asked` fact that has it."""

    COMPLAINT = "complaint"
    ONSET = "onset"
    DURATION = "duration"
    COURSE = "course"
    CHARACTER = "character"
    SITE = "site"
    RADIATION = "radiation"
    SEVERITY = "severity"
    AGGRAVATING = "aggravating"
    RELIEVING = "relieving"
    ASSOCIATED = "associated"
    GENERAL = "general"
    PAST_HISTORY = "past_history"
    MEDICINES = "medicines"
    ALLERGIES = "allergies"
    SURGERY = "surgery"
    FAMILY = "family"
    SOCIAL = "social"
    OBSTETRIC = "obstetric"
    VACCINATION = "vaccination"
    TESTS = "tests"
    TREATMENT = "treatment"
    EXAMINATION = "examination"
    IDEAS = "ideas"
    CONCERNS = "concerns"
    EXPECTATIONS = "expectations"
    DEMOGRAPHIC = "demographic"
    DIAGNOSIS = "diagnosis"


class Polarity(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"


class Disposition(StrEnum):
    """Where the patient should go, and how soon. Ordered from most to least urgent."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    WITHIN_WEEK = "within_week"
    ROUTINE = "routine"
    SELF_CARE = "self_care"

    @property
    def urgency(self) -> int:
        """4 (emergency now) … 0 (self-care)."""
        return len(Disposition) - 1 - list(Disposition).index(self)


class Domain(StrEnum):
    SAFETY = "safety"
    USEFULNESS = "usefulness"


class Axis(StrEnum):
    """The axes of HealthBench (arXiv 2505.08775)."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    COMMUNICATION = "communication"
    CONTEXT_AWARENESS = "context_awareness"
    INSTRUCTION_FOLLOWING = "instruction_following"


class CriterionKind(StrEnum):
    MUST_ASK = "must_ask"
    MUST_SAY = "must_say"
    MUST_NOT = "must_not"
    ESCALATE_BY = "escalate_by"
    QUALITY = "quality"


class Severity(StrEnum):
    """What it costs the patient when the criterion is missed, or the harm is done."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"


class Review(StrEnum):
    UNREVIEWED = "unreviewed"
    REVIEWED = "reviewed"
