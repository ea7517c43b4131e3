#include <string.h>

#include "fhir/fhirpath/internal.h"

static const struct fp_function *const tables[] = {
    fp_functions_collection, fp_functions_tree, fp_functions_string, fp_functions_number, fp_functions_convert, fp_functions_fhir, fp_functions_moment, fp_functions_type,
    fp_functions_boundary, fp_functions_encode, fp_functions_order, fp_functions_form,
};

const struct fp_function *fp_function_find(const char *name)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct fp_function *f = tables[i]; f->name; f++)
            if (strcmp(f->name, name) == 0)
                return f;
    return NULL;
}
