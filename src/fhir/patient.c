#include "fhir/patient.h"

#include <string.h>
#include <strings.h>

#include "fhir/datatype.h"
#include "fhir/extension_urls.h"

/* The number people say: ours, else one typed as medical record number, else none. */
const char *patient_record_number(const struct node *root)
{
    const char *found = "";

    for (const struct node *i = node_first(node_get(root, "identifier")); i != NULL; i = node_next(i)) {
        if (strcmp(node_str(i, "system"), SYSTEM_RECORD_NUMBER) == 0)
            return node_str(i, "value");
        if (found[0] == '\0' && concept_has(node_get(i, "type"), NULL, "MR"))
            found = node_str(i, "value");
    }
    return found;
}

/* The first number in use, mobile before others. */
const char *patient_phone(const struct node *root)
{
    const char *found = "";

    for (const struct node *t = node_first(node_get(root, "telecom")); t != NULL; t = node_next(t)) {
        const char *use = node_str(t, "use"), *system = node_str(t, "system");

        if ((strcmp(system, "phone") != 0 && strcmp(system, "sms") != 0) || strcmp(use, "old") == 0)
            continue;
        if (strcmp(use, "mobile") == 0 && node_str(t, "value")[0] != '\0')
            return node_str(t, "value");
        if (found[0] == '\0')
            found = node_str(t, "value");
    }
    return found;
}

/* Sex as listed: gender, else the US Core individual-sex extension (SNOMED CT). */
const char *patient_sex(const struct node *root)
{
    const char *gender = node_str(root, "gender"), *code;
    const struct node *value;

    if (gender[0] != '\0')
        return gender[0] == 'm' ? "M" : gender[0] == 'f' ? "F" : gender[0] == 'o' ? "O" : "U";
    value = extension_value(root, EXT_USCORE_SEX);
    code = node_text(value) != NULL ? node_text(value) : node_str(value, "code");
    if (strcmp(code, "248153007") == 0 || strcasecmp(code, "male") == 0 || strcasecmp(code, "m") == 0)
        return "M";
    if (strcmp(code, "248152002") == 0 || strcasecmp(code, "female") == 0 || strcasecmp(code, "f") == 0)
        return "F";
    return code[0] == '\0' ? "" : "U";
}

const char *patient_deceased(const struct node *root)
{
    const char *when = node_str(root, "deceasedDateTime");

    return when[0] != '\0' ? when : node_bool(root, "deceasedBoolean") ? "yes" : "";
}

/* Test persons: HTEST in meta.tag or meta.security, or a tag that says so. */
bool patient_is_test(const struct node *root)
{
    const char *const places[] = { "security", "tag" };

    for (size_t p = 0; p < 2; p++)
        for (const struct node *tag = node_first(node_get(node_get(root, "meta"), places[p])); tag != NULL; tag = node_next(tag))
            if (strcmp(node_str(tag, "code"), "HTEST") == 0 || strcmp(node_str(tag, "code"), "test") == 0)
                return true;
    return false;
}

const char *patient_called(const struct node *usual)
{
    const char *given = node_path_str(usual, "given");

    return given[0] != '\0' ? given : node_str(usual, "text");
}
