/* id.h - the numbers of the action rows, in the order of rows.def. */
#ifndef FRONTDESK_ACTION_ID_H
#define FRONTDESK_ACTION_ID_H

#define ACTION(id, ...) ACTION_##id,
enum action_id {
    ACTION_NONE,
#include "action/rows.def"
    ACTION_COUNT
};
#undef ACTION
#endif
