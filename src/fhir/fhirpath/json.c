/* json.c - a result as JSON: elements as their document has them, computed values as FHIR would write them. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

static void write_quantity(struct buf *out, const struct fp_value *value)
{
    enum moment_unit unit;
    bool is_word = unit_calendar(value->string, &unit);

    buf_add(out, "{\"value\":");
    decimal_write(out, &value->decimal);
    buf_add(out, ",\"unit\":");
    json_write_string(out, value->string);
    if (!is_word && *value->string) {
        buf_add(out, ",\"system\":\"http://unitsofmeasure.org\",\"code\":");
        json_write_string(out, value->string);
    }
    buf_char(out, '}');
}

static void write_type(struct buf *out, const struct fp_value *value)
{
    size_t len = strcspn(value->string, ".");

    buf_printf(out, "{\"namespace\":\"%.*s\",\"name\":", (int)len, value->string);
    json_write_string(out, value->string + len + 1);
    buf_char(out, '}');
}

static void write_value(struct buf *out, const struct fp_value *value)
{
    struct buf text = {0};

    switch (value->kind) {
    case FP_NODE:       node_write(out, value->node); return;
    case FP_QUANTITY:   write_quantity(out, value); return;
    case FP_TYPE:       write_type(out, value); return;
    case FP_BOOLEAN:
    case FP_INTEGER:
    case FP_DECIMAL:    fp_value_text(out, value); return;
    default:            break;
    }
    fp_value_text(&text, value);
    json_write_string(out, buf_text(&text));
    buf_done(&text);
}

void fp_result_json(struct buf *out, const struct fp_result *result)
{
    buf_char(out, '[');
    for (size_t i = 0; i < result->n; i++) {
        if (i > 0)
            buf_char(out, ',');
        write_value(out, &result->value[i]);
    }
    buf_char(out, ']');
}
