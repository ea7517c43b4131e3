/* schema.h - the migrations in data/schema, built in. schema_migrations[n] leads to user_version n+1. */
#ifndef FRONTDESK_SCHEMA_H
#define FRONTDESK_SCHEMA_H

extern const char *const schema_migrations[];
extern const int schema_version;
#endif
