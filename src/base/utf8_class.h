/* utf8_class.h - what utf8.c knows of characters and its neighbours in src/base need. */
#ifndef FRONTDESK_UTF8_CLASS_H
#define FRONTDESK_UTF8_CLASS_H

#include <stdbool.h>
#include <stdint.h>

/* A mark, joiner or Hangul vowel that shares the cell of the character before it. */
bool utf8_joins(uint32_t cp);
#endif
