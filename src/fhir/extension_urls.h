/* extension_urls.h - what the desk adds to FHIR, and where each thing stands in a resource.
 * The one place for our own canonical URLs; the base is a reserved name that never resolves.
 *
 * Task (a follow-up)
 *   restriction.period.end     the promised day, a date without time
 *   restriction.period.start   snooze: hidden until that day, a date
 *   extension DUE_TIME         valueTime HH:MM:SS, clinic-local
 *   extension ATTEMPTS         valueInteger: contact attempts that reached nobody
 *   extension LAST_OUTCOME     valueCode: outcome of the last attempt (contact outcomes below)
 *   description                title;  reasonCode.text  why;  code.coding[0].code  the kind of promise
 *   for                        Patient;  owner  Practitioner with the staff id, absent = the desk's
 *   statusReason.text          why cancelled, rescheduled ...;  focus  what it is about
 * Communication (a logged contact)
 *   subject                    Patient
 *   sender                     Patient or RelatedPerson = inbound; else outbound
 *   sent, received             when (outbound: sent, inbound: received)
 *   medium[0]                  v3-ParticipationMode: PHONE call, MAILWRIT letter, SMSWRIT message,
 *                              EMAILWRIT email, PHYSICAL visit
 *   extension OUTCOME          valueCode reached none voicemail busy wrong-number refused sent received
 *   status                     not-done when nobody was reached, else completed
 *   reasonCode[0].text         reason;  payload[0].contentString, else note[0].text  what was said
 *   inResponseTo               the inbound Communication this answers: that one no longer waits
 *   about                      the Task this attempt belongs to
 *   extension NUMBER           valueInteger: index into Patient.telecom that was used
 * Appointment
 *   status                     booked, arrived, checked-in (with the clinician), fulfilled, noshow, cancelled ...
 *   participant.actor          Patient; the clinician is Practitioner/id with display, or display only
 *   start, end                 instants;  appointmentType v2-0276 WALKIN = walk-in
 *   reasonCode[0].text, else description: reason;  cancelationReason.text  cancel, no-show or leaving reason
 *   extension ARRIVED          valueDateTime: the moment of check-in
 *   extension IDENTIFIED       valueString: how the second identifier was checked
 *   extension LEFT_UNSEEN      valueDateTime: arrived, then left without being seen (status noshow)
 * Patient
 *   birthDate (its _birthDate) extension BIRTH_ESTIMATED valueBoolean
 *   identifier RECORD_NUMBER (type v2-0203 MR) the number people say
 *   telecom: extension NO_VOICEMAIL valueBoolean; PERMISSION valueCode ok|no (may be contacted on it);
 *            SAFE_CONTACT valueBoolean (confidential: reach the person only here)
 *   name to use                name with use "usual" or "nickname"
 * QuestionnaireResponse
 *   extension ANSWERS_FROM     valueCode here|paper|phone|other|kiosk; PAPER_DATE valueDate; GIVEN_BY valueString
 *   extension SCORE            one for each score: extension "name" valueString, "value" valueDecimal
 *                              (absent while it is not known), "band" valueString, "answered" and "of"
 *                              valueInteger: how many of the questions it counts have an answer
 *   extension FORM_DIGEST      valueString: which text of the form was answered (intake/version.h)
 *   extension AMENDMENT        one for each time it was changed after it was finished: extension "at"
 *                              valueDateTime, "by" valueReference, "why" valueString
 *   extension ASIDE            an answer of an older version of the form that found no place in this one:
 *                              extension "linkId", "text", "answer", "why" valueString
 * answers of a draft (never of a response)
 *   extension FROM_RECORD      valueString: a first value from the record, and from when, in the words of the screen */
#ifndef FRONTDESK_EXTENSION_URLS_H
#define FRONTDESK_EXTENSION_URLS_H

#define FD_BASE "https://frontdesk.example/fhir/"
#define FD_EXTENSION FD_BASE "StructureDefinition/"

#define EXT_DUE_TIME        FD_EXTENSION "due-time"
#define EXT_ATTEMPTS        FD_EXTENSION "attempts"
#define EXT_LAST_OUTCOME    FD_EXTENSION "last-outcome"
#define EXT_OUTCOME         FD_EXTENSION "contact-outcome"
#define EXT_NUMBER          FD_EXTENSION "contact-number"
#define EXT_ARRIVED         FD_EXTENSION "arrived"
#define EXT_IDENTIFIED      FD_EXTENSION "identified"
#define EXT_LEFT_UNSEEN     FD_EXTENSION "left-unseen"
#define EXT_BIRTH_ESTIMATED FD_EXTENSION "birth-estimated"
#define EXT_NO_VOICEMAIL    FD_EXTENSION "no-voicemail"
#define EXT_PERMISSION      FD_EXTENSION "contact-permission"
#define EXT_SAFE_CONTACT    FD_EXTENSION "safe-contact"
#define EXT_ANSWERS_FROM    FD_EXTENSION "answers-from"
#define EXT_PAPER_DATE      FD_EXTENSION "paper-date"
#define EXT_GIVEN_BY        FD_EXTENSION "given-by"
#define EXT_LINK_ID         FD_EXTENSION "link-id"     /* OperationOutcome.issue: the item it is about */
#define EXT_FROM_RECORD     FD_EXTENSION "from-record"
#define EXT_SCORE           FD_EXTENSION "score"
#define EXT_FORM_DIGEST     FD_EXTENSION "form-digest"
#define EXT_AMENDMENT       FD_EXTENSION "amendment"
#define EXT_ASIDE           FD_EXTENSION "answer-aside"

#define SYSTEM_RECORD_NUMBER FD_BASE "record-number"

/* Published ones that the desk reads or writes. */
#define EXT_INTERPRETER     "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
#define EXT_USCORE_INTERPRETER "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed"
#define EXT_USCORE_SEX      "http://hl7.org/fhir/us/core/StructureDefinition/us-core-individual-sex"
#define EXT_DISPLAY         "http://hl7.org/fhir/StructureDefinition/display"
#define EXT_ABSENT          "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
#define SYSTEM_IDENTIFIER_TYPE "http://terminology.hl7.org/CodeSystem/v2-0203"
#define SYSTEM_APPOINTMENT_TYPE "http://terminology.hl7.org/CodeSystem/v2-0276"
#define SYSTEM_PARTICIPATION_MODE "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"

#endif
