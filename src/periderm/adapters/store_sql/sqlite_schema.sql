-- schema 0016, written by tools/schema.py;

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE assets (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	node_id TEXT NOT NULL, 
	workload_id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE findings (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	severity INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	asset_id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	detector TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE alerts (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	severity INTEGER NOT NULL, 
	asset_id TEXT NOT NULL, 
	node_id TEXT NOT NULL, 
	workload_id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	incident_id TEXT NOT NULL, 
	detector TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE incidents (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	severity INTEGER NOT NULL, 
	asset_id TEXT NOT NULL, 
	node_id TEXT NOT NULL, 
	workload_id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	state TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE effects (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	asset_id TEXT NOT NULL, 
	node_id TEXT NOT NULL, 
	incident_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE gaps (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	asset_id TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE scan_results (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	node_id TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE effect_history (
	effect_id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (effect_id, time, number)
);

CREATE TABLE inventories (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE policies (
	id TEXT NOT NULL, 
	priority BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE sign_ins (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	expires BIGINT NOT NULL, 
	used INTEGER NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE senders (
	id TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE heartbeats (
	role TEXT NOT NULL, 
	node_id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (role, node_id)
);

CREATE TABLE changes (
	sequence BIGINT NOT NULL, 
	what TEXT NOT NULL, 
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	PRIMARY KEY (sequence)
);

CREATE TABLE counters (
	id TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE places (
	id TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	severity INTEGER NOT NULL, 
	rank BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	search TEXT NOT NULL, 
	layers TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE packages (
	id BIGINT NOT NULL, 
	"key" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	version TEXT NOT NULL, 
	type TEXT NOT NULL, 
	purl TEXT NOT NULL, 
	licence TEXT NOT NULL, 
	folded TEXT NOT NULL, 
	search TEXT NOT NULL, 
	places BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE package_places (
	package BIGINT NOT NULL, 
	place BIGINT NOT NULL, 
	path TEXT NOT NULL, 
	layer BIGINT NOT NULL, 
	PRIMARY KEY (package, place, path)
)
 WITHOUT ROWID

;

CREATE TABLE vulnerable (
	id TEXT NOT NULL, 
	vulnerability TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	package TEXT NOT NULL, 
	severity BIGINT NOT NULL, 
	priority BIGINT NOT NULL, 
	exploited BIGINT NOT NULL, 
	probability BIGINT NOT NULL, 
	fixed BIGINT NOT NULL, 
	first_seen BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE vulnerabilities (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	severity INTEGER NOT NULL, 
	rank BIGINT NOT NULL, 
	exploited INTEGER NOT NULL, 
	fixed INTEGER NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE running (
	id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE exemptions (
	id TEXT NOT NULL, 
	expires BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE files_in_use (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE announcements (
	id TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE selftests (
	id TEXT NOT NULL, 
	started BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE scan_jobs (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	priority BIGINT NOT NULL, 
	rank BIGINT NOT NULL, 
	worker TEXT NOT NULL, 
	lease_until BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE scan_places (
	id TEXT NOT NULL, 
	node_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id, node_id)
);

CREATE TABLE image_aliases (
	id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	PRIMARY KEY (id, image_digest)
);

CREATE TABLE registries (
	id TEXT NOT NULL, 
	next BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	state BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE registry_tags (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	state TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE registry_calls (
	id TEXT NOT NULL, 
	registry TEXT NOT NULL, 
	not_before BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE verdicts (
	id TEXT NOT NULL, 
	image_digest TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE carried (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE transfers (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	origin TEXT NOT NULL, 
	exported BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE baselines (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE baseline_bodies (
	id TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	version TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE baseline_news (
	workload_id TEXT NOT NULL, 
	sequence BIGINT NOT NULL, 
	version TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (workload_id, sequence)
);

CREATE TABLE baseline_reviews (
	id TEXT NOT NULL, 
	decision TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE join_tokens (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE joined_nodes (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE node_certificates (
	id TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	node_id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE audit_log (
	sequence BIGINT NOT NULL, 
	time BIGINT NOT NULL, 
	who TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	search TEXT NOT NULL, 
	PRIMARY KEY (sequence)
);

CREATE TABLE accounts (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE account_groups (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE api_tokens (
	id TEXT NOT NULL, 
	public TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created BIGINT NOT NULL, 
	used BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE devices (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	expires BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE sessions (
	id TEXT NOT NULL, 
	public TEXT NOT NULL, 
	name TEXT NOT NULL, 
	expires BIGINT NOT NULL, 
	seen BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE asset_marks (
	id TEXT NOT NULL, 
	mark TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (id, mark)
);

CREATE TABLE destinations (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	state BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE deliveries (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	search TEXT NOT NULL, 
	not_before BIGINT NOT NULL, 
	tries BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE told (
	id TEXT NOT NULL, 
	destination TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	looked BIGINT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE handlings (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	severity INTEGER NOT NULL, 
	due BIGINT NOT NULL, 
	over INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	assignee TEXT NOT NULL, 
	place TEXT NOT NULL, 
	asset_id TEXT NOT NULL, 
	search TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE risk_lives (
	id TEXT NOT NULL, 
	place TEXT NOT NULL, 
	severity INTEGER NOT NULL, 
	first_seen BIGINT NOT NULL, 
	fixed BIGINT NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE owner_tables (
	id TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE asset_words (
	id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (id, field, value)
);

CREATE TABLE saved_views (
	id TEXT NOT NULL, 
	time BIGINT NOT NULL, 
	author TEXT NOT NULL, 
	shared INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (id)
);

CREATE TABLE asset_tallies (
	asset_id TEXT NOT NULL, 
	detector TEXT NOT NULL, 
	day BIGINT NOT NULL, 
	n BIGINT NOT NULL, 
	said BIGINT NOT NULL, 
	excepted BIGINT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (asset_id, detector, day)
)
 WITHOUT ROWID

;

CREATE TABLE detector_tallies (
	detector TEXT NOT NULL, 
	day BIGINT NOT NULL, 
	n BIGINT NOT NULL, 
	said BIGINT NOT NULL, 
	excepted BIGINT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (detector, day)
)
 WITHOUT ROWID

;

INSERT INTO "alembic_version" VALUES('0016');

INSERT INTO "counters" VALUES('changes',0);

INSERT INTO "counters" VALUES('derive',1);

INSERT INTO "counters" VALUES('words',1);

CREATE INDEX ix_assets_time ON assets (time DESC, id);

CREATE INDEX ix_assets_kind ON assets (kind, time DESC, id);

CREATE INDEX ix_assets_node_id ON assets (node_id, time DESC, id);

CREATE INDEX ix_assets_workload_id ON assets (workload_id, time DESC, id);

CREATE INDEX ix_assets_image_digest ON assets (image_digest, time DESC, id);

CREATE INDEX ix_findings_severity ON findings (severity DESC, time DESC, id);

CREATE INDEX ix_alerts_severity ON alerts (severity DESC, time DESC, id);

CREATE INDEX ix_incidents_severity ON incidents (severity DESC, time DESC, id);

CREATE INDEX ix_effects_time ON effects (time DESC, id);

CREATE INDEX ix_effects_asset_id ON effects (asset_id, time DESC, id);

CREATE INDEX ix_effects_node_id ON effects (node_id, time DESC, id);

CREATE INDEX ix_effects_incident_id ON effects (incident_id, time DESC, id);

CREATE INDEX ix_effects_state ON effects (state, time DESC, id);

CREATE INDEX ix_gaps_time ON gaps (time DESC, id);

CREATE INDEX ix_gaps_kind ON gaps (kind, time DESC, id);

CREATE INDEX ix_gaps_asset_id ON gaps (asset_id, time DESC, id);

CREATE INDEX ix_scan_results_time ON scan_results (time DESC, id);

CREATE INDEX ix_scan_results_node_id ON scan_results (node_id, time DESC, id);

CREATE INDEX ix_findings_image_kind_severity ON findings (image_digest, kind, severity);

CREATE UNIQUE INDEX ix_places_number ON places (number);

CREATE INDEX ix_places_time ON places (kind, time DESC, id);

CREATE INDEX ix_places_rank ON places (kind, rank DESC, time DESC, id);

CREATE UNIQUE INDEX ix_packages_key ON packages ("key");

CREATE INDEX ix_packages_name ON packages (name, version, id, search, places);

CREATE INDEX ix_packages_folded ON packages (folded);

CREATE INDEX ix_package_places_place ON package_places (place, package);

CREATE INDEX ix_vulnerable_vulnerability ON vulnerable (vulnerability, place);

CREATE INDEX ix_vulnerable_place ON vulnerable (place, vulnerability);

CREATE INDEX ix_vulnerabilities_rank ON vulnerabilities (rank DESC, time DESC, id);

CREATE INDEX ix_running_image_digest ON running (image_digest, id);

CREATE INDEX ix_scan_jobs_order ON scan_jobs (priority, time, id);

CREATE INDEX ix_scan_jobs_rank ON scan_jobs (rank DESC, time DESC, id);

CREATE INDEX ix_scan_jobs_state ON scan_jobs (state, time DESC, id);

CREATE INDEX ix_image_aliases_image_digest ON image_aliases (image_digest, id);

CREATE INDEX ix_registry_tags_time ON registry_tags (time DESC, id);

CREATE INDEX ix_registry_tags_kind ON registry_tags (kind, time DESC, id);

CREATE INDEX ix_registry_tags_image_digest ON registry_tags (image_digest, time DESC, id);

CREATE INDEX ix_registry_calls_registry ON registry_calls (registry, not_before, id);

CREATE INDEX ix_verdicts_image_digest ON verdicts (image_digest, time);

CREATE INDEX ix_transfers_time ON transfers (time);

CREATE INDEX ix_transfers_origin ON transfers (origin, exported);

CREATE INDEX ix_baselines_time ON baselines (time DESC, id);

CREATE INDEX ix_baselines_state ON baselines (state, time DESC, id);

CREATE INDEX ix_baseline_reviews_decision ON baseline_reviews (decision);

CREATE INDEX ix_join_tokens_time ON join_tokens (time);

CREATE INDEX ix_joined_nodes_name ON joined_nodes (name);

CREATE INDEX ix_node_certificates_until ON node_certificates (until);

CREATE INDEX ix_node_certificates_node_id ON node_certificates (node_id, until);

CREATE INDEX ix_audit_log_time ON audit_log (time);

CREATE INDEX ix_audit_log_action ON audit_log (action, sequence);

CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE INDEX ix_asset_marks_value ON asset_marks (mark, value, id);

CREATE INDEX ix_deliveries_time ON deliveries (time DESC, id);

CREATE INDEX ix_deliveries_kind ON deliveries (kind, time DESC, id);

CREATE INDEX ix_deliveries_due ON deliveries (kind, state, not_before, id);

CREATE INDEX ix_told_destination ON told (destination, state, looked, id);

CREATE INDEX ix_told_subject_id ON told (subject_id);

CREATE INDEX ix_handlings_time ON handlings (time DESC, id);

CREATE INDEX ix_handlings_severity ON handlings (severity DESC, time DESC, id);

CREATE INDEX ix_handlings_due ON handlings (over, due);

CREATE INDEX ix_handlings_place ON handlings (place, time DESC, id);

CREATE INDEX ix_risk_lives_place ON risk_lives (place, fixed);

CREATE INDEX ix_risk_lives_fixed ON risk_lives (fixed, first_seen);

CREATE INDEX ix_asset_words_value ON asset_words (field, value, id);

CREATE INDEX ix_saved_views_author ON saved_views (author, page);

CREATE INDEX ix_saved_views_shared ON saved_views (shared, page);

CREATE INDEX ix_handlings_assignee ON handlings (assignee, id);

CREATE INDEX ix_findings_time ON findings (time DESC, id, severity);

CREATE INDEX ix_findings_kind ON findings (kind, time DESC, id, severity);

CREATE INDEX ix_findings_asset_id ON findings (asset_id, time DESC, id, severity);

CREATE INDEX ix_findings_image_digest ON findings (image_digest, time DESC, id, severity);

CREATE INDEX ix_findings_detector ON findings (detector, time DESC, id, severity);

CREATE INDEX ix_alerts_time ON alerts (time DESC, id, severity);

CREATE INDEX ix_alerts_asset_id ON alerts (asset_id, time DESC, id, severity);

CREATE INDEX ix_alerts_node_id ON alerts (node_id, time DESC, id, severity);

CREATE INDEX ix_alerts_workload_id ON alerts (workload_id, time DESC, id, severity);

CREATE INDEX ix_alerts_image_digest ON alerts (image_digest, time DESC, id, severity);

CREATE INDEX ix_alerts_incident_id ON alerts (incident_id, time DESC, id, severity);

CREATE INDEX ix_alerts_detector ON alerts (detector, time DESC, id, severity);

CREATE INDEX ix_incidents_time ON incidents (time DESC, id, severity);

CREATE INDEX ix_incidents_asset_id ON incidents (asset_id, time DESC, id, severity);

CREATE INDEX ix_incidents_node_id ON incidents (node_id, time DESC, id, severity);

CREATE INDEX ix_incidents_workload_id ON incidents (workload_id, time DESC, id, severity);

CREATE INDEX ix_incidents_image_digest ON incidents (image_digest, time DESC, id, severity);

CREATE INDEX ix_incidents_state ON incidents (state, time DESC, id, severity);

CREATE INDEX ix_incidents_state_severity ON incidents (state, severity DESC, time DESC, id)