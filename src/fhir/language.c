/* language.c - the language to speak with a person: Patient.communication. */
#include "fhir/datatype.h"

#include <strings.h>

/* What is written where no code is: the languages of the FHIR value set "languages", in English and in their own words. */
static const struct { const char *name, *tag; } names[] = {
    {"Arabic", "ar"}, {"Bengali", "bn"}, {"Chinese", "zh"}, {"Czech", "cs"}, {"Danish", "da"}, {"Deutsch", "de"}, {"Dutch", "nl"},
    {"English", "en"}, {"español", "es"}, {"Finnish", "fi"}, {"français", "fr"}, {"French", "fr"}, {"German", "de"}, {"Greek", "el"},
    {"Hindi", "hi"}, {"italiano", "it"}, {"Italian", "it"}, {"Japanese", "ja"}, {"Korean", "ko"}, {"Norwegian", "no"}, {"Polish", "pl"},
    {"polski", "pl"}, {"Portuguese", "pt"}, {"português", "pt"}, {"Punjabi", "pa"}, {"Russian", "ru"}, {"Serbian", "sr"}, {"Spanish", "es"},
    {"Swedish", "sv"}, {"Telugu", "te"}, {"Vietnamese", "vi"},
};

const char *language_spoken(const struct node *patient)
{
    const struct node *found = NULL;
    const char *code, *words;

    for (const struct node *c = node_first(patient ? node_get(patient, "communication") : NULL); c; c = node_next(c))
        if (!found || node_bool(c, "preferred"))
            found = c;
    code = node_path_str(found, "language.coding[0].code");
    words = node_path_str(found, "language.text");
    for (size_t i = 0; i < sizeof names / sizeof *names && !*code; i++)
        if (strcasecmp(words, names[i].name) == 0)
            code = names[i].tag;
    return code;
}
