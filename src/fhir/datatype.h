/* datatype.h - FHIR R4 datatypes as people read them, from any resource.
 * All functions append to out, or return owned text; nothing is sanitised here. */
#ifndef FRONTDESK_DATATYPE_H
#define FRONTDESK_DATATYPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/date.h"
#include "fhir/document.h"

/* Extension value[x] by url, or NULL: `extension_value(patient, URL)`. */
struct node *extension_find(const struct node *element, const char *url);
struct node *extension_value(const struct node *element, const char *url);
/* The value[x] member of an element ("value" prefix), or NULL; *type is set to what follows "value". */
struct node *choice_value(const struct node *element, const char *prefix, const char **type);

/* HumanName: the one in use (official or usual, not old; latest), the preferred one (use usual or
 * nickname) when it differs, and former ones. */
const struct node *name_official(const struct node *patient);
const struct node *name_usual(const struct node *patient);      /* NULL when none differs */
void name_family_first(struct buf *out, const struct node *name);   /* García López, José */
void name_plain(struct buf *out, const struct node *name);      /* José García López */
/* Patient.communication: the tag of the preferred language, else of the first; "" none. A language that is only
 * named ("Spanish") counts by its name. Borrowed. */
const char *language_spoken(const struct node *patient);
/* CodeableConcept: text, else a display, else system-less code. Also accepts Coding and plain string. */
void concept_words(struct buf *out, const struct node *concept);
bool concept_has(const struct node *concept, const char *system, const char *code); /* system NULL = any */
const char *concept_code(const struct node *concept, const char *system);   /* "" when none */
void quantity_words(struct buf *out, const struct node *quantity);  /* 7.9 % */
void period_words(struct buf *out, const struct node *period);
void address_line(struct buf *out, const struct node *address);
void timing_words(struct buf *out, const struct node *timing);
/* Any value[x] node in one line; type as choice_value gives it. */
void value_words(struct buf *out, const struct node *value, const char *type);
/* Reference: split "Type/id" (absolute URLs and /_history/ too); false for contained or odd ones. */
bool reference_split(const struct node *reference, char *type, size_t type_size, char *id, size_t id_size);
bool reference_is(const struct node *reference, const char *type, const char *id);
void reference_set(struct doc *doc, struct node *object, const char *name, const char *type, const char *id);
/* Id of the Patient a resource is about (its own id for a Patient; subject, patient, for,
 * beneficiary, participant.actor ... by type), or "" when it is about none. Borrowed from the
 * document or from a static buffer overwritten by the next call. */
const char *resource_patient(const struct node *resource);
/* The record this one was merged into (Patient.link replaced-by); false and "" when it was not. */
bool patient_survivor(const struct node *patient, char *id, size_t size);
/* A set of FHIR checks every stored resource must pass: resourceType known to R4, id grammar
 * [A-Za-z0-9.-]{1,64}, dates real, references well formed. RC_INVALID names the field. */
enum rc resource_check(const struct node *resource, struct err *err);
/* The whole resource in readable lines: "label<TAB>value\n", nested parts indented by two spaces. */
void resource_readable(struct buf *out, const struct node *resource);
#endif
