#include "desk/field_words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/i18n.h"

/* The longest path that fits counts, so the order within a type is free. "" is any type. */
static const struct { const char *type, *path, *words, *field; } rows[] = {
    { "Patient", "name", N_("Family name"), "family" }, { "Patient", "name.family", N_("Family name"), "family" },
    { "Patient", "name.given", N_("Given names"), "given" }, { "Patient", "birthDate", N_("Born"), "birth" },
    { "Patient", "gender", N_("Sex"), "sex" }, { "Patient", "telecom", N_("Phone"), "phone" },
    { "Patient", "communication", N_("Language"), "language" }, { "Patient", "address", N_("Address"), "address" },
    { "Patient", "deceased", N_("death"), "" }, { "Patient", "identifier", N_("record number"), "" },
    { "Patient", "contact", N_("contact person"), "" }, { "Patient", "maritalStatus", N_("marital status"), "" },
    { "Patient", "generalPractitioner", N_("own doctor"), "" }, { "Patient", "managingOrganization", N_("clinic"), "" },
    { "Patient", "link", N_("other record of this person"), "" }, { "Patient", "photo", N_("photo"), "" },
    { "Task", "restriction", N_("due"), "" }, { "Task", "owner", N_("whose"), "" }, { "Task", "for", N_("person"), "" },
    { "Task", "focus", N_("what it is about"), "" }, { "Task", "description", N_("words"), "" },
    { "Appointment", "start", N_("begin"), "" }, { "Appointment", "end", N_("end"), "" },
    { "Appointment", "participant", N_("with whom"), "" }, { "Appointment", "slot", N_("time slot"), "" },
    { "Communication", "payload", N_("note"), "" }, { "Communication", "sent", N_("when"), "" },
    { "Communication", "received", N_("when"), "" }, { "Communication", "medium", N_("call, letter or message"), "" },
    { "Communication", "recipient", N_("to whom"), "" }, { "Communication", "sender", N_("by whom"), "" },
    { "QuestionnaireResponse", "item", N_("answers"), "" }, { "QuestionnaireResponse", "questionnaire", N_("form"), "" },
    { "QuestionnaireResponse", "authored", N_("when it was filled"), "" }, { "QuestionnaireResponse", "author", N_("who filled it"), "" },
    { "Coverage", "payor", N_("insurer"), "" }, { "Coverage", "subscriberId", N_("member number"), "" }, { "Coverage", "beneficiary", N_("person"), "" },
    { "Coverage", "period", N_("in force"), "" }, { "Consent", "provision", N_("what is permitted"), "" },
    { "AllergyIntolerance", "code", N_("allergy to"), "" }, { "AllergyIntolerance", "criticality", N_("how grave"), "" },
    { "AllergyIntolerance", "reaction", N_("reaction"), "" },
    { "", "status", N_("status"), "" }, { "", "subject", N_("person"), "" }, { "", "patient", N_("person"), "" },
    { "", "identifier", N_("number"), "" }, { "", "note", N_("note"), "" }, { "", "encounter", N_("visit"), "" },
    { "", "extension", N_("additional entry"), "" }, { "", "code", N_("kind"), "" }, { "", "category", N_("category"), "" },
    { "", "period", N_("from and to"), "" }, { "", "priority", N_("priority"), "" }, { "", "active", N_("active"), "" },
    { "", "meta", N_("marks for the server"), "" }, { "", "text", N_("text for reading"), "" }, { "", "name", N_("name"), "" },
    { "", "telecom", N_("phone"), "" }, { "", "address", N_("address"), "" }, { "", "birthDate", N_("birth date"), "" },
    { "", "gender", N_("sex"), "" }, { "", "owner", N_("whose"), "" }, { "", "description", N_("words"), "" },
    { "", "clinicalStatus", N_("still so"), "" }, { "", "verificationStatus", N_("how certain"), "" }, { "", "reasonCode", N_("reason"), "" },
    { "", "onset", N_("since"), "" }, { "", "abatement", N_("until"), "" }, { "", "value", N_("value"), "" },
    { "", "effective", N_("when"), "" }, { "", "medication", N_("medication"), "" }, { "", "dosage", N_("how to take it"), "" },
};

/* path is of that row's element: the same, something in it, or its typed form (deceasedDateTime). */
static bool is_of(const char *path, const char *row)
{
    size_t len = strlen(row);

    if (strncmp(path, row, len) != 0)
        return false;
    return !path[len] || path[len] == '.' || path[len] == '[' || isupper((unsigned char)path[len]);
}

bool field_words_of(const char *type, const char *path, struct field_words *out)
{
    size_t best = 0;

    *out = (struct field_words){ path, "" };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t weight = strlen(rows[i].path) + (rows[i].type[0] ? 1000 : 1);

        if ((!rows[i].type[0] || strcmp(rows[i].type, type) == 0) && is_of(path, rows[i].path) && weight > best) {
            best = weight;
            *out = (struct field_words){ _(rows[i].words), rows[i].field };
        }
    }
    return best > 0;
}

const char *field_label(const char *type, const char *path)
{
    struct field_words words;

    field_words_of(type, path, &words);
    return words.label;
}

static bool is_named(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        if ((at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[len]))
            return true;
    return false;
}

/* Only names that are no words of a sentence: "name" or "status" may stand in any of them. */
const char *field_named_in(const char *type, const char *text)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((!rows[i].type[0] || strcmp(rows[i].type, type) == 0) && strpbrk(rows[i].path, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
            !strchr(rows[i].path, '.') && is_named(text, rows[i].path))
            return rows[i].path;
    return NULL;
}

void field_plain_path(const char *type, const char *path, char *out, size_t size)
{
    size_t len = strlen(type), n = 0;

    if (strncmp(path, type, len) == 0 && path[len] == '.')
        path += len + 1;
    while (*path && n + 1 < size) {
        if (*path == '[') {
            path += strcspn(path, "]");
            path += *path == ']';
        } else if (*path == ':') {
            path += strcspn(path, ".[");
        } else {
            out[n++] = *path++;
        }
    }
    out[n] = '\0';
}
