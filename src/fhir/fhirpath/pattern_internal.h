/* pattern_internal.h - the program a pattern becomes; for pattern_*.c alone. */
#ifndef FRONTDESK_FHIRPATH_PATTERN_INTERNAL_H
#define FRONTDESK_FHIRPATH_PATTERN_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "fhir/fhirpath/pattern.h"

enum { PATTERN_CODE_MAX = 20000, PATTERN_GROUPS = 20, PATTERN_NAME = 32 };

enum pattern_op {
    OP_CHAR, OP_ANY, OP_CLASS, OP_NOT_CLASS, OP_START, OP_END, OP_WORD, OP_NOT_WORD,
    OP_SAVE,        /* x: slot */
    OP_JUMP,        /* x: where to */
    OP_SPLIT,       /* x first, then y */
    OP_LOOK,        /* what follows up to OP_MATCH must match here, go on at x; y: must not */
    OP_MATCH,
};
struct pattern_code { enum pattern_op op; uint32_t x, y; };     /* CLASS: ranges x to y of the range table */
struct pattern_range { uint32_t low, high; };

struct pattern {
    struct pattern_code *code;
    size_t n, cap;
    struct pattern_range *range;
    size_t ranges, range_cap;
    size_t groups;
    char name[PATTERN_GROUPS][PATTERN_NAME];
};

bool pattern_is_word(uint32_t c);

#endif
