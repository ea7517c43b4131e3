/* generate people N | records N | events N | form N | groups N | options N TITLE: synthetic NDJSON for measuring, the same for the same N.
 * people: Patients with names drawn so that some are common and most are not. records: N of them, each with
 * twenty resources of a clinic's usual kinds. events: one
 * person's record of N events. form: a Questionnaire of N questions, a hundred of them summed. groups: one of
 * N questions in groups of a hundred, their numbers summed at the end. options: one of N choices. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const syllable[] = {
    "ba", "ben", "bor", "car", "cas", "dan", "del", "dor", "el", "fer", "gar", "gen", "har", "hol", "iv", "jan", "ka",
    "kel", "lan", "lor", "mar", "mer", "mon", "nel", "nor", "ol", "pen", "per", "qui", "ran", "ros", "sal", "sor",
    "tan", "ter", "ul", "van", "ver", "wal", "win", "yor", "zan",
};
static const char *const ending[] = {"son", "ez", "ski", "man", "ley", "ton", "ini", "sen", "er", "a", "o", "ova", "ic", "well", "by", "es"};
static const char *const given[] = {
    "Ada", "Ana", "Anna", "Ben", "Carmen", "Chidi", "Dana", "Elena", "Eva", "Felix", "Gita", "Hana", "Igor", "Ivan", "James",
    "Jan", "John", "José", "Karim", "Lena", "Linh", "Lucas", "Maja", "María", "Mary", "Mei", "Nadia", "Noah", "Olga", "Omar",
    "Paul", "Priya", "Quentin", "Rosa", "Ruth", "Samir", "Sofia", "Tariq", "Uma", "Vera", "Wei", "Yara", "Yuki", "Zoë",
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static uint64_t seed = 0x9e3779b97f4a7c15u;

static unsigned draw(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % below);
}

static void surname(char *out, size_t size)
{
    unsigned parts = 1 + draw(2);

    *out = '\0';
    for (unsigned i = 0; i < parts; i++)
        strncat(out, syllable[draw(draw(4) ? COUNT(syllable) : 6)], size - strlen(out) - 1);
    strncat(out, ending[draw(COUNT(ending))], size - strlen(out) - 1);
    *out = (char)(*out - 'a' + 'A');
}

static void person(unsigned long i)
{
    char family[64];

    surname(family, sizeof family);
    printf("{\"resourceType\":\"Patient\",\"id\":\"p%08lu-bench\",\"meta\":{\"tag\":[{\"code\":\"synthetic\"}]},"
           "\"identifier\":[{\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"MR\"}]},\"value\":\"%07lu\"}],"
           "\"active\":true,\"name\":[{\"use\":\"official\",\"family\":\"%s\",\"given\":[\"%s\",\"%c.\"]}],"
           "\"telecom\":[{\"system\":\"phone\",\"value\":\"%03u-555-%04u\",\"use\":\"mobile\"}],"
           "\"gender\":\"%s\",\"birthDate\":\"%04u-%02u-%02u\","
           "\"address\":[{\"line\":[\"%u Elm St\"],\"city\":\"Springfield\",\"state\":\"MA\",\"postalCode\":\"011%02u\"}]}\n",
           i, i, family, given[draw(COUNT(given))], 'A' + (int)draw(26), 200 + draw(700), draw(10000),
           draw(2) ? "female" : "male", 1930 + draw(96), 1 + draw(12), 1 + draw(28), 1 + draw(240), draw(100));
}

/* Visits, measurements, conditions and prescriptions of one person. */
static void record(unsigned long i)
{
    static const char *const of_kind[] = {
        "{\"resourceType\":\"Encounter\",\"id\":\"r%08lu-%02d-bench\",\"status\":\"finished\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"},\"type\":[{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"185349003\",\"display\":\"Encounter for check up (procedure)\"}],\"text\":\"Encounter for check up (procedure)\"}],\"subject\":{\"reference\":\"Patient/p%08lu-bench\"},\"period\":{\"start\":\"20%02d-03-02T05:07:21+00:00\",\"end\":\"20%02d-03-02T05:22:21+00:00\"}}\n",
        "{\"resourceType\":\"Observation\",\"id\":\"r%08lu-%02d-bench\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\",\"display\":\"vital-signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\",\"display\":\"Body Weight\"}],\"text\":\"Body Weight\"},\"subject\":{\"reference\":\"Patient/p%08lu-bench\"},\"effectiveDateTime\":\"20%02d-05-05T12:00:00-04:00\",\"valueQuantity\":{\"value\":%02d.75,\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}\n",
        "{\"resourceType\":\"Condition\",\"id\":\"r%08lu-%02d-bench\",\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"resolved\"}]},\"verificationStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-ver-status\",\"code\":\"confirmed\"}]},\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"444814009\",\"display\":\"Viral sinusitis (disorder)\"}],\"text\":\"Viral sinusitis (disorder)\"},\"subject\":{\"reference\":\"Patient/p%08lu-bench\"},\"onsetDateTime\":\"20%02d-01-15T09:00:00-05:00\",\"recordedDate\":\"20%02d-01-15T09:00:00-05:00\"}\n",
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"r%08lu-%02d-bench\",\"status\":\"stopped\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://www.nlm.nih.gov/research/umls/rxnorm\",\"code\":\"313782\",\"display\":\"Acetaminophen 325 MG Oral Tablet\"}],\"text\":\"Acetaminophen 325 MG Oral Tablet\"},\"subject\":{\"reference\":\"Patient/p%08lu-bench\"},\"authoredOn\":\"20%02d-02-0%1dT10:00:00-05:00\"}\n",
    };

    person(i);
    for (int k = 0; k < 20; k++)
        printf(of_kind[k % 4], i, k, i, 10 + k / 2, k % 4 == 3 ? 1 + k % 8 : k % 4 == 1 ? 50 + k : 10 + k / 2);
}

static void events(unsigned long n)
{
    printf("{\"resourceType\":\"Patient\",\"id\":\"longstory-bench\",\"active\":true,"
           "\"name\":[{\"use\":\"official\",\"family\":\"Longstory\",\"given\":[\"Every\"]}],\"gender\":\"female\",\"birthDate\":\"1950-05-05\"}\n");
    for (unsigned long i = 0; i < n; i++)
        printf("{\"resourceType\":\"Observation\",\"id\":\"o%08lu-bench\",\"status\":\"final\","
               "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\",\"display\":\"Systolic blood pressure\"}]},"
               "\"subject\":{\"reference\":\"Patient/longstory-bench\"},\"effectiveDateTime\":\"%04lu-%02lu-%02luT%02lu:15:00Z\","
               "\"valueQuantity\":{\"value\":%u,\"unit\":\"mm[Hg]\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}\n",
               i, 1990 + i % 36, 1 + i % 12, 1 + i % 28, i % 24, 100 + draw(60));
}

static void form(unsigned long n)
{
    printf("{\"resourceType\":\"Questionnaire\",\"id\":\"eight-hundred\",\"url\":\"https://frontdesk.example/fhir/Questionnaire/eight-hundred\","
           "\"title\":\"Eight hundred\",\"status\":\"active\",\"item\":[{\"linkId\":\"total\",\"type\":\"integer\",\"text\":\"Total\",\"readOnly\":true,"
           "\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\",\"valueExpression\":{"
           "\"language\":\"text/fhirpath\",\"expression\":\"%%resource.item.where(linkId.startsWith('n')).answer.value.sum()\"}}]}");
    for (unsigned long i = 1; i < n; i++) {
        if (i <= 100)
            printf(",{\"linkId\":\"n%lu\",\"type\":\"integer\",\"text\":\"Number %lu\"}", i, i);
        else if (i % 16 == 0)
            printf(",{\"linkId\":\"e%lu\",\"type\":\"string\",\"text\":\"Only when number %lu is above 5\",\"enableWhen\":[{\"question\":\"n%lu\",\"operator\":\">\",\"answerInteger\":5}]}", i, i % 100 + 1, i % 100 + 1);
        else if (i % 4 == 0)
            printf(",{\"linkId\":\"c%lu\",\"type\":\"choice\",\"text\":\"Choice %lu\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\",\"display\":\"one\"}},{\"valueCoding\":{\"code\":\"b\",\"display\":\"two\"}},{\"valueCoding\":{\"code\":\"c\",\"display\":\"three\"}}]}", i, i);
        else
            printf(",{\"linkId\":\"s%lu\",\"type\":\"%s\",\"text\":\"Question %lu\"}", i, i % 4 == 1 ? "boolean" : "string", i);
    }
    printf("]}\n");
}

static void groups(unsigned long n)
{
    printf("{\"resourceType\":\"Questionnaire\",\"id\":\"groups\",\"url\":\"https://frontdesk.example/fhir/Questionnaire/groups\",\"title\":\"%lu item form\",\"status\":\"active\",\"item\":[", n);
    for (unsigned long i = 0; i < n; i++) {
        unsigned long group = i / 100 + 1, k = i % 100 + 1;

        if (k == 1)
            printf("%s{\"linkId\":\"g%lu\",\"type\":\"group\",\"text\":\"Group %lu\",\"item\":[", group > 1 ? "]}," : "", group, group);
        printf("%s{\"linkId\":\"%s%lu.%lu\",", k > 1 ? "," : "", i == n - 1 ? "total-" : k % 8 == 1 ? "n" : "q", group, k);
        if (i == n - 1)
            printf("\"type\":\"integer\",\"text\":\"Total\",\"readOnly\":true,\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\","
                   "\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"%%resource.item.item.where(linkId.startsWith('n')).answer.value.sum()\"}}]}");
        else if (k % 8 == 1)
            printf("\"type\":\"integer\",\"text\":\"Integer %lu.%lu\"}", group, k);
        else if (k % 16 == 2)
            printf("\"type\":\"string\",\"text\":\"Only above five %lu.%lu\",\"enableWhen\":[{\"question\":\"n%lu.%lu\",\"operator\":\">\",\"answerInteger\":5}]}", group, k, group, k - 1);
        else if (k % 4 == 0)
            printf("\"type\":\"choice\",\"text\":\"Choice %lu.%lu\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\",\"display\":\"one\"}},{\"valueCoding\":{\"code\":\"b\",\"display\":\"two\"}},{\"valueCoding\":{\"code\":\"c\",\"display\":\"three\"}}]}", group, k);
        else
            printf("\"type\":\"%s\",\"text\":\"Question %lu.%lu\"}", k % 4 == 1 ? "boolean" : "string", group, k);
    }
    printf("]}]}\n");
}

static void options(unsigned long n, const char *title)
{
    printf("{\"resourceType\":\"Questionnaire\",\"id\":\"options-%lu\",\"url\":\"https://frontdesk.example/fhir/Questionnaire/options-%lu\",\"title\":\"%s\",\"status\":\"active\",\"item\":[", n, n, title);
    for (unsigned long i = 0; i < n; i++) {
        printf("%s{\"linkId\":\"q%lu\",\"type\":\"choice\",\"text\":\"Question number %lu\",\"answerOption\":[", i ? "," : "", i, i);
        for (unsigned k = 0; k < 4 + i % 9; k++)
            printf("%s{\"valueCoding\":{\"system\":\"https://frontdesk.example/fhir/CodeSystem/options\",\"code\":\"q%lu-a%u\",\"display\":\"Answer %u to %lu\"}}", k ? "," : "", i, k, k, i);
        printf("]}");
    }
    printf("]}\n");
}

int main(int argc, char **argv)
{
    unsigned long n = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;

    if (n == 0)
        return 2;
    if (strcmp(argv[1], "events") == 0)
        events(n);
    else if (strcmp(argv[1], "records") == 0)
        for (unsigned long i = 0; i < n; i++)
            record(i);
    else if (strcmp(argv[1], "form") == 0)
        form(n);
    else if (strcmp(argv[1], "groups") == 0)
        groups(n);
    else if (strcmp(argv[1], "options") == 0 && argc == 4)
        options(n, argv[3]);
    else
        for (unsigned long i = 0; i < n; i++)
            person(i);
    return ferror(stdout) != 0;
}
