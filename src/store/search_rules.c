/* The search parameters of FHIR R4 that forms ask with, and where each looks. */
#include "store/search_rules.h"

#include <string.h>

#define MEDICATIONS "MedicationRequest MedicationStatement MedicationDispense MedicationAdministration"
#define PEOPLE "Patient Practitioner RelatedPerson"

static const struct search_rule rules[] = {
    { "_id", SEARCH_TOKEN, "*", "id", false },
    { "_lastUpdated", SEARCH_DATE, "*", "meta.lastUpdated", false },
    { "_tag", SEARCH_TOKEN, "*", "meta.tag", false },
    { "_security", SEARCH_TOKEN, "*", "meta.security", false },
    { "_profile", SEARCH_URI, "*", "meta.profile", false },
    { "identifier", SEARCH_TOKEN, "*", "identifier", false },
    { "status", SEARCH_TOKEN, "*", "status", false },

    { "code", SEARCH_TOKEN, "Observation Condition Procedure AllergyIntolerance DiagnosticReport ServiceRequest", "code", true },
    { "code", SEARCH_TOKEN, MEDICATIONS, "medicationCodeableConcept", true },
    { "code", SEARCH_TOKEN, "Medication Task List Substance RiskAssessment Basic CarePlan Flag", "code", false },
    { "code", SEARCH_TOKEN, "FamilyMemberHistory", "condition.code", false },
    { "vaccine-code", SEARCH_TOKEN, "Immunization", "vaccineCode", true },
    { "component-code", SEARCH_TOKEN, "Observation", "component.code", false },
    { "combo-code", SEARCH_TOKEN, "Observation", "code component.code", false },
    { "value-concept", SEARCH_TOKEN, "Observation", "valueCodeableConcept", false },
    { "category", SEARCH_TOKEN, "*", "category", false },
    { "clinical-status", SEARCH_TOKEN, "Condition AllergyIntolerance", "clinicalStatus", false },
    { "verification-status", SEARCH_TOKEN, "Condition AllergyIntolerance", "verificationStatus", false },
    { "lifecycle-status", SEARCH_TOKEN, "Goal", "lifecycleStatus", false },
    { "achievement-status", SEARCH_TOKEN, "Goal", "achievementStatus", false },
    { "criticality", SEARCH_TOKEN, "AllergyIntolerance", "criticality", false },
    { "severity", SEARCH_TOKEN, "Condition", "severity", false },
    { "body-site", SEARCH_TOKEN, "Condition", "bodySite", false },
    { "intent", SEARCH_TOKEN, "MedicationRequest ServiceRequest CarePlan Task DeviceRequest", "intent", false },
    { "priority", SEARCH_TOKEN, "MedicationRequest ServiceRequest Task Communication CommunicationRequest", "priority", false },
    { "relationship", SEARCH_TOKEN, "FamilyMemberHistory RelatedPerson", "relationship", false },
    { "class", SEARCH_TOKEN, "Encounter", "class", false },
    { "type", SEARCH_TOKEN, "*", "type", false },
    { "role", SEARCH_TOKEN, "PractitionerRole", "code", false },
    { "specialty", SEARCH_TOKEN, "PractitionerRole HealthcareService", "specialty", false },
    { "active", SEARCH_TOKEN, "*", "active", false },
    { "gender", SEARCH_TOKEN, PEOPLE, "gender", false },
    { "communication", SEARCH_TOKEN, "Practitioner", "communication", false },
    { "language", SEARCH_TOKEN, "Patient", "communication.language", false },
    { "phone", SEARCH_TOKEN, PEOPLE, "telecom", false },
    { "email", SEARCH_TOKEN, PEOPLE, "telecom", false },
    { "item-code", SEARCH_TOKEN, "Questionnaire", "item.code", false },

    { "date", SEARCH_DATE, "Observation", "effectiveDateTime effectivePeriod effectiveInstant", true },
    { "date", SEARCH_DATE, "DiagnosticReport", "effectiveDateTime effectivePeriod", true },
    { "date", SEARCH_DATE, "Immunization", "occurrenceDateTime", true },
    { "date", SEARCH_DATE, "Procedure", "performedDateTime performedPeriod", true },
    { "date", SEARCH_DATE, "Encounter CarePlan CareTeam EpisodeOfCare Flag", "period", true },
    { "date", SEARCH_DATE, "Appointment", "start", true },
    { "date", SEARCH_DATE, "AllergyIntolerance", "recordedDate", false },
    { "date", SEARCH_DATE, "Consent", "dateTime", false },
    { "date", SEARCH_DATE, "DocumentReference FamilyMemberHistory List Composition ClinicalImpression ImmunizationRecommendation", "date", false },
    { "date", SEARCH_DATE, "RiskAssessment", "occurrenceDateTime occurrencePeriod", false },
    { "authored", SEARCH_DATE, "QuestionnaireResponse", "authored", true },
    { "authoredon", SEARCH_DATE, "MedicationRequest", "authoredOn", true },
    { "authored", SEARCH_DATE, "ServiceRequest CommunicationRequest", "authoredOn", false },
    { "authored-on", SEARCH_DATE, "Task", "authoredOn", false },
    { "effective", SEARCH_DATE, "MedicationStatement", "effectiveDateTime effectivePeriod", true },
    { "effective-time", SEARCH_DATE, "MedicationAdministration", "effectiveDateTime effectivePeriod", true },
    { "onset-date", SEARCH_DATE, "Condition", "onsetDateTime onsetPeriod", false },
    { "onset", SEARCH_DATE, "AllergyIntolerance", "onsetDateTime onsetPeriod", false },
    { "abatement-date", SEARCH_DATE, "Condition", "abatementDateTime abatementPeriod", false },
    { "recorded-date", SEARCH_DATE, "Condition", "recordedDate", false },
    { "sent", SEARCH_DATE, "Communication", "sent", false },
    { "received", SEARCH_DATE, "Communication", "received", false },
    { "start-date", SEARCH_DATE, "Goal", "startDate", false },
    { "target-date", SEARCH_DATE, "Goal", "target.dueDate", false },
    { "birthdate", SEARCH_DATE, "Patient RelatedPerson", "birthDate", false },
    { "issued", SEARCH_DATE, "DiagnosticReport", "issued", false },

    { "encounter", SEARCH_REFERENCE, "*", "encounter context.encounter context", false },
    { "context", SEARCH_REFERENCE, "*", "encounter context.encounter context", false },
    { "performer", SEARCH_REFERENCE, "*", "performer performer.actor", false },
    { "requester", SEARCH_REFERENCE, "*", "requester", false },
    { "recorder", SEARCH_REFERENCE, "*", "recorder", false },
    { "asserter", SEARCH_REFERENCE, "*", "asserter", false },
    { "author", SEARCH_REFERENCE, "*", "author", false },
    { "source", SEARCH_REFERENCE, "*", "source", false },
    { "practitioner", SEARCH_REFERENCE, "Appointment", "participant.actor", false },
    { "practitioner", SEARCH_REFERENCE, "Encounter", "participant.individual", false },
    { "practitioner", SEARCH_REFERENCE, "PractitionerRole", "practitioner", false },
    { "participant", SEARCH_REFERENCE, "Encounter", "participant.individual", false },
    { "participant", SEARCH_REFERENCE, "CareTeam", "participant.member", false },
    { "actor", SEARCH_REFERENCE, "Appointment", "participant.actor", false },
    { "general-practitioner", SEARCH_REFERENCE, "Patient", "generalPractitioner", false },
    { "location", SEARCH_REFERENCE, "Encounter", "location.location", false },
    { "location", SEARCH_REFERENCE, "PractitionerRole HealthcareService Immunization Procedure", "location", false },
    { "organization", SEARCH_REFERENCE, "PractitionerRole Patient Location", "organization managingOrganization", false },
    { "service-provider", SEARCH_REFERENCE, "Encounter", "serviceProvider", false },
    { "partof", SEARCH_REFERENCE, "Location Organization", "partOf", false },
    { "part-of", SEARCH_REFERENCE, "*", "partOf", false },
    { "based-on", SEARCH_REFERENCE, "*", "basedOn", false },
    { "has-member", SEARCH_REFERENCE, "Observation", "hasMember", false },
    { "derived-from", SEARCH_REFERENCE, "Observation", "derivedFrom", false },
    { "focus", SEARCH_REFERENCE, "Observation Task", "focus", false },
    { "owner", SEARCH_REFERENCE, "Task", "owner", false },
    { "medication", SEARCH_REFERENCE, MEDICATIONS, "medicationReference", false },
    { "appointment", SEARCH_REFERENCE, "Encounter", "appointment", false },
    { "diagnosis", SEARCH_REFERENCE, "Encounter", "diagnosis.condition", false },
    { "payor", SEARCH_REFERENCE, "Coverage", "payor", false },
    { "result", SEARCH_REFERENCE, "DiagnosticReport", "result", false },
    { "addresses", SEARCH_REFERENCE, "Goal", "addresses", false },
    { "condition", SEARCH_REFERENCE, "CarePlan", "addresses", false },

    { "questionnaire", SEARCH_URI, "QuestionnaireResponse", "questionnaire", false },
    { "url", SEARCH_URI, "*", "url", false },
    { "instantiates-canonical", SEARCH_URI, "*", "instantiatesCanonical", false },
    { "version", SEARCH_TOKEN, "*", "version", false },

    { "name", SEARCH_STRING, PEOPLE, "name.family name.given name.text", false },
    { "name", SEARCH_STRING, "*", "name alias title", false },
    { "family", SEARCH_STRING, PEOPLE, "name.family", false },
    { "given", SEARCH_STRING, PEOPLE, "name.given", false },
    { "title", SEARCH_STRING, "*", "title", false },
    { "address", SEARCH_STRING, "*", "address.line address.city address.state address.postalCode address.text", false },
    { "address-city", SEARCH_STRING, "*", "address.city", false },
    { "address-state", SEARCH_STRING, "*", "address.state", false },
    { "address-postalcode", SEARCH_STRING, "*", "address.postalCode", false },
};

static bool among(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list; (at = strstr(at, word)) != NULL; at += len)
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

const struct search_rule *search_rule_find(const char *type, const char *name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, name) == 0 && (rules[i].types[0] == '*' || among(rules[i].types, type)))
            return &rules[i];
    return NULL;
}

bool search_is_shared(const char *type)
{
    return among("Practitioner PractitionerRole Organization OrganizationAffiliation Location HealthcareService Endpoint"
                 " Medication MedicationKnowledge Substance InsurancePlan Schedule Slot Questionnaire ValueSet CodeSystem"
                 " ConceptMap StructureDefinition StructureMap Library PlanDefinition ActivityDefinition Measure"
                 " ObservationDefinition SpecimenDefinition DeviceDefinition NamingSystem SearchParameter", type);
}
