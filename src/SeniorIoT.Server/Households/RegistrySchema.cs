using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Ladders;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>The schema of <c>registry.db</c>: who lives where, with which devices, who is told, who may log in, who did what.</summary>
internal static class RegistrySchema
{
    /// <summary>Scripts in order; a published one never changes.</summary>
    public static IReadOnlyList<string> Migrations { get; } = [First + DeadlineTable.Schema, CommandStore.Schema, AbsenceStore.Schema, RuleStore.Schema + ShadowStore.Schema, HeardAndTested, LadderStore.Schema, DutyStore.Schema, AreaChannels.Schema, AreaSchema.Schema];

    private const string First = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES('registry_revision', 0);

        CREATE TABLE users(
            name TEXT PRIMARY KEY COLLATE NOCASE, password_hash TEXT NOT NULL, role TEXT NOT NULL, area TEXT, stamp TEXT NOT NULL,
            created_at INTEGER NOT NULL) STRICT;

        CREATE TABLE audit(
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
            detail TEXT) STRICT;
        CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

        CREATE TABLE households(
            household_id TEXT PRIMARY KEY, address TEXT NOT NULL, committee TEXT NOT NULL, sub_district TEXT NOT NULL,
            away_from INTEGER, away_until INTEGER, away_reason TEXT, away_by TEXT, created_at INTEGER NOT NULL) STRICT;
        CREATE INDEX households_by_committee ON households(committee, household_id);
        CREATE INDEX households_by_sub_district ON households(sub_district, household_id);

        CREATE TABLE residents(
            household_id TEXT NOT NULL REFERENCES households ON DELETE CASCADE, position INTEGER NOT NULL,
            name TEXT NOT NULL, birth_year INTEGER, lives_alone INTEGER NOT NULL, PRIMARY KEY(household_id, position)) STRICT, WITHOUT ROWID;

        CREATE TABLE contacts(
            household_id TEXT NOT NULL REFERENCES households ON DELETE CASCADE, position INTEGER NOT NULL,
            name TEXT NOT NULL, phone TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY(household_id, position)) STRICT, WITHOUT ROWID;

        CREATE TABLE responders(
            area TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, role TEXT NOT NULL,
            PRIMARY KEY(area, position)) STRICT, WITHOUT ROWID;

        CREATE TABLE devices(
            device_id TEXT PRIMARY KEY, kind TEXT NOT NULL, household_id TEXT REFERENCES households, gateway_id TEXT REFERENCES devices,
            secret_hash BLOB NOT NULL, enrolled_at INTEGER NOT NULL, retired_at INTEGER,
            last_seen_at INTEGER, last_measured_at INTEGER, total_ml INTEGER, battery INTEGER, rssi INTEGER, is_silent INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX devices_by_household ON devices(household_id);
        CREATE INDEX devices_by_gateway ON devices(gateway_id) WHERE gateway_id IS NOT NULL;

        CREATE TABLE service_requests(
            id INTEGER PRIMARY KEY AUTOINCREMENT, household_id TEXT NOT NULL REFERENCES households ON DELETE CASCADE, device_id TEXT NOT NULL,
            service TEXT NOT NULL, at INTEGER NOT NULL, cause TEXT NOT NULL UNIQUE, done_at INTEGER, done_by TEXT) STRICT;

        CREATE TABLE history(
            household_id TEXT NOT NULL REFERENCES households ON DELETE CASCADE, at INTEGER NOT NULL, kind TEXT NOT NULL,
            note TEXT NOT NULL, cause TEXT, PRIMARY KEY(household_id, at, kind)) STRICT, WITHOUT ROWID;

        """;

    private const string HeardAndTested = """
        ALTER TABLE devices ADD COLUMN heard_at INTEGER;
        ALTER TABLE devices ADD COLUMN tested_at INTEGER;
        UPDATE devices SET heard_at = last_seen_at;
        """;
}
