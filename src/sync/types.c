#include "sync/types.h"

#include <string.h>

const struct sync_type sync_types[] = {
    { "Organization", NULL }, { "Location", NULL }, { "HealthcareService", NULL }, { "Practitioner", NULL },
    { "PractitionerRole", NULL }, { "CodeSystem", NULL }, { "ValueSet", NULL }, { "Questionnaire", NULL },
    { "Medication", NULL }, { "Device", NULL },
    { "Schedule", NULL }, { "Slot", NULL },
    { "Patient", "" }, { "RelatedPerson", "patient" }, { "Person", "patient" }, { "Coverage", "beneficiary" },
    { "Account", "subject" }, { "EpisodeOfCare", "patient" }, { "Encounter", "patient" },
    { "Appointment", "patient" }, { "AppointmentResponse", "patient" }, { "CareTeam", "patient" },
    { "Condition", "patient" }, { "AllergyIntolerance", "patient" }, { "AdverseEvent", "subject" },
    { "Procedure", "patient" }, { "Observation", "patient" }, { "DiagnosticReport", "patient" },
    { "Specimen", "patient" }, { "ImagingStudy", "patient" }, { "Media", "patient" },
    { "BodyStructure", "patient" }, { "MolecularSequence", "patient" },
    { "Immunization", "patient" }, { "ImmunizationEvaluation", "patient" },
    { "ImmunizationRecommendation", "patient" }, { "MedicationRequest", "patient" },
    { "MedicationStatement", "patient" }, { "MedicationAdministration", "patient" },
    { "MedicationDispense", "patient" }, { "Goal", "patient" }, { "CarePlan", "patient" },
    { "ServiceRequest", "patient" }, { "DeviceRequest", "patient" }, { "DeviceUseStatement", "patient" },
    { "NutritionOrder", "patient" }, { "VisionPrescription", "patient" }, { "RequestGroup", "patient" },
    { "SupplyRequest", "subject" }, { "SupplyDelivery", "patient" }, { "Flag", "patient" },
    { "RiskAssessment", "patient" }, { "ClinicalImpression", "patient" }, { "DetectedIssue", "patient" },
    { "FamilyMemberHistory", "patient" }, { "Consent", "patient" }, { "Composition", "patient" },
    { "DocumentReference", "patient" }, { "DocumentManifest", "patient" }, { "List", "patient" },
    { "QuestionnaireResponse", "patient" }, { "Communication", "patient" },
    { "CommunicationRequest", "patient" }, { "Task", "patient" }, { "Claim", "patient" },
    { "ClaimResponse", "patient" }, { "ExplanationOfBenefit", "patient" },
    { "CoverageEligibilityRequest", "patient" }, { "CoverageEligibilityResponse", "patient" },
    { "EnrollmentRequest", "patient" }, { "Invoice", "patient" }, { "ChargeItem", "patient" },
    { "ResearchSubject", "patient" }, { "MeasureReport", "patient" }, { "Group", "member" },
    { "Basic", "patient" }, { "Provenance", "patient" },
    { NULL, NULL },
};

const struct sync_type *sync_type_find(const char *type)
{
    for (const struct sync_type *t = sync_types; t->type; t++)
        if (strcmp(t->type, type) == 0)
            return t;
    return NULL;
}
