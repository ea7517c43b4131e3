/* grant.h - proof that an act was authorized; store writes nothing without one.
 * Only access/authz.c makes grants; everybody else passes them on. */
#ifndef FRONTDESK_GRANT_H
#define FRONTDESK_GRANT_H

enum origin { ORIGIN_DESK, ORIGIN_CLI, ORIGIN_IMPORT, ORIGIN_SYNC, ORIGIN_SYSTEM };

struct grant {
    enum origin origin;
    char staff[40];         /* staff id (= Practitioner id); "system" for the agent */
    char role[24];
    char action[40];        /* action name, as in its row */
    char category[24];      /* audit category of the action */
    char purpose[16];       /* TREAT, HOPERAT, PATRQT ... (v3-ActReason) */
    char patient[72];       /* id of the patient the act was opened on; "" = none. A document about another is refused */
};
#endif
