/* model_table.h - the R4 type model as the build makes it out of data/model/r4.txt: what model.c
 * reads and nobody else. Names are places in model_text; types and elements are numbers of rows. */
#ifndef FRONTDESK_MODEL_TABLE_H
#define FRONTDESK_MODEL_TABLE_H

#include <stdbool.h>

enum { MODEL_NONE = 0xFFFF };
struct model_type { unsigned short name, base, first, count; };     /* sorted by name; elements first to first + count */
struct model_element {
    unsigned short name;
    unsigned short type;        /* of a choice: where its list stands in model_choices */
    bool is_many, is_choice, is_needed;
};
extern const struct model_type model_types[];
extern const unsigned model_type_count;
extern const struct model_element model_elements[];     /* of one type sorted by name */
extern const unsigned short model_choices[];            /* lists of types, each ended by MODEL_NONE */
extern const char model_text[];
#endif
