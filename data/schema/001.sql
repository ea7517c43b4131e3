-- Schema 1. The resource table is the truth; everything under "projections" is computed from it
-- and rebuilt by `frontdesk reindex`. Times are UTC text, "2026-11-23T13:14:05.123Z", unless a
-- column says otherwise. A migration is never edited once released.

-- Facts about this database: database_id, zone (of projections), demo, created.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row per act and per view of a record. Append-only. seq numbers acts.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  staff TEXT NOT NULL,              -- staff id, or "system"
  role TEXT NOT NULL,
  origin INTEGER NOT NULL,          -- enum origin
  action TEXT NOT NULL,             -- the action's name
  category TEXT NOT NULL,
  purpose TEXT NOT NULL,            -- v3-ActReason
  outcome INTEGER NOT NULL,         -- 0 done, 4 refused, 8 failed (AuditEvent.outcome)
  patient TEXT,                     -- Patient id, when the act concerns one
  entity TEXT,                      -- Type/id of the first resource written or viewed
  writes INTEGER NOT NULL DEFAULT 0,-- how many resources the act wrote
  detail TEXT                       -- ids, counts and codes
);
CREATE INDEX audit_patient ON audit(patient, seq) WHERE patient IS NOT NULL;
CREATE INDEX audit_staff ON audit(staff, seq);
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit rows cannot be removed'); END;
-- REPLACE removes a row without asking the triggers above.
CREATE TRIGGER audit_only_after BEFORE INSERT ON audit WHEN new.seq <= (SELECT max(seq) FROM audit)
  BEGIN SELECT raise(ABORT, 'audit rows come one after the other'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit rows cannot be changed'); END;

CREATE TABLE resource (
  key INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,             -- counts local revisions from 1
  act INTEGER NOT NULL,             -- audit.seq that wrote this revision
  updated TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0, -- gone at the server; body is the last one known
  body TEXT NOT NULL,
  base_version TEXT,                -- server version this copy comes from; NULL = the server never had it
  base_updated TEXT,                -- its meta.lastUpdated
  base_body TEXT                    -- the server's text while body differs from it, '' deleted there; NULL while clean
);
CREATE UNIQUE INDEX resource_id ON resource(type, id);

-- Superseded revisions.
CREATE TABLE history (
  key INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  act INTEGER NOT NULL,
  updated TEXT NOT NULL,
  deleted INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (key, rev)
) WITHOUT ROWID;
CREATE INDEX history_act ON history(act);
CREATE INDEX resource_act ON resource(act);
CREATE INDEX resource_deleted ON resource(key) WHERE deleted = 1;

-- Acts that were undone, and by which act.
CREATE TABLE undone (act INTEGER PRIMARY KEY, by_act INTEGER NOT NULL);

-- Writes on their way to the server (outbox.h). state: enum outbox_state.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,          -- never used again: meta.outbox_seq holds the last one given
  op_id TEXT NOT NULL DEFAULT '',   -- of the text last sent
  key INTEGER NOT NULL,             -- resource.key
  rev INTEGER NOT NULL DEFAULT 0,   -- revision last sent
  state INTEGER NOT NULL DEFAULT 0,
  queued INTEGER NOT NULL,          -- ms since 1970
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL DEFAULT 0, -- ms since 1970
  last_status INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  sent_at INTEGER NOT NULL DEFAULT 0, -- ms since 1970; when the last try left
  body TEXT                         -- frozen text while sent and not answered
);
-- A resource has at most one row whose body was sent and one that may still change.
CREATE UNIQUE INDEX outbox_open ON outbox(key) WHERE state NOT IN (1, 2);
CREATE UNIQUE INDEX outbox_frozen ON outbox(key) WHERE state IN (1, 2);
CREATE INDEX outbox_state ON outbox(state) WHERE state <> 0;

-- Resources the server gave ids of its own (alias.h); id is the one they have here.
CREATE TABLE alias (type TEXT NOT NULL, id TEXT NOT NULL, server_id TEXT NOT NULL, PRIMARY KEY (type, id)) WITHOUT ROWID;
CREATE UNIQUE INDEX alias_server ON alias(type, server_id);

CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  key INTEGER NOT NULL,
  opened TEXT NOT NULL,
  opened_by TEXT NOT NULL,
  base TEXT,
  server TEXT,                      -- NULL: deleted there
  remote_version TEXT, remote_updated TEXT,
  fields TEXT NOT NULL,             -- JSON array of paths
  decided TEXT, decided_by TEXT,    -- NULL while open
  chosen TEXT                       -- JSON: what a person has chosen so far, for a screen that comes back
);
CREATE UNIQUE INDEX conflict_open ON conflict(key) WHERE decided IS NULL;

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  source TEXT NOT NULL,             -- file name, or the server
  line INTEGER NOT NULL,
  type TEXT, resource_id TEXT,
  reason TEXT NOT NULL,
  body BLOB NOT NULL,
  hash TEXT NOT NULL,               -- SHA-256 of body
  closed TEXT, how TEXT
);
CREATE UNIQUE INDEX quarantine_once ON quarantine(source, line, hash);
CREATE INDEX quarantine_resource ON quarantine(type, resource_id) WHERE closed IS NULL;

-- How far an import of a file came; moves in the same transaction as its documents.
CREATE TABLE import_position (
  source TEXT PRIMARY KEY,          -- absolute path
  hash TEXT NOT NULL,               -- size and mtime, to know it is still the same file
  line INTEGER NOT NULL             -- lines or entries done
) WITHOUT ROWID;

CREATE TABLE draft (
  id TEXT PRIMARY KEY,
  patient TEXT NOT NULL,
  owner TEXT NOT NULL,
  questionnaire TEXT NOT NULL,      -- Questionnaire id@rev
  title TEXT NOT NULL,
  position TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '{}',
  opened TEXT NOT NULL, updated TEXT NOT NULL,
  answered INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'open', reason TEXT, -- open, finished, discarded; replaced, restored: see draft.h
  amends TEXT NOT NULL DEFAULT '',  -- id of the finished QuestionnaireResponse it changes
  base_rev INTEGER NOT NULL DEFAULT 0, -- revision of that response the answers came from
  why TEXT NOT NULL DEFAULT '',     -- and why it is changed
  aside TEXT NOT NULL DEFAULT '[]', -- JSON: answers that found no place in the form, kept to be seen
  handed_by TEXT NOT NULL DEFAULT '', handed_why TEXT NOT NULL DEFAULT '',
  saves INTEGER NOT NULL DEFAULT 0  -- grows with every answer: who has it open knows whether another wrote
) WITHOUT ROWID;
CREATE INDEX draft_patient ON draft(patient) WHERE state = 'open';
-- Two people do not change one response side by side: the second is given the first one's draft.
CREATE UNIQUE INDEX draft_amends ON draft(amends) WHERE state = 'open' AND amends <> '';
CREATE TABLE draft_answer (
  draft TEXT NOT NULL, path TEXT NOT NULL,
  value TEXT, absent TEXT,
  at TEXT NOT NULL, staff TEXT NOT NULL,
  PRIMARY KEY (draft, path)
) WITHOUT ROWID;

CREATE TABLE staff (
  id TEXT PRIMARY KEY,              -- also the id of the Practitioner resource
  name TEXT NOT NULL UNIQUE,        -- what is typed at sign-in, folded to lower case
  display TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL,               -- Argon2id
  disabled TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  wait_until INTEGER NOT NULL DEFAULT 0,  -- ms since 1970; 0 = none
  created TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE session (
  sid TEXT PRIMARY KEY,             -- SHA-256 of the token
  staff TEXT NOT NULL,
  opened TEXT NOT NULL,
  used INTEGER NOT NULL,            -- ms since 1970
  idle_s INTEGER NOT NULL,
  handed TEXT,                      -- Patient id while the screen is in that person's own hands (kiosk)
  closed TEXT
) WITHOUT ROWID;

CREATE TABLE server (url TEXT PRIMARY KEY, probed TEXT NOT NULL, caps TEXT NOT NULL) WITHOUT ROWID;
-- What this machine proves itself with to the server, sealed under the file machine.key beside this one, which is in
-- no backup: a copy of the database holds nothing that could be used.
CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, set_at TEXT NOT NULL, set_by TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pull (
  scope TEXT NOT NULL, type TEXT NOT NULL,
  watermark TEXT NOT NULL DEFAULT '',     -- largest server lastUpdated of a finished pass
  page TEXT NOT NULL DEFAULT '',          -- lastUpdated reached within a pass, and when at the server it began
  witness TEXT NOT NULL DEFAULT '',       -- id of the resource the watermark was taken from: a server that forgot it was restored
  PRIMARY KEY (scope, type)
) WITHOUT ROWID;
-- A bulk export for the first pull (export.h): what was asked of which server, and of its files how many lines
-- are in; a file that is in has no row any more.
CREATE TABLE export (
  what TEXT PRIMARY KEY, status TEXT NOT NULL, at TEXT NOT NULL DEFAULT '', is_over INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE export_file (
  what TEXT NOT NULL, n INTEGER NOT NULL, type TEXT NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (what, n)
) WITHOUT ROWID;
-- Patients whose whole record somebody asked for though server.scope does not bring them: kept until then.
CREATE TABLE asked_for (patient TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID; -- ms since 1970
-- The sweep at work, or the last one: what was compared with the server and found different, by type.
-- The row without a type is the whole of it.
CREATE TABLE sweep (
  type TEXT PRIMARY KEY,
  started TEXT NOT NULL,
  finished TEXT NOT NULL DEFAULT '',
  position TEXT NOT NULL DEFAULT '', -- number of the query and lastUpdated reached in it: '0 2026-11-23T13:14:05Z'
  seen INTEGER NOT NULL DEFAULT 0,  -- rows the server listed
  missing INTEGER NOT NULL DEFAULT 0, -- not here: fetched
  stale INTEGER NOT NULL DEFAULT 0, -- another version here: fetched
  deleted INTEGER NOT NULL DEFAULT 0, -- here, deleted there
  left INTEGER NOT NULL DEFAULT 0,  -- here, no longer ours to keep: purged
  lost INTEGER NOT NULL DEFAULT 0,  -- here, and the server has it no longer or only an older text: a person decides
  findings INTEGER NOT NULL DEFAULT 0 -- how many of these the passes before should have brought: 0 when all is well
) WITHOUT ROWID;
CREATE TABLE sweep_seen (key INTEGER PRIMARY KEY);  -- resource.key of what the server listed
CREATE TABLE sync_status (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_ok INTEGER NOT NULL DEFAULT 0, last_try INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT '', -- of the last pass, as in pass
  holder TEXT NOT NULL DEFAULT '', lease_until INTEGER NOT NULL DEFAULT 0
);
INSERT INTO sync_status(one) VALUES (1);
-- Passes that did or failed something, for people to read (pass.h). Times in ms since 1970.
CREATE TABLE pass (
  id INTEGER PRIMARY KEY,
  started INTEGER NOT NULL, ended INTEGER NOT NULL,
  passes INTEGER NOT NULL DEFAULT 1, -- alike ones that followed each other without doing anything
  pushed INTEGER NOT NULL, pulled INTEGER NOT NULL, conflicts INTEGER NOT NULL, refused INTEGER NOT NULL,
  requests INTEGER NOT NULL, bytes_out INTEGER NOT NULL, bytes_in INTEGER NOT NULL,
  outcome TEXT NOT NULL,            -- done, partly, offline, shut-out, failed, stopped
  problem TEXT NOT NULL             -- codes, types and counts, never people
);
-- What the desk asks of the agent, and the agent's answer (request.h). Nobody's name stays here: criteria go
-- once they were used, answered rows once they were read, or minutes later.
CREATE TABLE request (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: a desk may still wait for an old one
  kind TEXT NOT NULL, patient TEXT, asked_by TEXT NOT NULL, asked TEXT NOT NULL,
  criteria TEXT,                    -- JSON: what kind "find" looks for
  taken TEXT, finished TEXT, result TEXT
);

-- Files too large to stand in the text of the resource that names them (attachment.h), each once, by SHA-256;
-- and which resource (resource.key) names which. state: enum attachment_state.
CREATE TABLE attachment (
  hash TEXT PRIMARY KEY,
  binary TEXT NOT NULL,             -- id of the Binary at the server
  content_type TEXT NOT NULL, size INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, -- ms since 1970
  last_status INTEGER NOT NULL DEFAULT 0, last_error TEXT
) WITHOUT ROWID;
CREATE INDEX attachment_waiting ON attachment(hash) WHERE state = 1;
CREATE INDEX attachment_binary ON attachment(binary);
CREATE TABLE attachment_data (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE attachment_use (key INTEGER NOT NULL, url TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (key, url)) WITHOUT ROWID;
CREATE INDEX attachment_use_hash ON attachment_use(hash);

-- Counters that move with each commit touching what a screen shows.
CREATE TABLE change (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

-- Projections --------------------------------------------------------------------------------

-- One row per Patient; key = resource.key. Fold = utf8_fold.
CREATE TABLE person (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  name TEXT NOT NULL,               -- official, family first
  words TEXT NOT NULL,              -- what person_name holds of this person
  keys TEXT NOT NULL,               -- and person_key: kind and value, a line each
  usual TEXT NOT NULL,              -- name to use when it differs, else ''
  sort TEXT NOT NULL,               -- fold of name
  birth TEXT NOT NULL,              -- FHIR date as precise as known, ''
  birth_estimated INTEGER NOT NULL,
  sex TEXT NOT NULL,                -- F M O U or ''
  mrn TEXT NOT NULL,                -- the record number people say
  phone TEXT NOT NULL,              -- as typed
  deceased TEXT NOT NULL,           -- '' alive, else date or 'yes'
  active INTEGER NOT NULL,
  test INTEGER NOT NULL,            -- meta.security HTEST or meta.tag test
  merged_into TEXT NOT NULL,        -- id of the survivor, ''
  language TEXT NOT NULL, interpreter INTEGER NOT NULL,
  seen TEXT NOT NULL DEFAULT ''     -- day of the last visit, from encounters and appointments
);
CREATE UNIQUE INDEX person_id ON person(id);
CREATE INDEX person_birth ON person(birth);
-- Exact look-ups: kind 'p' reversed phone digits, 'i' identifier value folded.
CREATE TABLE person_key (kind TEXT NOT NULL, value TEXT NOT NULL, key INTEGER NOT NULL,
  PRIMARY KEY (kind, value, key)) WITHOUT ROWID;
-- Words of a person, rowid = person.key: every name, folded; the birth year ("1954"); '0' and the sound
-- of each name word ("0krs"). One index, so that a name and a year are one bounded question.
-- Written directly: triggers cannot under trusted_schema=OFF. Folded text is split at spaces only.
-- It keeps no text of its own: a row is taken out by giving its words again, from person.words.
CREATE VIRTUAL TABLE person_name USING fts5(name, content='', prefix='1 2 3', detail=none, columnsize=0, tokenize='ascii');
-- The different name words; variant: the word itself and the word with one letter left out. Words one
-- slip apart share a variant.
CREATE TABLE name_word (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE name_variant (variant TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (variant, word)) WITHOUT ROWID;

-- The timeline: one row per event resource of a patient; key = resource.key.
CREATE TABLE event (
  key INTEGER PRIMARY KEY,
  patient TEXT NOT NULL,
  at TEXT NOT NULL,                 -- clinic-local "YYYY-MM-DD HH:MM:SS" or the date as written; '' unknown
  kind TEXT NOT NULL,               -- visit, call out, form, condition, medication, measurement ...
  status TEXT NOT NULL,
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  code TEXT NOT NULL,               -- main code, for plots
  codes TEXT NOT NULL DEFAULT ''    -- the other codes of the same concepts, a space around each: ' 8302-2 3137-7 '
);
-- kind, status and codes stand in the index so that a filter, a count or a search never reads the rows it leaves out.
CREATE INDEX event_patient ON event(patient, at DESC, key DESC, kind, status, code, codes);

-- Follow-ups (Task).
CREATE TABLE task (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL, patient TEXT NOT NULL,
  owner TEXT NOT NULL,              -- staff id, '' = the desk's
  status TEXT NOT NULL,
  due TEXT NOT NULL,                -- YYYY-MM-DD, ''
  due_time TEXT NOT NULL,           -- HH:MM clinic-local, ''
  hidden_until TEXT NOT NULL,       -- snooze: YYYY-MM-DD, ''
  priority TEXT NOT NULL, code TEXT NOT NULL,
  title TEXT NOT NULL, reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,        -- calls that reached nobody
  last_outcome TEXT NOT NULL
);
CREATE INDEX task_due ON task(due, due_time) WHERE status IN ('requested', 'accepted', 'ready', 'received', 'in-progress', 'on-hold', 'draft');
CREATE INDEX task_patient ON task(patient);

CREATE TABLE appointment (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL, patient TEXT NOT NULL,
  start TEXT NOT NULL, end TEXT NOT NULL,   -- clinic-local "YYYY-MM-DD HH:MM:SS"
  status TEXT NOT NULL,             -- booked, arrived, checked-in (with the clinician), fulfilled, noshow, cancelled ...
  clinician TEXT NOT NULL, clinician_name TEXT NOT NULL,
  reason TEXT NOT NULL, cancel_reason TEXT NOT NULL,
  arrived TEXT NOT NULL,            -- clinic-local moment of check-in, ''
  walk_in INTEGER NOT NULL
);
CREATE INDEX appointment_start ON appointment(start);
CREATE INDEX appointment_patient ON appointment(patient, start);

-- Logged contacts (Communication).
CREATE TABLE contact (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL, patient TEXT NOT NULL,
  at TEXT NOT NULL, direction TEXT NOT NULL, medium TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL,
  waits INTEGER NOT NULL,           -- 1: inbound and not answered; 2: it was, by another; 0: needs no answer
  answers TEXT NOT NULL             -- id of the one it answers, ''
);
CREATE INDEX contact_waits ON contact(at) WHERE waits = 1;
CREATE INDEX contact_patient ON contact(patient, at);
CREATE INDEX contact_answers ON contact(answers) WHERE answers <> '';

CREATE TABLE questionnaire (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL, url TEXT NOT NULL, version TEXT NOT NULL,
  status TEXT NOT NULL, title TEXT NOT NULL, items INTEGER NOT NULL
);
CREATE INDEX questionnaire_url ON questionnaire(url, version);

-- What forms refer to by canonical url, Questionnaires aside: ValueSet, CodeSystem, StructureDefinition ...
CREATE TABLE canonical (
  key INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL,
  url TEXT NOT NULL, version TEXT NOT NULL
);
CREATE INDEX canonical_url ON canonical(url, type, version);
